package orchestrator.core.analysis;

/** Diagnoses in words: for people who read alerts at night. */
final class Descriptions {
  private Descriptions() {}

  static String of(AnalysisCode code, Subject subject, ReplicaSummary replicas) {
    return switch (code) {
      case NO_PROBLEM -> "";
      case DEAD_MASTER_WITHOUT_REPLICAS -> "The master does not answer; it has no replicas";
      case DEAD_MASTER -> dead("The master", replicas);
      case DEAD_MASTER_AND_REPLICAS -> deadWithReplicas("The master", replicas);
      case DEAD_MASTER_AND_SOME_REPLICAS -> deadWithSome("The master", replicas);
      case UNREACHABLE_MASTER_WITH_LAGGING_REPLICAS -> lagging("The master", replicas);
      case UNREACHABLE_MASTER -> unreachable("The master", replicas);
      case LOCKED_SEMI_SYNC_MASTER ->
          "Commits on the master hang: " + semiSync(subject) + ", and its binary log stands still";
      case LOCKED_SEMI_SYNC_MASTER_HYPOTHESIS ->
          "Commits on the master may hang: " + semiSync(subject);
      case MASTER_WITH_TOO_MANY_SEMI_SYNC_REPLICAS ->
          "More semi-synchronous replicas than wanted: " + semiSync(subject);
      case NO_WRITEABLE_MASTER -> "The master is read-only";
      case MASTER_SINGLE_REPLICA_NOT_REPLICATING ->
          "The master is well, but its only replica is not replicating";
      case MASTER_SINGLE_REPLICA_DEAD -> "The master is well, but its only replica does not answer";
      case ALL_MASTER_REPLICAS_NOT_REPLICATING, ALL_MASTER_REPLICAS_NOT_REPLICATING_OR_DEAD ->
          stopped("The master", replicas);
      case MASTER_WITHOUT_REPLICAS -> "The master has no replicas";
      case DEAD_CO_MASTER -> dead("The co-master", replicas);
      case DEAD_CO_MASTER_AND_SOME_REPLICAS -> deadWithSome("The co-master", replicas);
      case UNREACHABLE_CO_MASTER -> unreachable("The co-master", replicas);
      case ALL_CO_MASTER_REPLICAS_NOT_REPLICATING -> stopped("The co-master", replicas);
      case DEAD_INTERMEDIATE_MASTER_WITH_SINGLE_REPLICA_FAILING_TO_CONNECT ->
          "The intermediate master does not answer, and its only replica "
              + (replicas.deaf() > 0 ? "has missed a heartbeat from it" : "cannot connect to it");
      case DEAD_INTERMEDIATE_MASTER_WITH_SINGLE_REPLICA, DEAD_INTERMEDIATE_MASTER ->
          dead("The intermediate master", replicas);
      case DEAD_INTERMEDIATE_MASTER_AND_SOME_REPLICAS ->
          deadWithSome("The intermediate master", replicas);
      case DEAD_INTERMEDIATE_MASTER_AND_REPLICAS ->
          deadWithReplicas("The intermediate master", replicas);
      case UNREACHABLE_INTERMEDIATE_MASTER_WITH_LAGGING_REPLICAS ->
          lagging("The intermediate master", replicas);
      case UNREACHABLE_INTERMEDIATE_MASTER -> unreachable("The intermediate master", replicas);
      case ALL_INTERMEDIATE_MASTER_REPLICAS_FAILING_TO_CONNECT_OR_DEAD ->
          "The intermediate master answers, but of its %d replicas %d cannot connect to it and the others do not answer"
              .formatted(replicas.count(), replicas.failingToConnect());
      case ALL_INTERMEDIATE_MASTER_REPLICAS_NOT_REPLICATING ->
          stopped("The intermediate master", replicas);
      case BINLOG_SERVER_FAILING_TO_CONNECT_TO_MASTER ->
          "The binlog server cannot connect to its source";
      case FIRST_TIER_REPLICA_FAILING_TO_CONNECT_TO_MASTER ->
          "The replica cannot connect to the master";
      case DEAD_REPLICATION_GROUP_MEMBER_WITH_REPLICAS ->
          "The group member does not answer, and " + noneReplicates(howMany(replicas));
    };
  }

  private static String dead(String who, ReplicaSummary replicas) {
    return who + " does not answer, and " + noneReplicates(howMany(replicas) + deaf(replicas));
  }

  /** Of those that answer, and say that they replicate. */
  private static String deaf(ReplicaSummary replicas) {
    return switch (replicas.deaf()) {
      case 0 -> "";
      case 1 -> ", 1 has missed a heartbeat";
      default -> ", " + replicas.deaf() + " have missed a heartbeat";
    };
  }

  private static String deadWithSome(String who, ReplicaSummary replicas) {
    return "%s does not answer; %d of its %d replicas answer, and none of these is replicating"
            .formatted(who, replicas.valid(), replicas.count())
        + deaf(replicas);
  }

  private static String deadWithReplicas(String who, ReplicaSummary replicas) {
    return who + " does not answer, nor do its replicas (" + howMany(replicas) + ")";
  }

  private static String unreachable(String who, ReplicaSummary replicas) {
    return "%s does not answer, but %d of its %d replicas still replicate from it"
        .formatted(who, replicas.validReplicating(), replicas.count());
  }

  private static String lagging(String who, ReplicaSummary replicas) {
    return who
        + " does not answer; its replicas say that they replicate, but all lag ("
        + howMany(replicas)
        + ")";
  }

  private static String stopped(String who, ReplicaSummary replicas) {
    String dead = replicas.invalid() > 0 ? ", " + replicas.invalid() + " do not answer" : "";
    return who + " answers, but " + noneReplicates(howMany(replicas) + dead);
  }

  private static String noneReplicates(String count) {
    return "no replica is replicating (" + count + ")";
  }

  private static String howMany(ReplicaSummary replicas) {
    return replicas.count() == 1 ? "it has 1" : "it has " + replicas.count();
  }

  private static String semiSync(Subject subject) {
    return "it waits for %d semi-synchronous replicas and has %d"
        .formatted(subject.semiSync().waitForReplicaCount(), subject.semiSync().masterClients());
  }
}
