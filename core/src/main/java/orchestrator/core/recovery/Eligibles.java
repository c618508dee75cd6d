package orchestrator.core.recovery;

import java.util.List;
import java.util.Optional;
import orchestrator.core.facts.RecoveryKind;
import orchestrator.core.topology.GroupMembership;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.PromotionRule;
import orchestrator.core.topology.Replication;
import orchestrator.core.topology.ThreadState;

/** Which servers around a dead one may take replicas of it at all, and why others may not. */
final class Eligibles {
  private final RecoveryState state;
  private final Circumstances circumstances;
  private final boolean ofGroup;

  Eligibles(RecoveryState state) {
    this.state = state;
    this.circumstances = state.circumstances;
    this.ofGroup = state.ticket.kind() == RecoveryKind.DEAD_GROUP_MEMBER;
  }

  /** The servers beside the dead one, whether they may take replicas or not. */
  List<Instance> siblings() {
    return ofGroup
        ? circumstances.surroundings().members()
        : circumstances.surroundings().siblings();
  }

  /** Why it may take no replicas; empty when it may. */
  Optional<String> refusal(InstanceKey key) {
    Instance server = state.live.get(key);
    if (server == null) {
      return Optional.of(state.silent.getOrDefault(key, "it has not answered"));
    }
    if (key.equals(circumstances.failure().failed())) {
      return Optional.of("it is the failed server");
    }
    return cannotFeed(server)
        .or(() -> isSource(key) ? Optional.empty() : banned(key))
        .or(() -> isSource(key) ? Optional.empty() : ofGroup ? outside(server) : astray(server));
  }

  private boolean isSource(InstanceKey key) {
    return circumstances.surroundings().source().map(Instance::key).equals(Optional.of(key));
  }

  private static Optional<String> cannotFeed(Instance server) {
    if (server.isBinlogServer()) {
      return Optional.of("it is a binlog server");
    }
    if (!server.binlog().enabled()) {
      return Optional.of("it has no binary log (log_bin)");
    }
    return server.isReplica() && !server.binlog().logReplicaUpdates()
        ? Optional.of("it does not log what it replicates (log_replica_updates)")
        : Optional.empty();
  }

  private Optional<String> banned(InstanceKey key) {
    if (circumstances.ruleOf(key) == PromotionRule.MUST_NOT) {
      return Optional.of("its promotion rule is must_not");
    }
    return circumstances.policy().promotion().ignored().test(key)
        ? Optional.of("it matches PromotionIgnoreHostnameFilters")
        : Optional.empty();
  }

  private static Optional<String> outside(Instance server) {
    String groupState = server.group().map(GroupMembership::state).orElse("");
    return groupState.equals("ONLINE")
        ? Optional.empty()
        : Optional.of("it is not ONLINE in the group: " + groupState);
  }

  /** A source whose own replication does not run, or that leaves out what the dead one did not. */
  private Optional<String> astray(Instance server) {
    if (server.isGroupMember()) {
      return Optional.of("it is a member of a replication group");
    }
    Optional<Replication> replication = server.replication();
    boolean works =
        replication
            .filter(r -> r.sqlThread() == ThreadState.RUNNING)
            .filter(r -> r.ioThread() != ThreadState.STOPPED && r.ioThread() != ThreadState.NONE)
            .isPresent();
    if (!works) {
      return Optional.of(
          "it does not replicate itself: "
              + replication
                  .map(r -> (r.lastIoError() + " " + r.lastSqlError()).strip())
                  .orElse(""));
    }
    boolean filtered = replication.filter(Replication::hasFilters).isPresent();
    boolean failedFiltered =
        circumstances.failedServer().replication().filter(Replication::hasFilters).isPresent();
    return filtered == failedFiltered
        ? Optional.empty()
        : Optional.of("its replication filters are not those of the dead server");
  }
}
