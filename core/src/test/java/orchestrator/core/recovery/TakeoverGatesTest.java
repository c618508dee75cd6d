package orchestrator.core.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import orchestrator.core.facts.DemotedMaster;
import orchestrator.core.facts.Downtime;
import orchestrator.core.facts.HookPoint;
import orchestrator.core.facts.RecoveryOrigin;
import orchestrator.core.state.Command;
import orchestrator.core.state.CommandResult;
import orchestrator.core.state.LogPosition;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.state.StateMachine;
import orchestrator.core.testing.InstanceBuilder;
import orchestrator.core.testing.PromotionBuilder;
import orchestrator.core.testing.TicketBuilder;
import orchestrator.core.testing.TopologyBuilder;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.PromotionRule;
import orchestrator.core.topology.Topology;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What forbids a takeover before anything is changed, and who takes over when nobody is named. */
class TakeoverGatesTest {
  private static final Instant NOW = TopologyBuilder.NOW;
  private static final InstanceKey MASTER = TopologyBuilder.key("m");
  private static final InstanceKey R1 = TopologyBuilder.key("r1");
  private static final String UUID = InstanceBuilder.uuidOf(MASTER);
  private static final String OTHER_UUID = "99999999-0000-0000-0000-000000000000";

  private ReplicatedState state = ReplicatedState.EMPTY;
  private RecoveryPolicy policy = RecoveryPolicy.DEFAULT;
  private final TopologyBuilder servers =
      TopologyBuilder.masterWithReplicas(3)
          .withAll(s -> s.oracleGtid(UUID + ":1-100").dataCenter("east"));

  private Circumstances circumstances() {
    Topology topology = servers.build();
    FailureCase failure =
        new FailureCase(
            MASTER,
            "DeadMaster",
            "planned",
            "m:3306",
            "main",
            "",
            "master",
            topology.replicasOf(MASTER).stream().map(Instance::key).toList(),
            false,
            false,
            false,
            true,
            "asked for");
    return Circumstances.of(
        failure, topology, state, policy, Map.of(), new ActingNode("n", "n", 1), NOW);
  }

  private List<Gate> gates() {
    return RecoveryGates.of(circumstances(), RecoveryOrigin.takeover(R1, true), state, NOW);
  }

  private void assertRefused(String gate, String reason) {
    assertThat(gates())
        .filteredOn(g -> !g.open())
        .as(gates().toString())
        .anySatisfy(g -> assertThat(g.name()).isEqualTo(gate))
        .anySatisfy(g -> assertThat(g.explanation()).contains(reason));
  }

  @Test
  void allAreOpenWhereAllIsWell() {
    assertThat(gates()).allMatch(Gate::open);
  }

  private static Arguments target(String reason, Consumer<InstanceBuilder> change) {
    return Arguments.of(reason, change);
  }

