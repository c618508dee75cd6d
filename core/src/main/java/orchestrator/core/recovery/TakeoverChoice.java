package orchestrator.core.recovery;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;

/**
 * Which replica takes over from a living master.
 *
 * @param target empty when there is none
 * @param considerations what was thought of each replica, best first
 * @param refusal why there is none; empty text when there is one
 */
public record TakeoverChoice(
    Optional<InstanceKey> target, List<Consideration> considerations, String refusal) {
  public TakeoverChoice {
    considerations = List.copyOf(considerations);
  }

  /**
   * @param designated by a person; it is taken, whatever speaks against it: the gates will tell
   * @param auto whether the best one is taken when nobody is named
   */
  public static TakeoverChoice of(
      Circumstances circumstances, Optional<InstanceKey> designated, boolean auto) {
    List<InstanceKey> replicas = circumstances.failure().replicas();
    InstanceKey master = circumstances.failure().failed();
    if (replicas.isEmpty()) {
      return none(List.of(), master + " has no replicas: nobody could take over");
    }
    List<Consideration> considerations = considerations(circumstances, designated);
    if (designated.isPresent()) {
      return replicas.contains(designated.get())
          ? new TakeoverChoice(designated, considerations, "")
          : none(considerations, designated.get() + " is not a direct replica of " + master);
    }
    if (replicas.size() == 1) {
      return new TakeoverChoice(Optional.of(replicas.getFirst()), considerations, "");
    }
    if (!auto) {
      return none(
          considerations,
          "%s has %d replicas: name the one that is to take over, or use graceful-master-takeover-auto"
              .formatted(master, replicas.size()));
    }
    return considerations.stream()
        .filter(Consideration::eligible)
        .findFirst()
        .map(best -> new TakeoverChoice(Optional.of(best.server()), considerations, ""))
        .orElseGet(() ->
            none(
                considerations,
                "No replica of "
                    + master
                    + " can take over: "
                    + String.join(
                        "; ", considerations.stream().map(Consideration::displayString).toList())));
  }

  private static TakeoverChoice none(List<Consideration> considerations, String refusal) {
    return new TakeoverChoice(Optional.empty(), considerations, refusal);
  }

  private static List<Consideration> considerations(
      Circumstances circumstances, Optional<InstanceKey> designated) {
    TakeoverRules rules = TakeoverRules.of(circumstances);
    Method method = Method.ofTakeover(circumstances);
    Instance master = circumstances.failedServer();
    Map<InstanceKey, Instance> live = new TreeMap<>();
    Map<InstanceKey, String> silent = new TreeMap<>();
    Map<InstanceKey, String> excluded = new TreeMap<>();
    for (Instance replica : circumstances.replicas()) {
      if (replica.isLastCheckValid()) {
        // All come to the end of the master's log, and nobody is better for being nearer now.
        live.put(
            replica.key(),
            method == Method.POSITION
                ? Imagined.later(replica, Map.of(master.key(), master))
                : replica);
      } else {
        silent.put(replica.key(), "it does not answer");
      }
      rules.targetRefusal(replica.key()).ifPresent(reason -> excluded.put(replica.key(), reason));
    }
    return new ArrayList<>(
        new CandidateChoice(
                new CandidateChoice.Question(
                    circumstances,
                    designated,
                    live,
                    silent,
                    excluded,
                    Set.of(),
                    Set.of(),
                    Measure.by(method)))
            .considerations());
  }
}
