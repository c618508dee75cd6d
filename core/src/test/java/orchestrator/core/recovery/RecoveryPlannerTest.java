package orchestrator.core.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import orchestrator.core.facts.HookPoint;
import orchestrator.core.facts.JournalEntry;
import orchestrator.core.facts.LossReport;
import orchestrator.core.facts.RecoveryOrigin;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.facts.ReplicaFate;
import orchestrator.core.gtid.GtidSet;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.state.Command;
import orchestrator.core.state.LogPosition;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.state.StateMachine;
import orchestrator.core.testing.InstanceBuilder;
import orchestrator.core.testing.PromotionBuilder;
import orchestrator.core.testing.States;
import orchestrator.core.testing.TicketBuilder;
import orchestrator.core.testing.TopologyBuilder;
import orchestrator.core.topology.BinlogFormat;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.PromotionRule;
import orchestrator.core.topology.Topology;
import org.junit.jupiter.api.Test;

/** The plan is what the control does when all goes well. */
class RecoveryPlannerTest {
  private static final String MASTER = InstanceBuilder.uuidOf(TopologyBuilder.key("m"));

  private RecoveryPolicy policy = RecoveryPolicy.DEFAULT;

  private static TopologyBuilder deadMaster(int replicas) {
    return TopologyBuilder.masterWithReplicas(replicas)
        .with("m", m -> m.unreachable().oracleGtid(MASTER + ":1-100"))
        .withReplicasOf("m", r -> r.failingToConnect().oracleGtid(MASTER + ":1-100"));
  }

  private String clusterAlias = "main";

  private Circumstances circumstances(TopologyBuilder servers) {
    return circumstances(servers, ReplicatedState.EMPTY);
  }

  private Circumstances circumstances(TopologyBuilder servers, ReplicatedState state) {
    FailureCase failure =
        new FailureCase(
            TopologyBuilder.key("m"),
            "DeadMaster",
            "Master cannot be reached",
            "m:3306",
            clusterAlias,
            "main.example",
            "master",
            servers.build().replicasOf(TopologyBuilder.key("m")).stream()
                .map(replica -> replica.key())
                .toList(),
            false,
            true,
            false,
            true,
            "2 of 2 observers");
    return Circumstances.of(
        failure,
        servers.build(),
        state,
        policy,
        Map.of("r1", new HostAddresses("10.0.0.1", "")),
        new ActingNode("manager", "manager.example", 0),
        TopologyBuilder.NOW);
  }

  private RecoveryPlan plan(TopologyBuilder servers) {
    return plan(servers, RecoveryOrigin.AUTOMATIC);
  }

  private RecoveryPlan plan(TopologyBuilder servers, RecoveryOrigin origin) {
    return RecoveryPlanner.plan(
        circumstances(servers), origin, ReplicatedState.EMPTY, TopologyBuilder.NOW);
  }

  private static Stream<ServerAction> actions(RecoveryPlan plan) {
    return plan.steps().stream()
        .filter(Step.Change.class::isInstance)
        .map(step -> ((Step.Change) step).action());
  }

  private static ReplicaFate.Kind fateOf(RecoveryPlan plan, String name) {
    return plan.fates().getOrDefault(key(name), ReplicaFate.UNSETTLED).kind();
  }

  private static InstanceKey key(String name) {
    return TopologyBuilder.key(name);
  }

  @Test
  void equalReplicasAreOrderedByName() {
    assertThat(plan(deadMaster(3)).successor()).contains(key("r1"));
  }

  @Test
  void theSuccessorIsResetBeforeItIsMadeWritable() {
    assertThat(actions(plan(deadMaster(2))))
        .containsSubsequence(
            new ServerAction.StopIoThread(key("r1")),
            new ServerAction.ResetReplication(key("r1")),
            new ServerAction.SetReadOnly(key("r1"), false, false));
  }

  @Test
  void theIntentIsAgreedOnBeforeAServerIsChangedForGood() {
    List<Step> steps = plan(deadMaster(2)).steps();
    int intent = -1;
    for (int i = 0; i < steps.size(); i++) {
      if (steps.get(i) instanceof Step.Agree agree
          && agree.entries().toString().contains("PromotionIntended")) {
        intent = i;
      }
    }
    assertThat(intent).isPositive();
    assertThat(steps.subList(0, intent).toString()).doesNotContain("ResetReplication");
  }

