package orchestrator.core.recovery;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import orchestrator.core.facts.Downtime;
import orchestrator.core.state.Command;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.Topology;

/** Servers that a recovery gave up, and put into downtime. */
public final class LostServers {
  /** So that it does not flap. */
  private static final Duration LOST_AT_LEAST = Duration.ofMinutes(1);

  private LostServers() {}

  /**
   * Ends the downtime of those that are back: answering and replicating, and not watched as former
   * masters, of which it is not known what they have.
   */
  public static List<Command> returned(ReplicatedState state, Topology topology, Instant now) {
    return state.downtimes().values().stream()
        .filter(Downtime::isLostInRecovery)
        .filter(downtime -> downtime.begin().plus(LOST_AT_LEAST).isBefore(now))
        .map(Downtime::key)
        .filter(key -> !state.demoted().containsKey(key))
        .sorted()
        .filter(key ->
            topology
                .find(key)
                .filter(Instance::isLastCheckValid)
                .filter(Instance::isReplicating)
                .isPresent())
        .<Command>map(Command.EndLostInRecovery::new)
        .toList();
  }
}
