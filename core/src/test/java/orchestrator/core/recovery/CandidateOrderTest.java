package orchestrator.core.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import orchestrator.core.facts.RecoveryOrigin;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.testing.InstanceBuilder;
import orchestrator.core.testing.PromotionBuilder;
import orchestrator.core.testing.States;
import orchestrator.core.testing.TopologyBuilder;
import orchestrator.core.topology.BinlogFormat;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.PromotionRule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Which of several replicas is promoted, and that this is told. */
class CandidateOrderTest {
  private static final InstanceKey R1 = TopologyBuilder.key("r1");
  private static final InstanceKey R2 = TopologyBuilder.key("r2");
  private static final String UUID = InstanceBuilder.uuidOf(TopologyBuilder.key("m"));

  private RecoveryPolicy policy = RecoveryPolicy.DEFAULT;
  private States said = new States();

  /** The first would be promoted, by its name. */
  private final TopologyBuilder servers =
      TopologyBuilder.masterWithReplicas(3)
          .withAll(s ->
              s.oracleGtid(UUID + ":1-100")
                  .dataCenter("dc1")
                  .region("east")
                  .physicalEnvironment("prod"))
          .with("m", InstanceBuilder::unreachable)
          .withReplicasOf("m", InstanceBuilder::failingToConnect);

  private Circumstances circumstances() {
    return new Stage(servers, "m", "DeadMaster", policy, RecoveryOrigin.AUTOMATIC, said.build())
        .circumstances;
  }

  private RecoveryPlan plan() {
    return RecoveryPlanner.plan(
        circumstances(), RecoveryOrigin.AUTOMATIC, ReplicatedState.EMPTY, TopologyBuilder.NOW);
  }

  /** What makes a server the worse one, and how that is told. */
  record Flaw(String why, Consumer<InstanceBuilder> change) {
    @Override
    public String toString() {
      return why;
    }
  }

  private static Flaw worse(String why, Consumer<InstanceBuilder> change) {
    return new Flaw(why, change);
  }

