package orchestrator.simulation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Something that goes wrong for a while.
 *
 * @param at milliseconds since the world began
 * @param lasts milliseconds
 * @param one a server or manager by number; -1 for whichever is master when it happens
 * @param other a second one, where the kind needs it
 * @param amount a further number, where the kind needs it
 */
record Fault(Kind kind, long at, long lasts, int one, int other, int amount) {
  /**
   * Kinds of faults: a world knows some of them only. Those of a step wait for the effect number
   * {@link #amount} of a recovery, from when they are due; those of an opening until a recovery is
   * about to be opened.
   */
  enum Kind {
    CRASH,
    CRASH_LOSING_TAIL,
    HOST_DOWN,
    HANG,
    REFUSE,
    SLOW,
    DISK_FULL,
    APPLY_SLOWLY,
    APPLY_ERROR,
    ERRANT,
    CUT_SERVERS,
    CUT_MANAGER_FROM_SERVER,
    CUT_MANAGERS_FROM_MASTER,
    CUT_MANAGERS,
    ISOLATE_MANAGER,
    ISOLATE_LEADER,
    ISOLATE_SERVER,
    LOSS,
    DELAY,
    MANAGER_CRASH,
    LEADER_CRASH,
    LEADER_PAUSE,
    HAND_OVER,
    COMMIT_ANSWERS_LOST,
    STEP_LEADER_CRASH,
    STEP_LEADER_ISOLATED,
    STEP_LEADER_PAUSE,
    STEP_HAND_OVER,
    STEP_COMMIT_ANSWER_LOST,
    STEP_TARGET_CRASH,
    STEP_TARGET_HANG,
    STEP_TARGET_CUT,
    OPENING_DOWNTIME,
    OPENING_SWITCH_OFF,
    OPENING_PAUSE,
    OPENING_HAND_OVER,
    HOOK_FAILS,
    HOOK_HANGS,
    DOWNTIME,
    SWITCH_OFF,
    PAUSE_CLUSTER,
    MUST_NOT,
    ACKNOWLEDGE,
    /** No fault: a person asks for another master. */
    TAKEOVER,
    /** No fault: for a while a replica applies nothing, and fetches. */
    STALL,
    /** The next server that is to be promoted dies just before it is reset. */
    PROMOTION_CRASH,
    /**
     * The next statement that makes a server writable is {@link #amount} milliseconds on its way;
     * meanwhile, when it was given up, the server lets nobody in.
     */
    PROMOTION_LATE,
    /** No fault: a person replaces the master, dead or not, without regard to what blocks it. */
    FORCE,
    /** No fault: a person has recovered what is found to be wrong with a server. */
    RECOVER;

    /** Drawn with all others; the rest have dice of their own. */
    boolean isCommon() {
      return compareTo(TAKEOVER) < 0;
    }

    boolean isOfPromotion() {
      return this == PROMOTION_CRASH || this == PROMOTION_LATE;
    }

    boolean isOfStep() {
      return name().startsWith("STEP_") || isOfOpening();
    }

    boolean isOfOpening() {
      return name().startsWith("OPENING_");
    }
  }

  private static final List<Kind> STEPS =
      Arrays.stream(Kind.values()).filter(Kind::isOfStep).toList();

  /** The faults of a world: of a random selection of kinds, at random moments. */
  static List<Fault> draw(RandomGenerator random, Scenario scenario, long begin, long end) {
    Set<Kind> kinds = EnumSet.noneOf(Kind.class);
    int chance = 1 + random.nextInt(4);
    for (Kind kind : Kind.values()) {
      if (kind.isCommon() && random.nextInt(4) < chance) {
        kinds.add(kind);
      }
    }
    List<Fault> faults = new ArrayList<>();
    if (kinds.isEmpty()) {
      return faults;
    }
    List<Kind> list = List.copyOf(kinds);
    int count = 1 + random.nextInt(12);
    for (int i = 0; i < count; i++) {
      Kind kind = list.get(random.nextInt(list.size()));
      boolean master = random.nextInt(2) == 0;
      faults.add(
          new Fault(
              kind,
              begin + random.nextLong(end - begin),
              500 + random.nextLong(random.nextBoolean() ? 5000 : 40_000),
              master ? -1 : random.nextInt(scenario.servers),
              random.nextInt(Math.max(scenario.servers, scenario.managers)),
              random.nextInt(1000)));
    }
    while (random.nextInt(3) == 0) {
      faults.add(
          new Fault(
              STEPS.get(random.nextInt(STEPS.size())),
              begin,
              300 + random.nextLong(20_000),
              -1,
              random.nextInt(Math.max(scenario.servers, scenario.managers)),
              random.nextInt(60)));
    }
    // In most worlds the master dies once, for certain.
    if (random.nextInt(4) != 0) {
      Kind[] deaths = {Kind.CRASH, Kind.CRASH, Kind.HOST_DOWN, Kind.HANG, Kind.CRASH_LOSING_TAIL};
      faults.add(
          new Fault(
              deaths[random.nextInt(deaths.length)],
              begin + random.nextLong((end - begin) / 2),
              5000 + random.nextLong(60_000),
              -1,
              0,
              random.nextInt(1000)));
    }
    faults.sort(Comparator.comparingLong(Fault::at));
    return faults;
  }

  /**
   * Planned takeovers that somebody asks for; of half of them the managers choose the target. And
   * the death of an intermediate master.
   */
  static List<Fault> drawForShape(
      RandomGenerator random, Scenario scenario, long begin, long end, long lastTakeover) {
    List<Fault> more = new ArrayList<>();
    for (int i = 0; i < scenario.takeovers; i++) {
      int target = random.nextBoolean() ? -1 : random.nextInt(scenario.servers);
      more.add(
          new Fault(Kind.TAKEOVER, begin + random.nextLong(lastTakeover - begin), 0, target, 0, 0));
    }
    if (scenario.shape == Scenario.Shape.INTERMEDIATE && random.nextInt(3) != 0) {
      Kind death = random.nextBoolean() ? Kind.CRASH : Kind.HOST_DOWN;
      more.add(
          new Fault(
              death,
              begin + random.nextLong((end - begin) / 2),
              5000 + random.nextLong(60_000),
              1,
              0,
              0));
    }
    return more;
  }

  @Override
  public String toString() {
    return "%6d %s one=%s other=%d amount=%d for %d ms"
        .formatted(at, kind, one < 0 ? "master" : Integer.toString(one), other, amount, lasts);
  }
}
