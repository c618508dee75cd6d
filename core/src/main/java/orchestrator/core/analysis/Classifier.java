package orchestrator.core.analysis;

import static orchestrator.core.analysis.AnalysisCode.*;

import java.util.List;
import java.util.function.Predicate;

/**
 * The conditions of every {@link AnalysisCode}, tried in order: the first that holds is the
 * verdict.
 *
 * <p>A server that does not answer is never called dead for that alone: no replica that answers may
 * be replicating from it.
 */
final class Classifier {
  /**
   * What the conditions look at.
   *
   * @param stale whether the server's binary log position has not moved for too long
   */
  record Picture(Subject subject, ReplicaSummary replicas, boolean stale, AnalysisPolicy policy) {
    boolean deadMaster() {
      return subject.master() && !subject.lastCheckValid();
    }

    boolean liveMaster() {
      return subject.master() && subject.lastCheckValid();
    }

    boolean deadCoMaster() {
      return subject.coMaster() && !subject.lastCheckValid();
    }

    boolean deadIntermediate() {
      return !subject.master() && !subject.lastCheckValid();
    }

    boolean liveIntermediate() {
      return !subject.master() && subject.lastCheckValid();
    }

    int count() {
      return replicas.count();
    }

    boolean has() {
      return count() > 0;
    }

    boolean allValid() {
      return replicas.valid() == count();
    }

    boolean someValid() {
      return replicas.valid() > 0;
    }

    boolean onlySomeValid() {
      return someValid() && !allValid();
    }

    boolean someReplicate() {
      return replicas.validReplicating() > 0;
    }

    boolean noneReplicates() {
      return replicas.validReplicating() == 0;
    }

    /** Replicas may only look as if they replicated: behind, and not because they are told to. */
    boolean allLag() {
      return replicas.lagging() == count() && replicas.delayed() < count() && someReplicate();
    }

    boolean partial() {
      return subject.lastCheckPartialSuccess();
    }

    boolean someFailToConnect() {
      return replicas.failingToConnect() > 0;
    }

    boolean allValidFailToConnect() {
      return replicas.failingToConnect() == replicas.valid();
    }

    /** It says so, or what it has missed does. */
    boolean theOnlyOneIsCutOff() {
      return count() == 1 && replicas.failingToConnect() + replicas.deaf() == 1;
    }

    boolean semiSyncIsShort() {
      return subject.master() && subject.isWaitingForSemiSyncReplicas();
    }

    boolean semiSyncIsExceeded() {
      return policy.enforceExactSemiSyncReplicas()
          && subject.master()
          && subject.semiSync().masterEnabled()
          && subject.semiSync().masterStatus()
          && subject.semiSync().waitForReplicaCount() > 0
          && subject.semiSync().masterClients() > subject.semiSync().waitForReplicaCount();
    }

    boolean mustBeWritable() {
      return policy.recoverNonWriteableMaster() && liveMaster() && subject.readOnly();
    }
  }

  private record Rule(AnalysisCode code, Predicate<Picture> condition) {}

  private static final Rule GROUP_MEMBER =
      rule(
          DEAD_REPLICATION_GROUP_MEMBER_WITH_REPLICAS,
          p -> !p.subject.lastCheckValid() && p.has() && p.noneReplicates());