  @Test
  void everyReplicaHasAFate() {
    RecoveryPlan plan = plan(deadMaster(3).with("r2", InstanceBuilder::unreachable));
    assertThat(plan.fates())
        .hasSize(3)
        .extractingFromEntries(e -> e.getKey().hostname() + " " + e.getValue().kind())
        .containsExactlyInAnyOrder("r1 PROMOTED", "r2 UNREACHABLE", "r3 MOVED");
  }

  @Test
  void aPreferredServerFirstFetchesWhatItLacks() {
    RecoveryPlan plan =
        plan(
            deadMaster(3)
                .with(
                    "r2", r -> r.promotionRule(PromotionRule.PREFER).oracleGtid(MASTER + ":1-90")));
    assertThat(plan.successor()).contains(key("r2"));
    assertThat(actions(plan))
        .contains(
            new ServerAction.ChangeSource(
                key("r2"), key("r1"), new ServerAction.SourcePosition.OracleAuto(), true));
  }

  @Test
  void theRuleCountsMoreThanTheDataCenter() {
    RecoveryPlan plan =
        plan(
            deadMaster(3)
                .with("m", m -> m.dataCenter("east"))
                .with("r1", r -> r.dataCenter("east"))
                .with("r2", r -> r.dataCenter("west").promotionRule(PromotionRule.PREFER)));
    assertThat(plan.successor()).contains(key("r2"));
  }

  @Test
  void amongEqualsTheDataCenterOfTheDeadMasterCounts() {
    RecoveryPlan plan =
        plan(
            deadMaster(3)
                .with("m", m -> m.dataCenter("east"))
                .with("r3", r -> r.dataCenter("east")));
    assertThat(plan.successor()).contains(key("r3"));
  }

  @Test
  void aConstraintIsPartOfTheChoiceAndNoVeto() {
    policy = policy.with(new PromotionBuilder().preventCrossDataCenter(true).build());
    RecoveryPlan plan =
        plan(
            deadMaster(2)
                .with("m", m -> m.dataCenter("east"))
                .with("r1", r -> r.dataCenter("west").promotionRule(PromotionRule.PREFER))
                .with("r2", r -> r.dataCenter("east")));
    assertThat(plan.successor()).contains(key("r2"));
    assertThat(plan.candidates().getLast().displayString())
        .contains("r1", "PreventCrossDataCenterMasterFailover", "west", "east");
  }

  @Test
  void theRuleThatAServersQueryFindsReplacesARegisteredOne() {
    ReplicatedState said =
        new States()
            .candidate("r1", PromotionRule.MUST_NOT)
            .candidate("r2", PromotionRule.MUST_NOT)
            .build();
    Topology servers = deadMaster(2).with("r2", r -> r.promotionRule(PromotionRule.PREFER)).build();
    assertThat(servers.find(key("r1")).flatMap(r -> said.promotionRuleOf(r, TopologyBuilder.NOW)))
        .contains(PromotionRule.MUST_NOT);
    assertThat(servers.find(key("r2")).flatMap(r -> said.promotionRuleOf(r, TopologyBuilder.NOW)))
        .contains(PromotionRule.PREFER);
  }

  @Test
  void withoutAnEligibleServerNothingIsPromotedAndReplicasFetchAgain() {
    RecoveryPlan plan =
        plan(deadMaster(2).withReplicasOf("m", r -> r.promotionRule(PromotionRule.MUST_NOT)));
    assertThat(plan.successor()).isEmpty();
    assertThat(plan.errors()).isNotEmpty();
    assertThat(actions(plan)).contains(new ServerAction.StartIoThread(key("r1")));
  }

  @Test
  void aLagBelowTheLimitIsNoObstacle() {
    policy = policy.with(new PromotionBuilder().failOnLag(Duration.ofMinutes(1)).build());
    TopologyBuilder servers =
        deadMaster(2).with("r1", r -> r.lagSeconds(60)).with("r2", r -> r.lagSeconds(59));
    assertThat(plan(servers).successor()).contains(key("r2"));
  }

