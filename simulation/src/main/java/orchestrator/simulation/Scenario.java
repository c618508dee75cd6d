package orchestrator.simulation;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import orchestrator.core.analysis.AnalysisPolicy;
import orchestrator.core.analysis.ClusterRule;
import orchestrator.core.facts.HookPoint;
import orchestrator.core.recovery.RecoveryPolicy;
import orchestrator.server.engine.detection.DetectionSettings;

/** How a world is before anything happens to it. */
final class Scenario {
  final int managers;
  final int servers;
  final boolean mariaDb;
  final boolean semiSync;

  /** How long a commit waits for a semi-synchronous replica. */
  final long semiSyncMillis;

  final boolean mastersRestartWritable;

  /** Whether the last server replicates from a replica. */
  final boolean secondTier;

  final long pollMillis;
  final long clientMillis;
  final RecoveryPolicy policy;
  final DetectionSettings detection;

  Scenario(RandomGenerator random) {
    managers = random.nextInt(4) == 0 ? 5 : 3;
    servers = 3 + random.nextInt(3);
    mariaDb = random.nextInt(3) == 0;
    semiSync = random.nextBoolean();
    semiSyncMillis = random.nextBoolean() ? 1000 : 10_000;
    mastersRestartWritable = random.nextInt(3) != 0;
    secondTier = servers > 3 && random.nextInt(3) == 0;
    pollMillis = random.nextInt(3) == 0 ? 2000 : 1000;
    clientMillis = 100L + random.nextInt(400);
    policy = policy(random);
    detection =
        new DetectionSettings(
            analysis(pollMillis),
            Duration.ofSeconds(3),
            Duration.ofMinutes(1),
            cluster -> Duration.ZERO,
            List.of(),
            Duration.ofSeconds(10));
  }

  private static RecoveryPolicy policy(RandomGenerator random) {
    RecoveryPolicy base = RecoveryPolicy.DEFAULT;
    Map<HookPoint, List<String>> hooks =
        random.nextInt(3) == 0
            ? Map.of(
                HookPoint.PRE_FAILOVER, List.of("may we"),
                HookPoint.POST_MASTER_FAILOVER, List.of("tell {successorHost}", "aside &"),
                HookPoint.POST_UNSUCCESSFUL_FAILOVER, List.of("alarm"))
            : Map.of();
    boolean strict = random.nextInt(8) == 0;
    return new RecoveryPolicy(
        new RecoveryPolicy.Promotion(
            false, false, Duration.ZERO, strict, false, true, false, false, key -> false),
        new RecoveryPolicy.Replicas(true, Duration.ZERO, 1 + random.nextInt(4)),
        new RecoveryPolicy.Waits(
            Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ofSeconds(20)),
        Duration.ofSeconds(20 + random.nextLong(40)),
        base.keyValuePrefix(),
        hooks,
        base.replication(),
        base.budget(),
        base.safety());
  }

  private static AnalysisPolicy analysis(long pollMillis) {
    return new AnalysisPolicy(
        Duration.ofMillis(pollMillis),
        Duration.ofSeconds(1),
        Duration.ofSeconds(10),
        Duration.ofSeconds(20),
        Duration.ofSeconds(10),
        false,
        false,
        ClusterRule.EVERY_CLUSTER,
        ClusterRule.EVERY_CLUSTER,
        host -> false,
        name -> Optional.empty());
  }

  @Override
  public String toString() {
    return (mariaDb ? "MariaDB" : "MySQL")
        + (semiSync ? ", semi-sync " + semiSyncMillis + " ms" : "")
        + ", "
        + servers
        + " servers"
        + (secondTier ? " in two tiers" : "")
        + ", "
        + managers
        + " managers, masters restart "
        + (mastersRestartWritable ? "writable" : "read-only")
        + (policy.hooks().isEmpty() ? "" : ", hooks");
  }
}
