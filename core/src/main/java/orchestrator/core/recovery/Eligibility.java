package orchestrator.core.recovery;

import java.util.Optional;
import orchestrator.core.facts.RecoveryKind;
import orchestrator.core.topology.Classification;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.PromotionRule;
import orchestrator.core.topology.Replication;

/** Who may not be promoted, and why. The first reason that applies is given. */
final class Eligibility {
  private final CandidateChoice.Question question;
  private final Circumstances circumstances;
  private final RecoveryPolicy.Promotion policy;

  Eligibility(CandidateChoice.Question question) {
    this.question = question;
    this.circumstances = question.circumstances();
    this.policy = circumstances.policy().promotion();
  }

  /** Why the server may not be promoted; empty when it may. */
  Optional<String> refusal(InstanceKey key) {
    Instance instance = question.live().get(key);
    if (instance == null) {
      return Optional.of(question.silent().getOrDefault(key, "it has not answered"));
    }
    return Optional.ofNullable(question.excluded().get(key))
        .or(() -> notDesignated(key))
        .or(() -> Optional.ofNullable(circumstances.unfit().get(key)))
        .or(() -> banned(key))
        .or(() -> cannotLead(instance))
        .or(() -> question.measure().isPosition() ? withoutPlace(instance) : withoutGtid(instance))
        .or(() -> beyondLimits(instance));
  }

  private Optional<String> notDesignated(InstanceKey key) {
    return question
        .designated()
        .filter(wanted -> !wanted.equals(key))
        .map(wanted ->
            circumstances.failure().kind().equals(Optional.of(RecoveryKind.DEAD_CO_MASTER))
                ? wanted
                    + " is the other co-master, and takes writes already or must be promoted"
                    + " (CoMasterRecoveryMustPromoteOtherCoMaster)"
                : wanted + " was asked for");
  }

  private Optional<String> banned(InstanceKey key) {
    if (circumstances.ruleOf(key) == PromotionRule.MUST_NOT) {
      return Optional.of("its promotion rule is must_not");
    }
    return policy.ignored().test(key)
        ? Optional.of("it matches PromotionIgnoreHostnameFilters")
        : Optional.empty();
  }

  private static Optional<String> cannotLead(Instance instance) {
    if (instance.isBinlogServer()) {
      return Optional.of("it is a binlog server");
    }
    if (instance.isGroupMember()) {
      return Optional.of("it is a member of a replication group");
    }
    if (!instance.binlog().enabled()) {
      return Optional.of("it has no binary log (log_bin)");
    }
    return instance.binlog().logReplicaUpdates()
        ? Optional.empty()
        : Optional.of("it does not log what it replicates (log_replica_updates)");
  }

  private Optional<String> withoutPlace(Instance instance) {
    if (question.measure().executed(instance, circumstances.failure().failed()).isEmpty()) {
      return Optional.of("it is not known how far it is in the log of the failed master");
    }
    return instance.binlog().position().isPresent()
        ? Optional.empty()
        : Optional.of("it is not known where it writes its own log");
  }

  private static Optional<String> withoutGtid(Instance instance) {
    if (instance.gtid().executed().isEmpty()) {
      return Optional.of("its GTID set is not known");
    }
    // A server that an earlier, interrupted attempt has reset does not replicate any more.
    boolean replicates = instance.isReplica();
    return replicates && !instance.usesOracleGtid() && !instance.usesMariaDbGtid()
        ? Optional.of("it does not replicate by GTID")
        : Optional.empty();
  }

  private Optional<String> beyondLimits(Instance instance) {
    return CoMasters.isMasterAlready(circumstances, instance)
        ? Optional.empty()
        : elsewhere(instance).or(() -> lagging(instance));
  }

  private Optional<String> elsewhere(Instance instance) {
    Classification failed = circumstances.failedServer().classification();
    Classification own = instance.classification();
    if (policy.preventCrossDataCenter() && !own.dataCenter().equals(failed.dataCenter())) {
      return Optional.of(
          "PreventCrossDataCenterMasterFailover: it is in data center "
              + quoted(own.dataCenter())
              + ", the failed master in "
              + quoted(failed.dataCenter()));
    }
    return policy.preventCrossRegion() && !own.region().equals(failed.region())
        ? Optional.of(
            "PreventCrossRegionMasterFailover: it is in region "
                + quoted(own.region())
                + ", the failed master in "
                + quoted(failed.region()))
        : Optional.empty();
  }

  private Optional<String> lagging(Instance instance) {
    long limit = policy.failOnLag().toSeconds();
    long lag =
        instance.replication().map(Replication::lagSeconds).stream()
            .mapToLong(seconds -> seconds.orElse(0))
            .sum();
    return limit > 0 && lag >= limit
        ? Optional.of(
            "FailMasterPromotionOnLagMinutes: it lags by "
                + lag
                + " s, the limit is "
                + limit
                + " s")
        : Optional.empty();
  }

  private static String quoted(String text) {
    return text.isEmpty() ? "(unknown)" : text;
  }
}
