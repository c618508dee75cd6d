package orchestrator.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import orchestrator.core.facts.HookPoint;
import orchestrator.core.facts.RecoveryBudget;
import orchestrator.core.recovery.RecoveryPolicy;
import orchestrator.core.recovery.SafetyPolicy;

/**
 * Configurations that worlds of small seeds do not have: data centers, policies about loss and lag,
 * fencing, a budget, more processes. Drawn by dice of their own.
 */
final class Variety {
  /** The first seed of a world that has them. So what a seed below it stands for never changes. */
  static final long FROM = 1_000_000_000L;

  /** From here on people also force failovers, and ask for recoveries. */
  static final long DEEDS_FROM = 2 * FROM;

  private static final long DICE = 0x7A21E7FL;
  private static final long DEEDS = 0xDEED5L;

  private Variety() {}

  static boolean isIn(long seed) {
    return seed >= FROM;
  }

  /** What people ask for besides planned takeovers. */
  static List<Fault> deeds(long seed, int servers, long begin, long end) {
    List<Fault> deeds = new ArrayList<>();
    if (seed >= DEEDS_FROM) {
      RandomGenerator dice = new SplittableRandom(~seed ^ DEEDS);
      for (int i = dice.nextInt(4); i > 0; i--) {
        Fault.Kind kind = dice.nextBoolean() ? Fault.Kind.FORCE : Fault.Kind.RECOVER;
        int server = dice.nextBoolean() ? -1 : dice.nextInt(servers);
        deeds.add(new Fault(kind, begin + dice.nextLong(end - begin), 0, server, 0, 0));
      }
    }
    return deeds;
  }

  /** The data center of each server by its number, over and over. */
  static List<String> dataCenters(long seed) {
    if (!isIn(seed)) {
      return List.of("dc");
    }
    return switch (new SplittableRandom(~seed ^ DICE).nextInt(4)) {
      case 0 -> List.of("dc", "dc2");
      case 1 -> List.of("dc", "dc", "dc2");
      default -> List.of("dc");
    };
  }

  static RecoveryPolicy vary(RecoveryPolicy policy, long seed) {
    if (!isIn(seed)) {
      return policy;
    }
    RandomGenerator dice = new SplittableRandom(seed ^ DICE);
    RecoveryPolicy varied =
        policy
            .with(promotion(policy.promotion(), dice))
            .with(replicas(policy.replicas(), dice))
            .with(safety(dice))
            .with(hooks(policy.hooks(), dice));
    RecoveryPolicy acknowledging = dice.nextInt(3) == 0 ? varied.acknowledgingComplete() : varied;
    return dice.nextInt(3) == 0
        ? acknowledging.with(
            new RecoveryBudget(1 + dice.nextInt(2), Duration.ofSeconds(10 + dice.nextInt(90))))
        : acknowledging;
  }

  private static RecoveryPolicy.Promotion promotion(
      RecoveryPolicy.Promotion base, RandomGenerator dice) {
    return new RecoveryPolicy.Promotion(
        dice.nextInt(3) == 0,
        dice.nextInt(6) == 0,
        dice.nextInt(3) == 0 ? Duration.ofSeconds(2 + dice.nextInt(8)) : Duration.ZERO,
        base.failIfNotUpToDate(),
        dice.nextInt(3) == 0 && !base.failIfNotUpToDate(),
        true,
        false,
        dice.nextInt(3) == 0,
        base.ignored(),
        base.onlyOtherCoMaster());
  }

  private static RecoveryPolicy.Replicas replicas(
      RecoveryPolicy.Replicas base, RandomGenerator dice) {
    return new RecoveryPolicy.Replicas(
        dice.nextInt(3) != 0, base.postponeOnDelay(), base.maxConcurrentMoves());
  }

  private static SafetyPolicy safety(RandomGenerator dice) {
    SafetyPolicy.Durability durability =
        switch (dice.nextInt(4)) {
          case 0 -> SafetyPolicy.Durability.REFUSE_LOSS;
          case 1 -> SafetyPolicy.Durability.ASK;
          default -> SafetyPolicy.Durability.ALLOW_LOSS;
        };
    return new SafetyPolicy(
        dice.nextInt(2) == 0,
        (name, alias) -> durability,
        dice.nextBoolean(),
        dice.nextInt(4) != 0,
        Optional.empty());
  }

  private static Map<HookPoint, List<String>> hooks(
      Map<HookPoint, List<String>> base, RandomGenerator dice) {
    Map<HookPoint, List<String>> hooks = new HashMap<>(base);
    for (HookPoint point : HookPoint.values()) {
      // Those at a detection are not played here.
      if (dice.nextInt(6) == 0 && point != HookPoint.ON_FAILURE_DETECTION) {
        hooks.put(point, List.of("see to " + point));
      }
    }
    return hooks;
  }
}