  @Test
  void aServerThatFewCanFollowComesLast() {
    RecoveryPlan plan =
        plan(
            deadMaster(3)
                .with("r1", r -> r.version("8.4.0"))
                .with("r2", r -> r.binlogFormat(BinlogFormat.ROW)));
    assertThat(plan.successor()).contains(key("r2"));
  }

  @Test
  void aServerWithABrokenSqlThreadIsNotPreferred() {
    RecoveryPlan plan =
        plan(
            deadMaster(2)
                .with(
                    "r1",
                    r ->
                        r.promotionRule(PromotionRule.PREFER)
                            .oracleGtid(MASTER + ":1-90")
                            .replication(
                                row -> row.retrieved(MASTER + ":1-100").sqlError("bad row"))));
    assertThat(plan.successor()).contains(key("r2"));
  }

  @Test
  void aReplicaThatIsAheadOfTheOnlyEligibleServerIsLostAndDetached() {
    RecoveryPlan plan =
        plan(
            deadMaster(2)
                .with("r1", r -> r.oracleGtid(MASTER + ":1-90"))
                .with("r2", r -> r.withoutBinlog()));
    assertThat(plan.successor()).contains(key("r1"));
    assertThat(fateOf(plan, "r2")).isEqualTo(ReplicaFate.Kind.LOST);
    assertThat(actions(plan)).contains(new ServerAction.DetachSource(key("r2")));
    assertThat(plan.expectedLoss().knownMissing()).hasToString("Optional[" + MASTER + ":91-100]");
  }

  @Test
  void errantTransactionsAreNeitherWaitedForNorFetched() {
    String errant = InstanceBuilder.uuidOf(key("r2")) + ":1-3";
    RecoveryPlan plan =
        plan(deadMaster(2).with("r2", r -> r.oracleGtid(MASTER + ":1-100," + errant)));
    assertThat(plan.successor()).contains(key("r1"));
    assertThat(fateOf(plan, "r2")).isEqualTo(ReplicaFate.Kind.MOVED);
  }

