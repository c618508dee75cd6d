package orchestrator.core.recovery;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import orchestrator.core.gtid.GtidSet;
import orchestrator.core.gtid.MariaDbGtidSet;
import orchestrator.core.gtid.OracleGtidSet;
import orchestrator.core.relocation.CanReplicate;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.Replication;

/**
 * Who may take part in a takeover, by what was read of the servers. Asked before anything is
 * changed, and once more when the operators' processes have allowed it.
 */
final class TakeoverRules {
  private final Circumstances circumstances;
  private final Instance master;
  private final Map<InstanceKey, Instance> replicas;
  private final Method method;

  /**
   * @param master as read now
   * @param replicas those that answered, as read now
   */
  TakeoverRules(Circumstances circumstances, Instance master, Map<InstanceKey, Instance> replicas) {
    this.circumstances = circumstances;
    this.master = master;
    this.replicas = new TreeMap<>(replicas);
    this.method = Method.ofTakeover(circumstances);
  }

  /** By the last reads, of which only the valid ones count. */
  static TakeoverRules of(Circumstances circumstances) {
    return new TakeoverRules(
        circumstances,
        circumstances.failedServer(),
        circumstances.replicas().stream()
            .filter(Instance::isLastCheckValid)
            .collect(Collectors.toMap(Instance::key, replica -> replica)));
  }

  /**
   * Why the master cannot be replaced in an orderly way; empty when it can.
   *
   * @param mayBeReadOnly whether an earlier run may have set it read-only
   */
  Optional<String> masterRefusal(boolean mayBeReadOnly) {
    if (!master.isLastCheckValid()) {
      return Optional.of(
          master.key() + " does not answer: a dead master is replaced by force-master-failover");
    }
    if (master.isGroupMember()) {
      return Optional.of(master.key() + " is a member of a replication group");
    }
    if (master.isReplica()) {
      return Optional.of(
          master.key() + " replicates itself, from " + master.sourceKey().orElseThrow());
    }
    Optional<String> unknown = unknownProgress();
    if (unknown.isPresent()) {
      return unknown;
    }
    return master.readOnly() && !mayBeReadOnly
        ? Optional.of(master.key() + " is read-only: there is nothing to take over")
        : Optional.empty();
  }

  private Optional<String> unknownProgress() {
    return switch (method) {
      case GTID ->
          master.gtid().executed().isEmpty()
              ? Optional.of("the GTID set of " + master.key() + " is not known")
              : Optional.empty();
      case POSITION ->
          master.binlog().position().isEmpty()
              ? Optional.of("it is not known where " + master.key() + " writes its log")
              : Optional.empty();
    };
  }

  /** Why the server cannot take over; empty when it can. */
  Optional<String> targetRefusal(InstanceKey target) {
    return targetRefusal(target, false);
  }

  /**
   * @param mayBeStopped whether an earlier run may have stopped its replication
   */
  Optional<String> targetRefusal(InstanceKey target, boolean mayBeStopped) {
    Optional<String> ineligible = eligibility().refusal(target);
    if (ineligible.isPresent()) {
      return ineligible;
    }
    Instance instance = replicas.get(target);
    if (instance == null) {
      return Optional.of("it did not answer");
    }
    boolean stopped =
        mayBeStopped
            && isBelowMaster(instance)
            && instance.replication().filter(Replication::isStopped).isPresent()
            && !Survivors.isSqlThreadBroken(instance);
    return (stopped ? Optional.<String>empty() : notBelowMaster(instance))
        .or(() -> downtimed(target))
        .or(() -> stopped ? Optional.empty() : lagging(instance))
        .or(() -> errant(instance))
        .or(() -> canFollow(master, instance));
  }

  private Eligibility eligibility() {
    Map<InstanceKey, String> silent = new TreeMap<>();
    circumstances.failure().replicas().stream()
        .filter(key -> !replicas.containsKey(key))
        .forEach(key -> silent.put(key, "it does not answer"));
    return new Eligibility(
        new CandidateChoice.Question(
            circumstances,
            Optional.empty(),
            replicas,
            silent,
            Map.of(),
            Set.of(),
            Set.of(),
            Measure.by(method)));
  }

  private boolean isBelowMaster(Instance replica) {
    return replica.sourceKey().equals(Optional.of(master.key()));
  }

  private Optional<String> notBelowMaster(Instance target) {
    if (!isBelowMaster(target)) {
      return Optional.of(
          "it replicates from "
              + target.sourceKey().map(InstanceKey::displayString).orElse("nobody")
              + ", not from "
              + master.key());
    }
    return target.isReplicating()
        ? Optional.empty()
        : Optional.of("it does not replicate" + errorOf(target));
  }

  private static String errorOf(Instance replica) {
    return replica
        .replication()
        .map(r -> (r.lastIoError() + " " + r.lastSqlError()).strip())
        .filter(text -> !text.isEmpty())
        .map(text -> ": " + text)
        .orElse("");
  }

