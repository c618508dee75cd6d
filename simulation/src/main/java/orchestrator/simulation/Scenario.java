package orchestrator.simulation;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import orchestrator.core.analysis.AnalysisPolicy;
import orchestrator.core.analysis.ClusterRule;
import orchestrator.core.binlog.PseudoGtid;
import orchestrator.core.facts.HookPoint;
import orchestrator.core.recovery.RecoveryPolicy;
import orchestrator.server.engine.detection.DetectionSettings;

/** How a world is before anything happens to it. */
final class Scenario {
  final int managers;
  final int servers;
  final boolean mariaDb;

  /** Whether replicas replicate by file and position. */
  final boolean withoutGtid;

  final boolean semiSync;

  /** How long a commit waits for a semi-synchronous replica. */
  final long semiSyncMillis;

  final boolean mastersRestartWritable;

  final Shape shape;

  /** How many planned takeovers somebody will ask for. */
  final int takeovers;

  /** Whether the last server replicates from a replica. */
  final boolean secondTier;

  final long pollMillis;
  final long clientMillis;

  /** After this much silence a replica takes its source for gone, however many heartbeats. */
  final long netTimeoutMillis;

  final RecoveryPolicy policy;
  private final List<String> dataCenters;
  final DetectionSettings detection;

  private static final PseudoGtid PSEUDO_GTID = PseudoGtid.injected(100);

  /** Who replicates from whom. The master is the first server. */
  enum Shape {
    /** All replicate from the master, but perhaps the last one. */
    FLAT,
    /** The last two replicate from the second server. */
    INTERMEDIATE,
    /** The first two replicate from each other, the second one takes no writes. */
    CO_MASTERS
  }

  /** Its own dice, so that worlds in which neither is drawn are as they were before. */
  private static final long SHAPE = 0x51AA9L;

  private static final long POSITIONS = 0x9051B3L;

  /** One world of so many is without GTIDs. */
  private static final int SHARE = 6;

  Scenario(long seed, RandomGenerator random) {
    RandomGenerator dice = new SplittableRandom(seed ^ SHAPE);
    managers = random.nextInt(4) == 0 ? 5 : 3;
    int drawn = 3 + random.nextInt(3);
    RandomGenerator places = new SplittableRandom(seed ^ POSITIONS);
    withoutGtid = places.nextInt(SHARE) == 0;
    mariaDb = random.nextInt(3) == 0 && !withoutGtid;
    shape = shape(dice);
    takeovers = dice.nextInt(2) == 0 ? 0 : 1 + dice.nextInt(3);
    servers = shape == Shape.FLAT ? drawn : Math.max(drawn, 4);
    semiSync = random.nextBoolean();
    semiSyncMillis = random.nextBoolean() ? 1000 : 10_000;
    mastersRestartWritable = random.nextInt(3) != 0;
    secondTier = drawn > 3 && random.nextInt(3) == 0 && shape == Shape.FLAT;
    pollMillis = random.nextInt(3) == 0 ? 2000 : 1000;
    clientMillis = 100L + random.nextInt(400);
    RecoveryPolicy drawnPolicy = policy(random, dice.nextBoolean());
    policy =
        Variety.vary(
            withoutGtid && (shape != Shape.FLAT || places.nextInt(4) != 0)
                ? drawnPolicy.with(PSEUDO_GTID)
                : drawnPolicy,
            seed);
    dataCenters = Variety.dataCenters(seed);
    netTimeoutMillis = dice.nextInt(3) == 0 ? 12_000 : 4000;
    detection =
        new DetectionSettings(
            analysis(pollMillis),
            Duration.ofSeconds(3),
            Duration.ofMinutes(1),
            cluster -> Duration.ZERO,
            List.of(),
            Duration.ofSeconds(10));
  }

  /** Co-masters with MariaDB need positions for each server, which are not simulated. */
  private Shape shape(RandomGenerator dice) {
    int number = dice.nextInt(10);
    boolean apart = mariaDb || withoutGtid;
    return number < 5 ? Shape.FLAT : number < 8 || apart ? Shape.INTERMEDIATE : Shape.CO_MASTERS;
  }

  String dataCenterOf(int server) {
    return dataCenters.get(server % dataCenters.size());
  }

  /** Whom a server replicates from at first, by number; empty for a master without a source. */
  OptionalInt sourceOf(int server) {
    boolean low =
        switch (shape) {
          case FLAT -> secondTier && server == servers - 1;
          case INTERMEDIATE -> server >= servers - 2;
          case CO_MASTERS -> server > 2 && server == servers - 1;
        };
    if (server == 0) {
      return shape == Shape.CO_MASTERS ? OptionalInt.of(1) : OptionalInt.empty();
    }
    return OptionalInt.of(low ? 1 : 0);
  }

  private static RecoveryPolicy policy(RandomGenerator random, boolean onlyOtherCoMaster) {
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
            false,
            false,
            Duration.ZERO,
            strict,
            false,
            true,
            false,
            false,
            key -> false,
            onlyOtherCoMaster),
        new RecoveryPolicy.Replicas(true, Duration.ZERO, 1 + random.nextInt(4)),
        new RecoveryPolicy.Waits(
            Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ofSeconds(20)),
        Duration.ofSeconds(20 + random.nextLong(40)),
        base.acknowledgeComplete(),
        base.keyValuePrefix(),
        hooks,
        base.replication(),
        base.budget(),
        base.safety(),
        base.pseudoGtid());
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
        + (withoutGtid ? " without GTIDs" : "")
        + (policy.pseudoGtid().isPresent() ? ", Pseudo-GTID" : "")
        + (semiSync ? ", semi-sync " + semiSyncMillis + " ms" : "")
        + ", "
        + servers
        + " servers"
        + (secondTier ? " in two tiers" : "")
        + (shape == Shape.FLAT ? "" : ", " + shape)
        + ", "
        + managers
        + " managers, masters restart "
        + (mastersRestartWritable ? "writable" : "read-only")
        + (policy.hooks().isEmpty() ? "" : ", hooks")
        + (dataCenters.size() == 1 ? "" : ", data centers " + dataCenters);
  }
}