  /** In the documented order. */
  static List<Flaw> flaws() {
    return List.of(
        worse(
            "a SQL thread that does not apply", r -> r.replication(row -> row.sqlError("bad row"))),
        worse("the number of replicas", r -> r.version("8.4.0")),
        worse("a configured replication delay", r -> r.delaySeconds(5)),
        worse("the promotion rule", r -> r.promotionRule(PromotionRule.PREFER_NOT)),
        worse("data center and environment", r -> r.physicalEnvironment("test")),
        worse("data center and environment", r -> r.dataCenter("dc2")),
        worse("the region", r -> r.region("west")),
        worse(
            "errant transactions",
            r -> r.oracleGtid(UUID + ":1-100," + InstanceBuilder.uuidOf(R1) + ":1")),
        worse("transactions to fetch", r -> r.oracleGtid(UUID + ":1-90")),
        worse(
            "transactions to apply",
            r -> r.oracleGtid(UUID + ":1-90").replication(row -> row.retrieved(UUID + ":1-100"))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("flaws")
  void theNextOneIsBetterAndTheReasonIsTold(Flaw flaw) {
    servers.with("r1", flaw.change());
    RecoveryPlan plan = plan();
    assertThat(plan.candidates().getFirst().server()).isEqualTo(R2);
    assertThat(plan.candidates())
        .filteredOn(c -> c.server().equals(R1))
        .singleElement()
        .satisfies(c -> assertThat(c.reasons()).anyMatch(reason -> reason.contains(flaw.why())));
  }

  @Test
  void aDowntimedOneComesAfterTheOthers() {
    said = said.downtime("r1");
    assertThat(plan().candidates().getFirst().server()).isEqualTo(R2);
  }

  /** Each criterion decides before the next one is looked at. */
  @Test
  void theOrderOfTheCriteriaIsTheDocumentedOne() {
    List<Flaw> order = flaws();
    List<String> wrong = new ArrayList<>();
    for (int i = 0; i < order.size(); i++) {
      for (Flaw smaller : order.subList(i + 1, order.size())) {
        Flaw greater = order.get(i);
        if (!smaller.why().equals(greater.why()) && !isWorse(greater, smaller)) {
          wrong.add(greater + " before " + smaller);
        }
      }
    }
    assertThat(wrong).isEmpty();
  }

  private static boolean isWorse(Flaw first, Flaw second) {
    CandidateOrderTest test = new CandidateOrderTest();
    test.servers.with("r1", first.change()).with("r2", second.change());
    List<InstanceKey> ranked =
        test.plan().candidates().stream().map(Consideration::server).toList();
    return ranked.indexOf(R2) < ranked.indexOf(R1);
  }

  /** Nobody asks in which order the replicas were found. */
  @Test
  void theOrderIsTotalWhateverTheReplicasAre() {
    Random random = new Random(7);
    for (int round = 0; round < 200; round++) {
      CandidateOrderTest test = new CandidateOrderTest();
      for (int i = 1; i <= 6; i++) {
        test.servers.with("r" + i, r -> vary(r, random));
      }
      Circumstances circumstances = test.circumstances();
      List<String> told = told(circumstances, circumstances.replicas());
      List<Instance> shuffled = new ArrayList<>(circumstances.replicas());
      Collections.shuffle(shuffled, random);
      assertThat(told(circumstances, shuffled)).isEqualTo(told);
      assertThat(told).hasSize(6).doesNotHaveDuplicates();
    }
  }

  private static void vary(InstanceBuilder replica, Random random) {
    PromotionRule[] rules = PromotionRule.values();
    replica
        .replicatesFrom("m")
        .failingToConnect()
        .oracleGtid(UUID + ":1-" + (98 + random.nextInt(3)))
        .dataCenter("dc" + random.nextInt(2))
        .region("region" + random.nextInt(2))
        .promotionRule(rules[random.nextInt(rules.length)])
        .delaySeconds(random.nextInt(5) == 0 ? 60 : 0);
    if (random.nextInt(5) == 0) {
      replica.binlogFormat(BinlogFormat.STATEMENT);
    }
    if (random.nextInt(8) == 0) {
      replica.withoutBinlog();
    }
  }

  private static List<String> told(Circumstances circumstances, List<Instance> order) {
    Map<InstanceKey, Instance> live = new LinkedHashMap<>();
    order.forEach(replica -> live.put(replica.key(), replica));
    return new CandidateChoice(
            new CandidateChoice.Question(
                circumstances,
                Optional.empty(),
                live,
                new TreeMap<>(),
                new TreeMap<>(),
                Set.of(),
                Set.of(),
                Measure.GTIDS))
        .considerations().stream().map(Consideration::displayString).toList();
  }

  // Limits

  private void limit(boolean dataCenter, boolean region) {
    policy =
        policy.with(
            new PromotionBuilder()
                .preventCrossDataCenter(dataCenter)
                .preventCrossRegion(region)
                .build());
  }

  /** The others have what it lacks, and are elsewhere: they give it, and are not promoted. */
  @Test
  void aServerInTheRegionOfTheMasterFetchesFromOneElsewhere() {
    limit(false, true);
    servers
        .with("r1", r -> r.region("west"))
        .with("r2", r -> r.oracleGtid(UUID + ":1-99"))
        .with("r3", r -> r.region("west"));
    RecoveryPlan plan = plan();
    assertThat(plan.successor()).contains(R2);
    assertThat(plan.candidates().getFirst().feeder()).contains(R1);
    assertThat(plan.expectedLoss().knownMissing()).hasToString("Optional[]");
  }

  @Test
  void theLimitsOnDataCentersAndRegionsAreSeparate() {
    servers
        .with("r1", r -> r.dataCenter("dc2").region("west"))
        .with("r2", r -> r.dataCenter("dc2"))
        .with("r3", r -> r.dataCenter("dc2").region("west"));
    limit(false, true);
    assertThat(plan().successor()).contains(R2);
    limit(true, false);
    assertThat(plan().successor()).isEmpty();
  }

  @Test
  void hostsThatAreToBeIgnoredAreNotPromoted() {
    policy = policy.with(new PromotionBuilder().ignored(key -> key.equals(R1)).build());
    RecoveryPlan plan = plan();
    assertThat(plan.successor()).contains(R2);
    assertThat(plan.candidates().getLast().reasons())
        .singleElement()
        .asString()
        .contains("PromotionIgnoreHostnameFilters");
  }

  // Rules and places together: what the incumbent gets in a second step

  private RecoveryPlan suggestion(Map<String, String> places, Map<String, PromotionRule> rules) {
    places.forEach((name, place) -> servers.with(name, s -> s.dataCenter(place)));
    rules.forEach((name, rule) -> servers.with(name, s -> s.promotionRule(rule)));
    return plan();
  }

  @Test
  void aPreferredServerElsewhereIsBetterThanANeutralOne() {
    RecoveryPlan plan =
        suggestion(
            Map.of("m", "ny", "r1", "seattle", "r2", "ny", "r3", "seattle"),
            Map.of("r3", PromotionRule.PREFER));
    assertThat(plan.successor()).contains(TopologyBuilder.key("r3"));
  }

  @Test
  void ofPreferredServersTheOneInTheDataCenterOfTheMasterIsBest() {
    RecoveryPlan plan =
        suggestion(
            Map.of("m", "ny", "r1", "seattle", "r2", "seattle", "r3", "ny"),
            Map.of("r2", PromotionRule.PREFER, "r3", PromotionRule.PREFER));
    assertThat(plan.successor()).contains(TopologyBuilder.key("r3"));
  }

  @Test
  void aNeutralServerIsBetterThanOneThatIsNotPreferredWhereverItIs() {
    RecoveryPlan plan =
        suggestion(
            Map.of("m", "ny", "r1", "ny", "r2", "sf", "r3", "ny"),
            Map.of("r1", PromotionRule.PREFER_NOT, "r3", PromotionRule.PREFER_NOT));
    assertThat(plan.successor()).contains(R2);
  }

  @Test
  void withoutAnyOtherOneThatIsNotPreferredIsPromoted() {
    servers.withReplicasOf("m", r -> r.promotionRule(PromotionRule.PREFER_NOT));
    assertThat(plan().successor()).contains(R1);
  }
}
