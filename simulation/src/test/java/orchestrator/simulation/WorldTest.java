package orchestrator.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** In no world anything happens that must never happen. */
class WorldTest {
  private static final int SEEDS = Integer.getInteger("simulation.seeds", 5000);

  /** Of these so many have what {@link Variety} adds. */
  private static final int VARIED = SEEDS / 5 * 2;

  private static final int THREADS = 2;

  /** Of so many seeds, on two threads; after three failures it is enough. */
  private static List<String> failuresIn(long from, int count) throws InterruptedException {
    Queue<String> failures = new ConcurrentLinkedQueue<>();
    AtomicLong next = new AtomicLong(from);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                long seed = next.getAndIncrement();
                while (seed < from + count && failures.size() < 3) {
                  failureOf(seed).ifPresent(failures::add);
                  seed = next.getAndIncrement();
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    return List.copyOf(failures);
  }

  private static Optional<String> failureOf(long seed) {
    String command = "./orchestrator simulate --seed " + seed + ": ";
    try {
      return Trial.run(seed).map(violation -> command + violation);
    } catch (RuntimeException e) {
      return Optional.of(command + e);
    }
  }

  @Test
  void nothingGoesWrongInTheFirstWorlds() throws InterruptedException {
    assertThat(failuresIn(0, SEEDS - VARIED)).isEmpty();
    assertThat(failuresIn(Variety.FROM, VARIED / 2)).isEmpty();
    assertThat(failuresIn(Variety.DEEDS_FROM, VARIED / 2)).isEmpty();
  }

  /** Otherwise the seeds below would not be those that once went wrong. */
  @Test
  void whatIsDrawnForSmallSeedsStaysAsItWas() {
    List<Object> drawn = new ArrayList<>();
    for (long seed = 0; seed < 1000; seed++) {
      RandomGenerator dice = new SplittableRandom(seed);
      Scenario scenario = new Scenario(seed, dice);
      drawn.add(scenario.toString());
      drawn.add(scenario.policy.hooks().keySet().size());
      drawn.add(scenario.policy.budget());
      drawn.add(scenario.policy.blockPeriod());
      drawn.add(scenario.policy.replicas());
      drawn.add(scenario.policy.safety().goOnUnfenced());
      drawn.add(scenario.policy.promotion().failOnLag());
      drawn.add(dice.nextLong());
      World.faultsOf(seed).forEach(fault -> drawn.add(fault.toString()));
    }
    assertThat(drawn.hashCode()).isEqualTo(2_061_041_229);
  }

  @ParameterizedTest(name = "{1} (seed {0})")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
               2 | the first that failed
               8 | the second that failed
             121 | a person who makes a master writable sees to it that nobody else is
             357 | a former master that comes back as a writable replica is set read-only
             511 | a candidate that dies with replicas below it is no cluster of its own
             541 | an alarm of the round before an abandonment is not taken for one of the present
             954 | a restarted leader takes no intermediate master for a dead master
            2008 | a returned co-master is in no good standing before it was compared
            2145 | a second recovery of a server has a uid of its own
            2182 | a relocation that waits for its source's recovery looks meanwhile
            2414 | a leader that was down when two servers died knows which of them was the master
            2420 | a candidate that was given up is read-only again when it comes back with a dead source
            2519 | what an intermediate master passed on is not lost when it dies with the master
            1916 | a candidate that was given up is no master when it dies later
            3049 | so is a former master whose successor was replaced while it was down
            4174 | a failover does not rescue what a quarantined master has for itself
            4518 | replicas of an intermediate master may go below a sibling that is behind
            4644 | a dead master that was replaced is not replaced again for a replica left behind
            2342 | a takeover's target that dies after it was reset is no cluster of its own
            9439 | a co-master whose partner was replaced is no master that could be failed over
            9638 | what the other co-master wrote is not errant when a co-master is replaced
           11586 | what a replica moved below one that is behind had already is not lost
           19173 | a replaced master takes the alias of its cluster with it at no time
           33089 | two transactions of one GTID, one forgotten in a crash, cannot be told apart
          107098 | nor by a takeover back to the server that forgot one of them
           38934 | a replica that gets more while it is moved does not go on below a source that lacks it
           39684 | a former master comes back when its recovery is forgotten, and is set read-only
           43572 | replicas do not go below a server that is to fetch from one of them, and cannot
          44733 | a promotion rule that has run out when a recovery is taken up binds nobody
          41468 | a candidate that was given up does not take the alias of its cluster with it
           58990 | a candidate that was given up is read-only again when it comes back without a source
           61355 | and when what its dead source said last is older than a takeover
           97214 | and so is a lost replica whose source was detached
           92967 | a replica whose move is executed late, after it was given up, goes on from there
           15561 | a crash takes nothing of a file of the binary log that another one follows
          900148 | nor does it so mislead the choice by place in the log
          208919 | a server that forgot transactions in its promotion is not made writable without them
          126731 | nor by a manager that takes the recovery up from another one
          218752 | what a server counts anew after a crash cannot be told from what it forgot
           64020 | nor can it be by place, where a replica followed into the next log file
           32490 | a write that comes before a restarted replica is set read-only is errant
           81073 | a replica that was told to be unreachable is no silent loss
          453554 | nor one that crashed while semi-synchronous replication was switched on
          433566 | nor does a former master get by place what it forgot itself
          439161 | a replica that hung while its source crashed has lost its connection
          448190 | a recovery goes by the promotion rules that were in force when it began
          449472 | a new leader that read a promoted server only before that knows it is a master
          752940 | a new leader that read both masters only before a takeover fails over under the same alias
          1000012216 | a server that a failed recovery gave up is no master because others follow it
          1000051823 | without GTIDs a server that restarted in its promotion may have forgotten something
          1000008455 | a recovery that fails gives back the writes of a master that is back
          2000000185 | a person does not fail a master over again that was replaced while it was looked at
          2000003469 | a person waits for the end of a takeover before the new master is replaced
          1000093244 | whoever makes a master by hand sees to what still runs on the others
          1000152644 | a master that stays one after a failed failover is not taken for lost
          1000085202 | a former master that clients of a stale manager wrote to has nothing safe
          2000113817 | what was taken over from while a person looked at it is no master
          2000103323 | two failovers of one cluster do not run at once, whoever asks
          2000106798 | what a co-master wrote is not errant where only its replicas tell of it
          2000311219 | of two writable replicas of a master that is read-only neither is the master
          2000304932 | what those below a replica have that does not apply what it fetched is told
          2000312190 | a server that was given up is no master while the old one below it takes writes
          2000448695 | whoever a failover lost is no master that a person has recovered
          2000472077 | nor is whoever it gave up
          2000430395 | a candidate that fetched from a sibling goes back when nobody is promoted
          2000444833 | a limit holds for a co-master that takes no writes
          115214 | what a recovery left unknown is known when a later one promotes or replaces it
          136255 | a master that was replaced and is back hands nothing over
            2440 | a returned master is set read-only as soon as statements get through
          """)
  void whatOnceWentWrongGoesWellNow(long seed, String obligation) {
    assertThat(Trial.run(seed)).as(obligation).isEmpty();
  }

  /** Of families that the seeds above stand for. */
  @ParameterizedTest
  @ValueSource(
      longs = {
        836,
        18540,
        40733,
        46020,
        50906,
        55178,
        71374,
        73871,
        76385,
        86551,
        86869,
        88873,
        200162,
        215523,
        220719,
        2000118835,
        2000129988,
        2000138254,
        2000313461,
        2000471712,
        6001700,
        7012339,
        1007039698,
        1007049548,
        2007001916,
        2007006648,
        2007017428,
        2007020034,
        2007022518,
        2007023215,
        2007028534,
        2007028601,
        10021388,
        10021414,
        2010017035,
        2010020009,
        1030,
        20016946,
        1010031345,
        2010033268,
        2010025831,
        1020005758,
        1020007875,
        1020024650,
        30035133,
        30059417,
        40060042,
        1040005756,
        1040012363,
        1040034984,
        2040003657,
        2040012764,
        2050014955,
        2060047103
      })
  void soDoTheirSiblings(long seed) {
    assertThat(Trial.run(seed)).isEmpty();
  }

  @Test
  void theSameSeedTellsTheSameStory() {
    for (long seed : new long[] {0, 1, 2, 3, 4, Variety.FROM, Variety.DEEDS_FROM}) {
      assertThat(storyOf(seed)).isEqualTo(storyOf(seed)).isNotEmpty();
    }
  }

  @Test
  void worldsAreNotBoring() {
    int failovers = 0;
    int resumed = 0;
    int abandoned = 0;
    int takeovers = 0;
    int coMasters = 0;
    int relocations = 0;
    int byPosition = 0;
    int matched = 0;
    for (long seed = 0; seed < 100; seed++) {
      String story = String.join("\n", storyOf(seed));
      failovers += story.contains("[Promoted[") || story.contains(" Promoted[") ? 1 : 0;
      resumed += story.contains("Resumed[") ? 1 : 0;
      takeovers += story.contains("is now set read-only") ? 1 : 0;
      coMasters += story.contains("analysis=DeadCoMaster") && story.contains("Promoted[") ? 1 : 0;
      relocations += story.contains("analysis=DeadIntermediateMaster") ? 1 : 0;
      byPosition += story.contains("FileAndPosition[") ? 1 : 0;
      matched += story.contains("Pseudo-GTID: ") ? 1 : 0;
      abandoned += story.contains("PromotionAbandoned[") ? 1 : 0;
    }
    assertThat(failovers).as("worlds with a failover").isGreaterThan(25);
    assertThat(resumed).as("worlds in which a recovery is taken up").isGreaterThan(3);
    assertThat(abandoned).as("worlds in which a server is abandoned").isBetween(0, 30);
    assertThat(takeovers).as("worlds with a planned takeover").isGreaterThan(15);
    assertThat(coMasters).as("worlds with a failover of co-masters").isGreaterThan(3);
    assertThat(byPosition).as("worlds in which replicas go on from a place").isGreaterThan(5);
    assertThat(matched).as("worlds in which a place is found by markers").isPositive();
    assertThat(relocations).as("worlds with a dead intermediate master").isGreaterThan(3);
  }

  private static List<String> storyOf(long seed) {
    World world = new World(seed, Trial.invariants(), true);
    var violation = world.run(World.faultsOf(seed));
    assertThat(violation).isEmpty();
    return world.story();
  }
}