  /** This manager could not read it since it was a replica itself. */
  @Test
  void whatTheMasterGotBeforeItWasPromotedIsNotErrant() {
    String former = InstanceBuilder.uuidOf(key("former"));
    TopologyBuilder servers =
        deadMaster(2)
            .with("m", m -> m.oracleGtid(former + ":1-50"))
            .with("r1", r -> r.oracleGtid(former + ":1-60"))
            .with("r2", r -> r.oracleGtid(former + ":1-68"));
    RecoveryTicket promotion =
        TicketBuilder.of("1:x", key("former")).cluster("former:3306", "main").build();
    LossReport loss =
        new LossReport(
            Optional.empty(),
            Optional.empty(),
            Optional.of(GtidSet.parse(former + ":1-68")),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    ReplicatedState promoted =
        StateMachine.applyAll(
                ReplicatedState.EMPTY,
                List.of(
                    new Command.OpenRecovery(promotion),
                    new Command.Journal(
                        "1:x",
                        List.of(
                            new JournalEntry.PromotionIntended(key("m")),
                            new JournalEntry.Promoted(key("m"), "", Optional.empty()),
                            new JournalEntry.LossAssessed(loss),
                            new JournalEntry.Closed(true, List.of())),
                        TopologyBuilder.NOW)),
                LogPosition.NONE)
            .next();
    RecoveryPlan plan =
        RecoveryPlanner.plan(
            circumstances(servers, promoted),
            RecoveryOrigin.AUTOMATIC,
            promoted,
            TopologyBuilder.NOW);
    assertThat(plan.successor()).contains(key("r2"));
    assertThat(plan(servers).successor()).as("if nobody knows").contains(key("r1"));
  }

  @Test
  void mariaDbServersAreMovedByTheirSlavePosition() {
    TopologyBuilder servers =
        TopologyBuilder.masterWithReplicas(2)
            .withAll(s -> s.mariaDb("11.4.5-MariaDB").mariaDbGtid("0-1-100"))
            .with("m", InstanceBuilder::unreachable)
            .with("r2", r -> r.mariaDbGtid("0-1-99"));
    RecoveryPlan plan = plan(servers);
    assertThat(plan.successor()).contains(key("r1"));
    assertThat(actions(plan))
        .contains(
            new ServerAction.ChangeSource(
                key("r2"), key("r1"), new ServerAction.SourcePosition.MariaDbSlavePos(), true));
  }

  @Test
  void theDesignatedServerIsPromotedOrNone() {
    RecoveryOrigin origin =
        new RecoveryOrigin(false, "force-master-takeover", Optional.of(key("r2")), false);
    assertThat(plan(deadMaster(2), origin).successor()).contains(key("r2"));
    assertThat(plan(deadMaster(2).with("r2", InstanceBuilder::withoutBinlog), origin).successor())
        .isEmpty();
  }

  @Test
  void theFiveKeysNameTheSuccessorUnderTheAlias() {
    assertThat(plan(deadMaster(2)).keyValues())
        .containsExactly(
            new Command.PutKeyValue("mysql/master/main", "r1:3306"),
            new Command.PutKeyValue("mysql/master/main/hostname", "r1"),
            new Command.PutKeyValue("mysql/master/main/port", "3306"),
            new Command.PutKeyValue("mysql/master/main/ipv4", "10.0.0.1"),
            new Command.PutKeyValue("mysql/master/main/ipv6", ""));
  }

  @Test
  void aClusterWithoutAnAliasHasItsNameInThem() {
    clusterAlias = "";
    assertThat(plan(deadMaster(2)).keyValues())
        .hasSize(5)
        .contains(new Command.PutKeyValue("mysql/master/m:3306", "r1:3306"));
  }

  @Test
  void hooksAreShownWithTheirText() {
    policy =
        policy.with(
            Map.of(
                HookPoint.PRE_FAILOVER, List.of("pre {failedHost} {successorHost}"),
                HookPoint.POST_FAILOVER, List.of("post {successorHost}:{successorPort} &")));
    assertThat(plan(deadMaster(2)).steps())
        .contains(
            new Step.RunProcess(HookPoint.PRE_FAILOVER, 0, "pre m {successorHost}", false),
            new Step.RunProcess(HookPoint.POST_FAILOVER, 0, "post r1:3306", true));
  }

  @Test
  void gatesSayWhatStandsInTheWayAndWhatAPersonOverrides() {
    ReplicatedState off =
        StateMachine.apply(
                ReplicatedState.EMPTY, new Command.SwitchGlobalRecoveries(false), LogPosition.NONE)
            .next();
    Circumstances circumstances = circumstances(deadMaster(2));
    List<Gate> automatic =
        RecoveryGates.of(circumstances, RecoveryOrigin.AUTOMATIC, off, TopologyBuilder.NOW);
    assertThat(RecoveryGates.refusal(automatic)).contains("global switch");
    List<Gate> asked =
        RecoveryGates.of(
            circumstances,
            new RecoveryOrigin(false, "", Optional.empty(), false),
            off,
            TopologyBuilder.NOW);
    assertThat(RecoveryGates.allOpen(asked)).isTrue();
    assertThat(asked).filteredOn(Gate::overridden).isNotEmpty();
  }

  /** It was reset as a candidate, and looks like the master of a cluster of its own. */
  @Test
  void replicaOfAMasterThatWasFailedOverIsNotProposedByItself() {
    Circumstances circumstances = circumstances(deadMaster(2));
    RecoveryTicket open =
        TicketBuilder.of("1:x", TopologyBuilder.key("old"))
            .replicas(TopologyBuilder.key("m"))
            .blockingFor(Duration.ofHours(1))
            .build();
    ReplicatedState state = new States().recovery(open).build();
    assertThat(
            RecoveryGates.refusal(
                RecoveryGates.of(
                    circumstances, RecoveryOrigin.AUTOMATIC, state, TopologyBuilder.NOW)))
        .contains("1:x");
  }

  @Test
  void replicasOfTwoFamiliesOfGtidsAreNotRecoveredFrom() {
    TopologyBuilder servers =
        TopologyBuilder.masterWithReplicas(2)
            .with("m", InstanceBuilder::unreachable)
            .with("r1", r -> r.oracleGtid(""))
            .with("r2", r -> r.mariaDbGtid("0-1-1"));
    assertThat(plan(servers).mayBegin()).isFalse();
  }
}
