package orchestrator.server.raft;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * The newest submissions that were applied, with what they came to: part of what the nodes agree
 * on, so that each of them can say what came of a command, also after a change of the leader.
 */
final class RecentCommands {
  /** Older ones are forgotten. */
  static final int KEPT = 5000;

  private final SequencedMap<CommandId, Boolean> doneById = new LinkedHashMap<>();

  /** Of the newest that was forgotten, or -1: ids of terms up to this one may be unknown here. */
  private long forgottenTerm = -1;

  synchronized void add(CommandId id, boolean done) {
    doneById.putLast(id, done);
    if (doneById.size() > KEPT) {
      forgottenTerm = doneById.pollFirstEntry().getKey().term();
    }
  }

  /** Whether it was done, or refused; empty when it was not applied, or long ago. */
  synchronized Optional<Boolean> find(CommandId id) {
    return Optional.ofNullable(doneById.get(id));
  }

  /** Whether an id of this term that is not here was certainly not applied. */
  synchronized boolean knowsAllOf(long term) {
    return term > forgottenTerm;
  }

  synchronized Stored stored() {
    List<Map.Entry<String, Boolean>> entries =
        doneById.entrySet().stream()
            .map(entry -> Map.entry(entry.getKey().toString(), entry.getValue()))
            .toList();
    return new Stored(entries, forgottenTerm);
  }

  synchronized void replaceWith(Stored stored) {
    doneById.clear();
    for (Map.Entry<String, Boolean> entry : stored.entries()) {
      CommandId.parse(entry.getKey()).ifPresent(id -> doneById.putLast(id, entry.getValue()));
    }
    forgottenTerm = stored.forgottenTerm();
  }

  /** As it is in a snapshot. */
  record Stored(List<Map.Entry<String, Boolean>> entries, long forgottenTerm) {
    Stored {
      entries = List.copyOf(entries);
    }
  }
}
