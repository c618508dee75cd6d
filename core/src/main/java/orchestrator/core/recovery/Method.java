package orchestrator.core.recovery;

import java.util.List;
import java.util.function.Predicate;
import orchestrator.core.topology.Instance;

/** How it is told what replicas have, and how they are pointed at another source. */
enum Method {
  /** All replicas use GTIDs. */
  GTID,
  /**
   * By coordinates in the log of the failed master. Replicas that have as much as the promoted
   * server go on from where that one stood; others from where Pseudo-GTID finds them.
   */
  POSITION;

  /** What was decided once holds to the end. */
  static Method of(RecoveryState state) {
    if (state.ticket.base().isPresent()) {
      return POSITION;
    }
    boolean decided = state.ticket.intended().isPresent() || state.ticket.promoted().isPresent();
    return decided ? GTID : state.methodAtFirst;
  }

  /** Downtimed replicas are moved if they can be: they decide nothing. */
  static Method ofTakeover(Circumstances circumstances) {
    return of(
        circumstances.replicas().stream()
            .filter(replica -> !circumstances.downtimed().contains(replica.key()))
            .toList());
  }

  static Method of(Circumstances circumstances) {
    return of(circumstances.replicas());
  }

  private static Method of(List<Instance> servers) {
    List<Instance> replicas = servers.stream().filter(Instance::isReplica).toList();
    List<Instance> valid = replicas.stream().filter(Instance::isLastCheckValid).toList();
    List<Instance> counted = valid.isEmpty() ? replicas : valid;
    return counted.stream().allMatch(USES_GTID) ? GTID : POSITION;
  }

  static final Predicate<Instance> USES_GTID =
      replica -> replica.usesOracleGtid() || replica.usesMariaDbGtid();
}
