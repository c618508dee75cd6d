package orchestrator.core.recovery;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import orchestrator.core.gtid.OracleGtidSet;
import orchestrator.core.recovery.Pending.Alarm;
import orchestrator.core.recovery.RecoveryState.Phase;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;

/**
 * What an intermediate master that died too has passed on may be nowhere else; and a replica that
 * was moved below a living server may have what that one had no time to fetch. Those below direct
 * replicas are read, not stopped: they get nothing from the master any more, and another recovery
 * may be giving them a new source. They may feed a candidate, and are none.
 *
 * <p>Only those are read of which more can be expected: that the replica above them is silent, or
 * had less when both were last read; and when the replica above them turns out not to apply what it
 * has fetched. What a server has it got from above, so one that had nothing more then has nothing
 * more now. Without GTIDs they cannot feed a candidate, and are not read.
 */
final class ServersBelow {
  private ServersBelow() {}

  /** Reads those that may have more; the others when the replica above them is late. */
  static void look(Turn t) {
    t.s.below.clear();
    Surroundings around = t.s.circumstances.surroundings();
    if (around.below().isEmpty() || t.isByPosition()) {
      return;
    }
    around
        .below()
        .forEach((server, lastRead) -> {
          Optional<Instance> above = replicaAbove(t, server).flatMap(t.s.circumstances::lastRead);
          if (above.filter(Instance::isLastCheckValid).isEmpty()
              || seemsToHaveMore(t, lastRead, above.get())) {
            look(t, server);
          }
        });
    t.wake(Alarm.BELOW, Patience.BELOW);
  }

  /** Reads those below replicas that have not answered yet. */
  static void lookBelowLate(Turn t) {
    if (t.s.isIn(Phase.GATHERING, Phase.LOOKING)) {
      t.s.silent.keySet().forEach(replica -> lookBelow(t, replica));
    }
  }

  /** Reads those below a replica that is silent, or does not apply what it has fetched. */
  static void lookBelow(Turn t, InstanceKey replica) {
    if (t.isByPosition()) {
      return;
    }
    t.s
        .circumstances
        .surroundings()
        .directReplicaAbove()
        .forEach((server, above) -> {
          if (above.equals(replica)) {
            look(t, server);
          }
        });
  }

  private static void look(Turn t, InstanceKey server) {
    Pending.LookBelow look = new Pending.LookBelow(server, t.s.round);
    if (!t.s.below.containsKey(server) && !t.isPending(look::equals)) {
      t.probe(look, server);
    }
  }

  static void looked(Turn t, Pending.LookBelow look, Instance instance) {
    if (look.round() != t.s.round) {
      return;
    }
    t.s.below.put(look.server(), instance);
    if (t.s.phase == Phase.PREPARING && speaks(t, instance)) {
      t.answered(look.server(), instance);
      t.note("Late answer of " + look.server() + " is taken into account");
      Preparing.choose(t);
    }
  }

  /** Those that were read and have more than the replica above them, or speak for a silent one. */
  static void count(Turn t) {
    List<Instance> speakers =
        t.s.below.values().stream().filter(server -> speaks(t, server)).toList();
    speakers.forEach(server -> t.answered(server.key(), server));
  }

  private static boolean speaks(Turn t, Instance server) {
    if (t.s.live.containsKey(server.key())) {
      return false;
    }
    Instance above = replicaAbove(t, server.key()).map(t.s.live::get).orElse(null);
    return above == null || (seemsToHaveMore(t, server, above) && hasMore(t, server, above));
  }

  /** What the one above has fetched and does not apply, it cannot give to anybody. */
  private static boolean seemsToHaveMore(Turn t, Instance server, Instance above) {
    return t.survivors().isStuck(above)
        ? !above.gtid().executed().orElse(OracleGtidSet.EMPTY).covers(Survivors.raw(server))
        : seemsToHaveMore(server, above);
  }

  private static boolean seemsToHaveMore(Instance server, Instance above) {
    return !Survivors.raw(above).covers(Survivors.raw(server));
  }

  /** Not counting what is errant. */
  private static boolean hasMore(Turn t, Instance server, Instance above) {
    Map<InstanceKey, Instance> together = new TreeMap<>(t.s.live);
    together.put(server.key(), server);
    Survivors survivors = t.survivors(together);
    return !survivors.attainable(above).covers(survivors.attainable(server));
  }

  /** Whether an answer is under way that may make a difference. */
  static boolean areAwaited(Turn t) {
    return t.isPending(p -> p instanceof Pending.LookBelow look && isAwaited(t, look));
  }

  static boolean isAwaited(Turn t, Pending.LookBelow look) {
    Instance lastRead = t.s.circumstances.surroundings().below().get(look.server());
    if (look.round() != t.s.round || lastRead == null || !lastRead.isLastCheckValid()) {
      return false;
    }
    Instance above = replicaAbove(t, look.server()).map(t.s.live::get).orElse(null);
    return above == null || seemsToHaveMore(t, lastRead, above);
  }

  /**
   * Those below living replicas that have what the new master lacks, and could not feed anybody. Of
   * those below dead ones the recovery of these tells.
   */
  static List<String> lost(Turn t) {
    List<String> lost = new ArrayList<>();
    for (InstanceKey key : t.s.below.keySet()) {
      Optional<InstanceKey> above = replicaAbove(t, key).filter(t.s.live::containsKey);
      Instance server = t.s.live.get(key);
      if (above.isPresent() && server != null) {
        t.s
            .ticket
            .promoted()
            .flatMap(master -> MoveObstacle.beyond(t, server, master))
            .ifPresent(what -> lost.add("%s, below %s: %s".formatted(key, above.get(), what)));
      }
    }
    return lost;
  }

  private static Optional<InstanceKey> replicaAbove(Turn t, InstanceKey server) {
    return Optional.ofNullable(t.s.circumstances.surroundings().directReplicaAbove().get(server));
  }
}