  static List<Arguments> unfitTargets() {
    return List.of(
        target("does not answer", InstanceBuilder::unreachable),
        target("does not replicate", InstanceBuilder::replicationStopped),
        target("lags by 21 s", r -> r.lagSeconds(21)),
        target("delayed on purpose", r -> r.delaySeconds(60)),
        target("it has transactions", r -> r.oracleGtid(UUID + ":1-100," + OTHER_UUID + ":1")),
        target("must_not", r -> r.promotionRule(PromotionRule.MUST_NOT)),
        target("no binary log", InstanceBuilder::withoutBinlog),
        target("older than the source", r -> r.version("8.4.0")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("unfitTargets")
  void aTargetThatIsNotFitIsRefused(String reason, Consumer<InstanceBuilder> change) {
    servers.with("r1", change);
    assertRefused("target", reason);
  }

  @Test
  void whatTheMasterWroteSinceItWasReadMakesNoTargetErrant() {
    servers.with("r1", r -> r.oracleGtid(UUID + ":1-120"));
    assertThat(gates()).allMatch(Gate::open);
  }

  @Test
  void aTargetElsewhereIsRefusedWhereThatIsForbidden() {
    servers.with("r1", r -> r.dataCenter("west"));
    assertThat(gates()).allMatch(Gate::open);
    policy = policy.with(new PromotionBuilder().preventCrossDataCenter(true).build());
    assertRefused("target", "PreventCrossDataCenterMasterFailover");
  }

  @Test
  void aDowntimedTargetIsRefused() {
    apply(
        new Command.BeginDowntime(
            new Downtime(R1, "me", "why", NOW.minusSeconds(1), NOW.plusSeconds(60))));
    assertRefused("target", "downtimed");
  }

  static List<Arguments> unfitMasters() {
    return List.of(
        target("does not answer", InstanceBuilder::unreachable),
        target("is read-only", InstanceBuilder::readOnly),
        target("replicates itself", m -> m.replicatesFrom("r3").oracleGtid(UUID + ":1-100")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("unfitMasters")
  void aMasterThatCannotBeReplacedInOrderIsRefused(
      String reason, Consumer<InstanceBuilder> change) {
    servers.with("m", change);
    assertRefused("master", reason);
  }

  /** It is back, writable, and a replica that was unreachable at its failover follows it still. */
  @Test
  void aMasterThatWasReplacedHasNothingToHandOver() {
    apply(
        new Command.WatchDemotedMaster(
            new DemotedMaster(MASTER, "1:x", TopologyBuilder.key("new"), NOW)));
    assertRefused("master", "was replaced by new:3306");
  }

  @Test
  void aReplicaThatCouldNotBeMovedForbidsItUnlessItIsDowntimed() {
    servers.with("r2", InstanceBuilder::unreachable);
    assertRefused("other replicas", "r2:3306 does not answer");
    apply(
        new Command.BeginDowntime(
            new Downtime(
                TopologyBuilder.key("r2"), "me", "why", NOW.minusSeconds(1), NOW.plusSeconds(60))));
    assertThat(gates()).allMatch(Gate::open);
  }

  @Test
  void twoTakeoversAtOnceAndATakeoverDuringARecoveryAreRefused() {
    apply(open("1:first", MASTER));
    assertRefused("recoveries", "1:first");
    assertThat(StateMachine.apply(state, open("1:second", MASTER), LogPosition.NONE).result())
        .isInstanceOf(CommandResult.Refused.class);
  }

  @Test
  void anOpenRecoveryOfAnotherServerOfTheClusterForbidsIt() {
    apply(open("1:first", TopologyBuilder.key("r3")));
    assertRefused("recoveries", "1:first");
    assertThat(StateMachine.apply(state, open("1:second", MASTER), LogPosition.NONE).result())
        .isInstanceOf(CommandResult.Refused.class);
  }

  private static Command open(String uid, InstanceKey failed) {
    return new Command.OpenRecovery(
        TicketBuilder.of(uid, failed)
            .replicas(R1)
            .cluster("m:3306", "main")
            .origin(RecoveryOrigin.takeover(R1, true))
            .blockingFor(Duration.ofHours(1))
            .build());
  }

  private void apply(Command command) {
    StateMachine.Applied applied = StateMachine.apply(state, command, LogPosition.NONE);
    assertThat(applied.result()).isInstanceOf(CommandResult.Done.class);
    state = applied.next();
  }

  // The choice

  @Test
  void withoutANameTheOnlyReplicaTakesOver() {
    servers.without("r2").without("r3");
    assertThat(TakeoverChoice.of(circumstances(), Optional.empty(), false).target()).contains(R1);
  }

  @Test
  void ofSeveralReplicasOneMustBeNamedUnlessTheBestIsWanted() {
    servers.with("r2", r -> r.promotionRule(PromotionRule.PREFER));
    TakeoverChoice plain = TakeoverChoice.of(circumstances(), Optional.empty(), false);
    assertThat(plain.target()).isEmpty();
    assertThat(plain.refusal()).contains("has 3 replicas");
    assertThat(TakeoverChoice.of(circumstances(), Optional.empty(), true).target())
        .contains(TopologyBuilder.key("r2"));
  }

  @Test
  void theBestIsNoneThatTheGatesWouldRefuse() {
    servers.with("r1", r -> r.lagSeconds(100)).with("r2", InstanceBuilder::replicationStopped);
    assertThat(TakeoverChoice.of(circumstances(), Optional.empty(), true).target())
        .contains(TopologyBuilder.key("r3"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"m", "unknown"})
  void oneThatIsNoDirectReplicaIsRefused(String name) {
    TakeoverChoice choice =
        TakeoverChoice.of(circumstances(), Optional.of(TopologyBuilder.key(name)), true);
    assertThat(choice.target()).isEmpty();
    assertThat(choice.refusal()).contains("not a direct replica");
  }

  // What the servers tell

  private static TakeoverSurvey survey(InstanceKey key, List<String> missing, List<String> open) {
    return new TakeoverSurvey(key, "", missing, "", open, false);
  }

  @Test
  void whatServersTellMayForbidIt() {
    RecoveryOrigin auto = RecoveryOrigin.takeover(R1, true);
    assertThat(
            SurveyGates.of(
                MASTER,
                auto,
                List.of(
                    survey(MASTER, List.of(), List.of("connection 7")),
                    survey(R1, List.of("SUPER"), List.of("connection 8"))),
                SafetyPolicy.DEFAULT))
        .filteredOn(gate -> !gate.name().equals("clients"))
        .allMatch(gate -> !gate.open())
        .extracting(Gate::explanation)
        .anyMatch(text -> text.contains("r1:3306 SUPER"))
        .anyMatch(text -> text.contains("connection 7"))
        .noneMatch(text -> text.contains("connection 8"));
  }

  @Test
  void whereTheOldMasterIsLeftStoppedNobodyNeedsALogin() {
    assertThat(
            SurveyGates.of(
                MASTER,
                RecoveryOrigin.takeover(R1, false),
                List.of(survey(MASTER, List.of(), List.of())),
                SafetyPolicy.DEFAULT))
        .allMatch(Gate::open);
  }

  @Test
  void aProcessThatIsNotThereForbidsIt() {
    policy =
        policy.with(
            Map.of(
                HookPoint.FENCING, List.of("there"),
                HookPoint.POST_MASTER_FAILOVER, List.of("there", "gone"),
                HookPoint.POST_INTERMEDIATE_MASTER_FAILOVER, List.of("gone")));
    Gate gate =
        SurveyGates.programs(
            policy, command -> Optional.of("no such file").filter(why -> command.equals("gone")));
    assertThat(gate.open()).isFalse();
    assertThat(gate.explanation()).isEqualTo("PostMasterFailoverProcesses #1: no such file");
    assertThat(SurveyGates.programs(policy, command -> Optional.empty()).open()).isTrue();
    assertThat(SurveyGates.programs(policy, command -> Optional.of("no such file")).explanation())
        .contains("FencingProcesses #0: no such file");
  }

  @ParameterizedTest
  @CsvSource({
    "'', true, are ended once",
    "CONNECTION_ADMIN, true, the manager's user lacks CONNECTION_ADMIN",
    "CONNECTION_ADMIN, false, EndClientConnections is off"
  })
  void whatBecomesOfClientsIsToldAndForbidsNothing(String missing, boolean ends, String text) {
    SafetyPolicy policy = ends ? SafetyPolicy.DEFAULT : SafetyPolicy.DEFAULT.leavingClients();
    TakeoverSurvey survey = new TakeoverSurvey(MASTER, "", List.of(), missing, List.of(), true);
    assertThat(SurveyGates.of(MASTER, RecoveryOrigin.takeover(R1, true), List.of(survey), policy))
        .allMatch(Gate::open)
        .extracting(Gate::explanation)
        .anyMatch(explanation -> explanation.contains(text));
  }

  @Test
  void aPlanIsARehearsalOfTheTakeover() {
    RecoveryPlan plan =
        RecoveryPlanner.plan(circumstances(), RecoveryOrigin.takeover(R1, true), state, NOW);
    assertThat(plan.successor()).contains(R1);
    assertThat(plan.errors()).isEmpty();
    assertThat(plan.keyValues()).isNotEmpty();
    assertThat(plan.steps()).isNotEmpty();
  }
}