  private Optional<String> downtimed(InstanceKey target) {
    return circumstances.downtimed().contains(target)
        ? Optional.of("it is downtimed")
        : Optional.empty();
  }

  private Optional<String> lagging(Instance target) {
    long limit = circumstances.policy().replication().reasonableMaintenanceLag().toSeconds();
    Replication replication = target.replication().orElseThrow();
    if (replication.sqlDelaySeconds() > 0) {
      return Optional.of("it is delayed on purpose, by " + replication.sqlDelaySeconds() + " s");
    }
    OptionalLong lag = replication.lagSeconds();
    if (lag.isEmpty()) {
      return Optional.of("its lag is not known");
    }
    return lag.getAsLong() > limit
        ? Optional.of(
            "it lags by "
                + lag.getAsLong()
                + " s, ReasonableMaintenanceReplicationLagSeconds is "
                + limit)
        : Optional.empty();
  }

  private Optional<String> errant(Instance target) {
    GtidSet seen = master.gtid().executed().orElse(OracleGtidSet.EMPTY);
    GtidSet own = target.gtid().executed().orElse(OracleGtidSet.EMPTY);
    GtidSet errant =
        switch (own) {
          // What the master has written since it was read is no fault of the replica.
          case OracleGtidSet oracle ->
              oracle.without(master.identity().serverUuid()).missingFrom(seen);
          case MariaDbGtidSet mariaDb ->
              MariaDbGtidSet.of(
                  mariaDb.gtids().stream()
                      .filter(gtid -> gtid.serverId() == target.identity().serverId())
                      .filter(gtid -> !seen.covers(MariaDbGtidSet.of(List.of(gtid))))
                      .toList());
        };
    return errant.isEmpty()
        ? Optional.empty()
        : Optional.of("it has transactions that " + master.key() + " lacks: " + errant);
  }

  private Optional<String> canFollow(Instance replica, Instance source) {
    return CanReplicate.from(replica, source, circumstances.policy().replication())
            instanceof CanReplicate.Verdict.Refused refused
        ? Optional.of("afterwards " + refused.reason())
        : Optional.empty();
  }

  /** Why not all other replicas can be moved below the target, each with its reason. */
  Map<InstanceKey, String> siblingRefusals(InstanceKey target) {
    Map<InstanceKey, String> refusals = new TreeMap<>();
    for (InstanceKey key : circumstances.failure().replicas()) {
      if (!key.equals(target) && !circumstances.downtimed().contains(key)) {
        siblingRefusal(key, target).ifPresent(reason -> refusals.put(key, reason));
      }
    }
    return refusals;
  }

  private Optional<String> siblingRefusal(InstanceKey key, InstanceKey target) {
    Instance sibling = replicas.get(key);
    Instance source = replicas.get(target);
    if (sibling == null) {
      return Optional.of(key + " does not answer");
    }
    boolean isThere = sibling.sourceKey().filter(target::equals).isPresent();
    if (source == null || isThere) {
      return Optional.empty();
    }
    if (method == Method.POSITION && !Method.USES_GTID.test(sibling)) {
      return refusal(CanReplicate.from(sibling, source, circumstances.policy().replication()))
          .or(() -> cannotComeEqual(sibling).map(reason -> key + ": " + reason));
    }
    return refusal(CanReplicate.byGtid(sibling, source, circumstances.policy().replication()));
  }

  private static Optional<String> refusal(CanReplicate.Verdict verdict) {
    return verdict instanceof CanReplicate.Verdict.Refused refused
        ? Optional.of(refused.reason())
        : Optional.empty();
  }

  /** Without GTIDs one goes on from where the target stands only if it stands there too. */
  private Optional<String> cannotComeEqual(Instance sibling) {
    Optional<String> elsewhere =
        isBelowMaster(sibling) ? Optional.empty() : notBelowMaster(sibling);
    if (elsewhere.isPresent() || circumstances.policy().pseudoGtid().isPresent()) {
      return elsewhere;
    }
    return notBelowMaster(sibling)
        .or(() -> lagging(sibling))
        .map(reason ->
            reason
                + ", and there is neither GTID nor Pseudo-GTID (PseudoGTIDPattern) by which to find"
                + " its place. In downtime it does not count");
  }

  /**
   * Whether the other replicas have to stay below the master until it is replaced: its commits wait
   * for more acknowledgements than the target alone can give.
   */
  static boolean siblingsAreNeeded(Instance master, Instance target) {
    boolean waits = master.semiSync().masterEnabled() && master.semiSync().masterStatus();
    boolean targetAcknowledges =
        target.semiSync().replicaEnabled() && master.semiSync().waitForReplicaCount() <= 1;
    return waits && !targetAcknowledges;
  }
}
