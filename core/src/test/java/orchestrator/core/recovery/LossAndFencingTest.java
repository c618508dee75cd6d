package orchestrator.core.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import orchestrator.core.facts.Acknowledgement;
import orchestrator.core.facts.HookPoint;
import orchestrator.core.facts.JournalEntry;
import orchestrator.core.facts.LossReport;
import orchestrator.core.facts.RecoveryOrigin;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.gtid.GtidDifference;
import orchestrator.core.gtid.OracleGtidSet;
import orchestrator.core.recovery.SafetyPolicy.Durability;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.testing.InstanceBuilder;
import orchestrator.core.testing.States;
import orchestrator.core.testing.TicketBuilder;
import orchestrator.core.testing.TopologyBuilder;
import orchestrator.core.topology.InstanceKey;
import org.junit.jupiter.api.Test;

/** What must hold before another server takes writes. */
class LossAndFencingTest {
  private static final InstanceKey MASTER = TopologyBuilder.key("m");
  private static final InstanceKey R1 = TopologyBuilder.key("r1");
  private static final String UUID = InstanceBuilder.uuidOf(MASTER);
  private static final OracleGtidSet LOST = OracleGtidSet.parse(UUID + ":98-100");
  private static final RecoveryOrigin PERSON =
      new RecoveryOrigin(false, "force-master-failover", Optional.empty(), false);

  private SafetyPolicy safety = SafetyPolicy.DEFAULT;
  private RecoveryPolicy policy = RecoveryPolicy.DEFAULT;
  private RecoveryOrigin origin = RecoveryOrigin.AUTOMATIC;

  /** The replicas lack three transactions that were seen on the master. */
  private final TopologyBuilder servers =
      TopologyBuilder.masterWithReplicas(2)
          .with("m", m -> m.unreachable().oracleGtid(UUID + ":1-100"))
          .withReplicasOf("m", r -> r.failingToConnect().oracleGtid(UUID + ":1-97"));

  private Stage play() {
    return stage().start();
  }

  private Stage stage() {
    return new Stage(servers, policy.with(safety), origin);
  }

  private static boolean isIntended(Stage stage) {
    return stage.journal().anyMatch(JournalEntry.PromotionIntended.class::isInstance);
  }

  private void assertStoppedBeforeTheIntent(Stage stage) {
    assertThat(isIntended(stage)).isFalse();
    assertThat(stage.ticket.successful()).isFalse();
    assertThat(stage.ticket.loss().knownMissing()).contains(LOST);
    assertThat(stage.ticket.errors()).singleElement().asString().contains(LOST.toString());
    assertThat(stage.actions())
        .as("replicas fetch again")
        .contains(new ServerAction.StartIoThread(R1))
        .noneMatch(ServerAction.ResetReplication.class::isInstance);
  }

  // ---- durability ----

  @Test
  void lossIsAllowedUnlessConfiguredOtherwise() {
    assertThat(play().ticket.promoted()).contains(R1);
  }

  @Test
  void knownLossIsRefusedBeforeTheIntent() {
    safety = safety.with(Durability.REFUSE_LOSS);
    assertStoppedBeforeTheIntent(stage().silent("m").start());
  }

  @Test
  void failoverWithoutKnownLossIsNotRefused() {
    safety = safety.with(Durability.REFUSE_LOSS);
    servers.withReplicasOf("m", r -> r.oracleGtid(UUID + ":1-100"));
    assertThat(play().ticket.promoted()).contains(R1);
  }

  @Test
  void aPersonMayLoseWhatThePolicyRefuses() {
    safety = safety.with(Durability.REFUSE_LOSS);
    origin = PERSON;
    assertThat(play().ticket.promoted()).contains(R1);
  }

  @Test
  void askedForItStopsAndSaysHowToGoOn() {
    safety = safety.with(Durability.ASK);
    Stage stage = stage().silent("m").start();
    assertStoppedBeforeTheIntent(stage);
    assertThat(stage.ticket.errors()).singleElement().asString().contains("ack-recovery/uid/1:x");
  }

  @Test
  void whatAPersonHasAcknowledgedIsAcceptedNextTime() {
    safety = safety.with(Durability.ASK);
    RecoveryTicket asked = play().ticket;
    assertThat(LossGuard.acceptedFor(MASTER, new States().recovery(asked).build())).isEmpty();

    RecoveryTicket seen = asked.acknowledged(byAnn(asked.ended().orElseThrow()));
    safety = safety.accepting(LossGuard.acceptedFor(MASTER, new States().recovery(seen).build()));
    assertThat(play().ticket.promoted()).contains(R1);
  }

  private static Acknowledgement byAnn(Instant at) {
    return new Acknowledgement("ann", "lose them", at);
  }

  private static Optional<GtidDifference> acceptedAfter(RecoveryTicket... tickets) {
    States states = new States();
    List.of(tickets).forEach(states::recovery);
    return LossGuard.acceptedFor(MASTER, states.build());
  }

  @Test
  void whatNobodyCouldSeeWasNotAccepted() {
    safety = safety.with(Durability.ASK);
    RecoveryTicket asked = play().ticket;
    Instant ended = asked.ended().orElseThrow();
    assertThat(acceptedAfter(asked.acknowledged(byAnn(ended.minusMillis(1))))).isEmpty();
    assertThat(acceptedAfter(asked.acknowledged(Acknowledgement.implied("2:x", ended)))).isEmpty();
  }

