package orchestrator.core.recovery;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import orchestrator.core.recovery.Pending.Alarm;
import orchestrator.core.recovery.RecoveryState.Phase;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;

/** Reads servers, and changes none. Those that answered before are waited for, a little. */
final class Survey {
  private Survey() {}

  /** The server that the recovery is about, and its replicas if they matter. */
  static void begin(Turn t, boolean withReplicas) {
    List<InstanceKey> servers = new ArrayList<>(List.of(t.failed()));
    if (withReplicas) {
      servers.addAll(t.s.replicas());
    }
    begin(t, servers);
  }

  static void begin(Turn t, List<InstanceKey> servers) {
    t.s.phase = Phase.LOOKING;
    t.s.round++;
    t.s.stragglersGivenUp = false;
    for (InstanceKey server : servers) {
      t.s.silent.put(server, "it has not answered yet");
      t.probe(new Pending.Survey(server, t.s.round), server);
    }
    t.wake(Alarm.STRAGGLERS, Patience.STRAGGLERS);
  }

  static boolean isWaiting(Turn t) {
    return !t.s.stragglersGivenUp
        && t.isPending(
            p -> p instanceof Pending.Survey survey && isExpectedToAnswer(t, survey.server()));
  }

  private static boolean isExpectedToAnswer(Turn t, InstanceKey key) {
    Circumstances circumstances = t.s.circumstances;
    Optional<Instance> known =
        Stream.of(
                Stream.of(circumstances.failedServer()),
                circumstances.replicas().stream(),
                circumstances.surroundings().all().stream())
            .flatMap(servers -> servers)
            .filter(server -> server.key().equals(key))
            .findFirst();
    return t.s.resumed || known.filter(Instance::isLastCheckValid).isPresent();
  }
}
