package orchestrator.server.backend;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import orchestrator.core.facts.Detection;
import orchestrator.core.facts.JournalEntry;
import orchestrator.core.facts.JournalText;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.state.Command;
import orchestrator.core.state.ReplicatedState;

/**
 * What an entry of the log leaves in the history. Detections and recoveries are taken from the
 * difference of the states, so that no kind of command is forgotten here. It holds no state, so
 * that many may wait to be written.
 */
record Traces(
    List<Detection> detections,
    List<RecoveryTicket> recoveries,
    List<Step> steps,
    List<Command.AcknowledgeRecoveries> acknowledgements) {

  Traces {
    detections = List.copyOf(detections);
    recoveries = List.copyOf(recoveries);
    steps = List.copyOf(steps);
    acknowledgements = List.copyOf(acknowledgements);
  }

  /** A line in the protocol of a recovery. */
  record Step(String recoveryUid, Instant at, String message) {}

  /**
   * @param commands that led from {@code before} to {@code after}, none of them refused
   */
  static Traces of(ReplicatedState before, ReplicatedState after, List<Command> commands) {
    List<Step> steps = new ArrayList<>();
    List<Command.AcknowledgeRecoveries> acknowledgements = new ArrayList<>();
    for (Command command : commands) {
      if (command instanceof Command.OpenRecovery open
          && !before.recoveries().containsKey(open.ticket().uid())) {
        steps.add(new Step(open.ticket().uid(), open.ticket().started(), opening(open.ticket())));
      } else if (command instanceof Command.Journal journal) {
        for (JournalEntry entry : journal.entries()) {
          steps.add(new Step(journal.recoveryUid(), journal.at(), JournalText.of(entry)));
        }
      } else if (command instanceof Command.AcknowledgeRecoveries acknowledge) {
        acknowledgements.add(acknowledge);
      }
    }
    return new Traces(
        changed(before.detections(), after.detections()),
        changed(before.recoveries(), after.recoveries()),
        steps,
        acknowledgements);
  }

  /** Most entries change neither, and then both maps are the same one. */
  @SuppressWarnings("ReferenceEquality")
  private static <K, V> List<V> changed(Map<K, V> before, Map<K, V> after) {
    if (before == after) {
      return List.of();
    }
    return after.entrySet().stream()
        .filter(entry -> !Objects.equals(entry.getValue(), before.get(entry.getKey())))
        .map(Map.Entry::getValue)
        .toList();
  }

  private static String opening(RecoveryTicket ticket) {
    return "Recovery of %s from %s begins, %s, on node %s"
        .formatted(
            ticket.failed(),
            ticket.analysis(),
            ticket.origin().automatic() ? "automatic" : "asked for by a person",
            ticket.processingNode());
  }

  boolean isEmpty() {
    return detections.isEmpty()
        && recoveries.isEmpty()
        && steps.isEmpty()
        && acknowledgements.isEmpty();
  }
}