  private static final List<Rule> RULES =
      List.of(
          // Masters
          rule(DEAD_MASTER_WITHOUT_REPLICAS, p -> p.deadMaster() && !p.has()),
          rule(DEAD_MASTER, p -> p.deadMaster() && p.allValid() && p.noneReplicates()),
          rule(
              DEAD_MASTER_AND_REPLICAS,
              p -> p.deadMaster() && p.has() && !p.someValid() && p.noneReplicates()),
          rule(
              DEAD_MASTER_AND_SOME_REPLICAS,
              p -> p.deadMaster() && p.onlySomeValid() && p.noneReplicates()),
          rule(UNREACHABLE_MASTER_WITH_LAGGING_REPLICAS, p -> p.deadMaster() && p.allLag()),
          rule(
              UNREACHABLE_MASTER,
              p -> p.deadMaster() && !p.partial() && p.someValid() && p.someReplicate()),
          // It answered in part: trust a replica that says it cannot connect.
          rule(
              UNREACHABLE_MASTER,
              p ->
                  p.deadMaster()
                      && p.partial()
                      && p.someFailToConnect()
                      && p.someValid()
                      && p.someReplicate()),
          rule(LOCKED_SEMI_SYNC_MASTER, p -> p.semiSyncIsShort() && p.stale),
          rule(LOCKED_SEMI_SYNC_MASTER_HYPOTHESIS, p -> p.semiSyncIsShort() && !p.stale),
          rule(MASTER_WITH_TOO_MANY_SEMI_SYNC_REPLICAS, Picture::semiSyncIsExceeded),
          rule(NO_WRITEABLE_MASTER, p -> p.mustBeWritable() && p.someReplicate()),
          rule(
              MASTER_SINGLE_REPLICA_NOT_REPLICATING,
              p -> p.liveMaster() && p.count() == 1 && p.allValid() && p.noneReplicates()),
          rule(MASTER_SINGLE_REPLICA_DEAD, p -> p.liveMaster() && p.count() == 1 && !p.someValid()),
          rule(
              ALL_MASTER_REPLICAS_NOT_REPLICATING,
              p -> p.liveMaster() && p.count() > 1 && p.allValid() && p.noneReplicates()),
          rule(
              ALL_MASTER_REPLICAS_NOT_REPLICATING_OR_DEAD,
              p -> p.liveMaster() && p.count() > 1 && p.onlySomeValid() && p.noneReplicates()),
          // Co-masters have a source, so that none of the above holds for them.
          rule(
              DEAD_CO_MASTER,
              p -> p.deadCoMaster() && p.has() && p.allValid() && p.noneReplicates()),
          rule(
              DEAD_CO_MASTER_AND_SOME_REPLICAS,
              p -> p.deadCoMaster() && p.onlySomeValid() && p.noneReplicates()),
          rule(
              UNREACHABLE_CO_MASTER,
              p -> p.deadCoMaster() && !p.partial() && p.someValid() && p.someReplicate()),
          rule(
              ALL_CO_MASTER_REPLICAS_NOT_REPLICATING,
              p ->
                  p.subject.coMaster()
                      && p.subject.lastCheckValid()
                      && p.has()
                      && p.noneReplicates()),
          // Everything that has a source, co-masters that got here included
          rule(
              DEAD_INTERMEDIATE_MASTER_WITH_SINGLE_REPLICA_FAILING_TO_CONNECT,
              p ->
                  p.deadIntermediate()
                      && p.allValid()
                      && p.theOnlyOneIsCutOff()
                      && p.noneReplicates()),
          rule(
              DEAD_INTERMEDIATE_MASTER_WITH_SINGLE_REPLICA,
              p -> p.deadIntermediate() && p.count() == 1 && p.allValid() && p.noneReplicates()),
          rule(
              DEAD_INTERMEDIATE_MASTER,
              p -> p.deadIntermediate() && p.count() > 1 && p.allValid() && p.noneReplicates()),
          rule(
              DEAD_INTERMEDIATE_MASTER_AND_SOME_REPLICAS,
              p -> p.deadIntermediate() && p.onlySomeValid() && p.noneReplicates()),
          rule(
              DEAD_INTERMEDIATE_MASTER_AND_REPLICAS,
              p -> p.deadIntermediate() && p.has() && !p.someValid()),
          rule(
              UNREACHABLE_INTERMEDIATE_MASTER_WITH_LAGGING_REPLICAS,
              p -> p.deadIntermediate() && p.allLag()),
          rule(
              UNREACHABLE_INTERMEDIATE_MASTER,
              p -> p.deadIntermediate() && !p.partial() && p.someValid() && p.someReplicate()),
          rule(
              ALL_INTERMEDIATE_MASTER_REPLICAS_FAILING_TO_CONNECT_OR_DEAD,
              p ->
                  p.liveIntermediate()
                      && p.count() > 1
                      && p.noneReplicates()
                      && p.someFailToConnect()
                      && p.allValidFailToConnect()),
          rule(
              ALL_INTERMEDIATE_MASTER_REPLICAS_NOT_REPLICATING,
              p -> p.liveIntermediate() && p.has() && p.someValid() && p.noneReplicates()),
          // Replicas, by what they say of their source
          rule(
              BINLOG_SERVER_FAILING_TO_CONNECT_TO_MASTER,
              p -> p.subject.binlogServer() && p.subject.failingToConnect()),
          rule(
              FIRST_TIER_REPLICA_FAILING_TO_CONNECT_TO_MASTER,
              p -> p.subject.depth() == 1 && p.subject.failingToConnect()));

  private Classifier() {}

  static AnalysisCode classify(Picture picture) {
    if (picture.subject.groupMember()) {
      return GROUP_MEMBER.condition.test(picture) ? GROUP_MEMBER.code : NO_PROBLEM;
    }
    for (Rule rule : RULES) {
      if (rule.condition.test(picture)) {
        return rule.code;
      }
    }
    return NO_PROBLEM;
  }

  private static Rule rule(AnalysisCode code, Predicate<Picture> condition) {
    return new Rule(code, condition);
  }
}