  /** Such as one that an operator's process forbade. */
  @Test
  void aLaterRecoveryThatSawNoLossTakesNothingBack() {
    safety = safety.with(Durability.ASK);
    RecoveryTicket asked = play().ticket;
    Instant seen = asked.ended().orElseThrow().plusSeconds(1);
    RecoveryTicket forbidden =
        TicketBuilder.of("2:x", MASTER)
            .build()
            .withIds(asked.id() + 1, 0)
            .with(new JournalEntry.Closed(false, List.of("forbidden")), seen)
            .acknowledged(byAnn(seen));
    assertThat(acceptedAfter(asked.acknowledged(byAnn(seen)), forbidden))
        .isEqualTo(asked.loss().knownMissing());
  }

  @Test
  void whoAcknowledgesThatReplicasWereLostAcceptsNothingOfTheirMaster() {
    RecoveryTicket relocation =
        new Stage(servers, "m", "DeadIntermediateMaster", policy, origin, ReplicatedState.EMPTY)
            .ticket
            .with(
                new JournalEntry.LossAssessed(
                    LossAssessment.ofReplicas(servers.instance("m"), LOST)),
                TopologyBuilder.NOW)
            .with(new JournalEntry.Closed(false, List.of("r1 is lost")), TopologyBuilder.NOW)
            .acknowledged(new Acknowledgement("ann", "seen", TopologyBuilder.NOW));
    assertThat(relocation.loss().knownMissing()).contains(LOST);
    assertThat(LossGuard.acceptedFor(MASTER, new States().recovery(relocation).build())).isEmpty();
  }

  @Test
  void moreThanWasAcceptedIsAskedForAgain() {
    safety =
        safety.with(Durability.ASK).accepting(Optional.of(OracleGtidSet.parse(UUID + ":99-100")));
    assertStoppedBeforeTheIntent(stage().silent("m").start());
  }

  @Test
  void lossReportTellsHowFarTheMasterWaitedForReplicas() {
    servers.with("m", m -> m.semiSyncMaster(true, 1, 2).unreachable());
    assertThat(play().ticket.loss().semiSync()).contains(new LossReport.SemiSyncSeen(true, 1, 2));
  }

  @Test
  void lossReportNamesWhatAReplicaHasThatCannotGiveIt() {
    servers.with("r2", r -> r.oracleGtid(UUID + ":1-102").withoutBinlog());
    assertThat(play().ticket.loss().knownMissing()).contains(OracleGtidSet.parse(UUID + ":98-102"));
  }

  @Test
  void lossReportNamesWhatAReplicaHasThatAnswersWhenTheOtherIsPromoted() {
    servers.with("r2", r -> r.oracleGtid(UUID + ":1-102"));
    Stage stage = stage().slow("r2", Duration.ofSeconds(20)).start();
    assertThat(stage.ticket.promoted()).contains(R1);
    assertThat(stage.ticket.loss().knownMissing()).contains(OracleGtidSet.parse(UUID + ":98-102"));
  }

  @Test
  void lossReportNamesNothingErrant() {
    String errant = InstanceBuilder.uuidOf(TopologyBuilder.key("r2")) + ":1-3";
    servers.with("r2", r -> r.oracleGtid(UUID + ":1-97," + errant).withoutBinlog());
    assertThat(play().ticket.loss().knownMissing()).contains(LOST);
  }

  @Test
  void whatTheOldMasterWasFoundToHaveIsNotForgottenByALaterReport() {
    RecoveryTicket compared =
        stage()
            .ticket
            .with(
                new JournalEntry.LossAssessed(LossReport.UNKNOWN.comparedWith(LOST)),
                TopologyBuilder.NOW);
    assertThat(
            compared
                .with(new JournalEntry.LossAssessed(LossReport.UNKNOWN), TopologyBuilder.NOW)
                .loss()
                .exact())
        .contains(LOST);
  }

  // ---- fencing ----

  private void fencing(String... processes) {
    policy = policy.with(Map.of(HookPoint.FENCING, List.of(processes)));
  }

  private static Optional<Event> failing(Effect effect) {
    return Optional.of(new Event.HookFinished(effect.id(), false, Duration.ofSeconds(1), "no way"));
  }

  private static int momentOf(Stage stage, String part) {
    for (int i = 0; i < stage.effects.size(); i++) {
      if (stage.effects.get(i).toString().contains(part)) {
        return i;
      }
    }
    return -1;
  }

  @Test
  void unreachableMasterIsFencedBeforeTheIntent() {
    fencing("power off {failedHost}");
    Stage stage = stage().silent("m").start();
    assertThat(stage.hooks()).hasSize(1);
    assertThat(momentOf(stage, "power off m"))
        .isPositive()
        .isLessThan(momentOf(stage, "PromotionIntended"));
    assertThat(stage.ticket.promoted()).contains(R1);
  }

  @Test
  void masterThatWasReadToBeReadOnlyNeedsNoFencing() {
    fencing("power off");
    servers.with("m", m -> m.seenAt(TopologyBuilder.NOW));
    origin = PERSON;
    Stage stage = play();
    assertThat(stage.hooks()).isEmpty();
    assertThat(stage.ticket.promoted()).contains(R1);
  }

  @Test
  void nobodyIsPromotedWhenFencingFails() {
    fencing("power off", "never asked");
    Stage stage =
        stage().silent("m").answering(Effect.RunHook.class, LossAndFencingTest::failing).start();
    assertThat(isIntended(stage)).isFalse();
    assertThat(stage.hooks()).hasSize(1);
    assertThat(stage.ticket.errors())
        .singleElement()
        .asString()
        .contains("FencingProcesses #0 failed", "no way");
  }

  @Test
  void failoverGoesOnUnfencedIfConfigured() {
    fencing("power off", "and the switch port");
    safety = safety.goingOnUnfenced();
    Stage stage =
        stage().silent("m").answering(Effect.RunHook.class, LossAndFencingTest::failing).start();
    assertThat(stage.hooks()).hasSize(2);
    assertThat(stage.ticket.promoted()).contains(R1);
  }
}
