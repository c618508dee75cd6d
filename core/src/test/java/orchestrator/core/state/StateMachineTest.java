package orchestrator.core.state;

import static orchestrator.core.state.Commands.HERE;
import static orchestrator.core.state.Commands.NOON;
import static orchestrator.core.state.Commands.acknowledge;
import static orchestrator.core.state.Commands.after;
import static orchestrator.core.state.Commands.detection;
import static orchestrator.core.state.Commands.idOf;
import static orchestrator.core.state.Commands.journal;
import static orchestrator.core.state.Commands.promotionOf;
import static orchestrator.core.state.Commands.refusalOf;
import static orchestrator.core.state.Commands.server;
import static orchestrator.core.state.Commands.ticket;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import orchestrator.core.facts.DemotedMaster;
import orchestrator.core.facts.Downtime;
import orchestrator.core.facts.HookPoint;
import orchestrator.core.facts.JournalEntry;
import orchestrator.core.facts.KeptReadOnly;
import orchestrator.core.facts.LossReport;
import orchestrator.core.facts.Maintenance;
import orchestrator.core.facts.ManagerNode;
import orchestrator.core.facts.RecoveryOrigin;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.gtid.GtidDifference;
import orchestrator.core.gtid.OracleGtidSet;
import org.junit.jupiter.api.Test;

/** What each command does, where it is not plain. */
class StateMachineTest {
  private static final Instant HOUR_LATER = NOON.plus(Duration.ofHours(1));

  @Test
  void batchIsAppliedAsAWholeOrNotAtAll() {
    StateMachine.AppliedAll applied =
        StateMachine.applyAll(
            ReplicatedState.EMPTY,
            List.of(
                new Command.Discover(server("a")),
                new Command.PutTag(server("a"), " ", "v"),
                new Command.Discover(server("b"))),
            HERE);
    assertThat(applied.next()).isSameAs(ReplicatedState.EMPTY);
    assertThat(applied.results()).hasSize(3).allMatch(CommandResult.Refused.class::isInstance);
  }

  @Test
  void forgettingAServerTakesAllThatWasSaidOfIt() {
    ReplicatedState state =
        after(
            new Command.Discover(server("a")),
            new Command.BeginDowntime(downtime("a", "work")),
            new Command.PutTag(server("a"), "role", "x"),
            new Command.SubmitPool("p", List.of(server("a")), HOUR_LATER),
            new Command.WatchDemotedMaster(new DemotedMaster(server("a"), "u1", server("b"), NOON)),
            new Command.KeepReadOnly(new KeptReadOnly(server("a"), "u1", NOON)),
            new Command.Forget(server("a")));
    assertThat(state).isEqualTo(ReplicatedState.EMPTY);
  }

  @Test
  void whatWasSaidOfAServerHoldsUnderTheNameThatItGoesBy() {
    ReplicatedState state =
        after(
            new Command.Discover(server("a.example")),
            new Command.BeginDowntime(downtime("a.example", "work")),
            new Command.PutTag(server("a.example"), "role", "x"),
            new Command.PutTag(server("a"), "role", "y"),
            new Command.Rename(server("a.example"), server("a")));
    assertThat(state.known()).containsExactly(server("a"));
    assertThat(state.downtimes()).containsOnlyKeys(server("a"));
    assertThat(state.downtimes().values())
        .singleElement()
        .satisfies(moved -> assertThat(moved.key()).isEqualTo(server("a")));
    assertThat(state.tags()).isEqualTo(Map.of(server("a"), Map.of("role", "y")));
    assertThat(state.knownAs(server("a.example"))).isEqualTo(server("a"));
    assertThat(state.knownAs(server("a"))).isEqualTo(server("a"));
    ReplicatedState again = after(state, new Command.Rename(server("a"), server("b")));
    assertThat(again.knownAs(server("a.example"))).isEqualTo(server("b"));
    ReplicatedState gone = after(again, new Command.Forget(server("b")));
    assertThat(gone).isEqualTo(ReplicatedState.EMPTY);
    assertThat(after(gone, new Command.Rename(server("a"), server("b"))))
        .as("a name that was met before does not bring it back")
        .isEqualTo(ReplicatedState.EMPTY);
  }

  @Test
  void aServerThatMustNotTakeWritesIsWatchedUnderItsNewName() {
    ReplicatedState state =
        after(
            new Command.Discover(server("a")),
            new Command.Discover(server("b")),
            new Command.SubmitPool("p", List.of(server("a"), server("b")), HOUR_LATER),
            new Command.WatchDemotedMaster(new DemotedMaster(server("a"), "u1", server("b"), NOON)),
            new Command.KeepReadOnly(new KeptReadOnly(server("a"), "u1", NOON)),
            new Command.Rename(server("a"), server("x")),
            new Command.Rename(server("b"), server("y")));
    assertThat(state.demoted())
        .isEqualTo(Map.of(server("x"), new DemotedMaster(server("x"), "u1", server("y"), NOON)));
    assertThat(state.keptReadOnly())
        .isEqualTo(Map.of(server("x"), new KeptReadOnly(server("x"), "u1", NOON)));
    assertThat(state.pools().values())
        .flatExtracting(ReplicatedState.Pool::members)
        .containsExactly(server("x"), server("y"));
  }

  @Test
  void nodeThatSaysTheSameAgainChangesNothing() {
    ManagerNode node = new ManagerNode("n1", "http://n1:3000", "dc1", "1.0");
    ReplicatedState state = after(new Command.AnnounceNode(node));
    assertThat(after(state, new Command.AnnounceNode(node))).isSameAs(state);
    assertThat(state.nodes()).containsExactly(Map.entry("n1", node));
  }

  @Test
  void nodeThatMovedReplacesWhatItSaidBefore() {
    ManagerNode moved = new ManagerNode("n1", "http://other:3000", "dc2", "1.1");
    ReplicatedState state =
        after(
            new Command.AnnounceNode(new ManagerNode("n1", "http://n1:3000", "dc1", "1.0")),
            new Command.AnnounceNode(moved));
    assertThat(state.nodes()).containsExactly(Map.entry("n1", moved));
    assertThat(after(state, new Command.ForgetNode("n1"))).isEqualTo(ReplicatedState.EMPTY);
  }

  @Test
  void valueSaysWhichEntryWroteItLast() {
    Command put = new Command.PutKeyValue("k", "v");
    ReplicatedState first =
        StateMachine.apply(ReplicatedState.EMPTY, put, new LogPosition(2, 7)).next();
    ReplicatedState second = StateMachine.apply(first, put, new LogPosition(3, 9)).next();
    assertThat(first.keyValues().get("k"))
        .isEqualTo(new ReplicatedState.KeyValue("v", new LogPosition(2, 7)));
    assertThat(second.keyValues().get("k"))
        .isEqualTo(new ReplicatedState.KeyValue("v", new LogPosition(3, 9)));
  }

  @Test
  void whoLedInAnotherTermCannotGoOnWithARecovery() {
    ReplicatedState state = after(new Command.OpenRecovery(ticket("u1", "a")));
    List<JournalEntry> entries = List.of(new JournalEntry.CandidateChosen(server("b"), "best"));
    Command former = new Command.Journal("u1", entries, NOON, HERE.term() - 1);
    Command present = new Command.Journal("u1", entries, NOON, HERE.term());
    assertThat(refusalOf(state, former)).isPresent();
    assertThat(refusalOf(state, present)).isEmpty();
  }

  @Test
  void nodeWithoutANameIsRefused() {
    Command nameless = new Command.AnnounceNode(new ManagerNode(" ", "", "", ""));
    assertThat(refusalOf(ReplicatedState.EMPTY, nameless)).isPresent();
  }

  @Test
  void forgettingAClusterTakesItsServersAndItsAlias() {
    ReplicatedState state =
        after(
            new Command.Discover(server("a")),
            new Command.Discover(server("b")),
            new Command.SetClusterAlias("a:3306", "main"),
            new Command.ForgetCluster("a:3306", List.of(server("a"), server("b"))));
    assertThat(state).isEqualTo(ReplicatedState.EMPTY);
  }

  /** The leader does not ask for it; but what it asks for is applied as older managers apply it. */
  @Test
  void theDowntimeOfAQuarantinedServerEndsWhenTheLeaderSaysSo() {
    DemotedMaster demoted = new DemotedMaster(server("a"), "u1", server("b"), Commands.NOON);
    ReplicatedState quarantined =
        after(
            new Command.BeginDowntime(downtime("a", Downtime.LOST_IN_RECOVERY)),
            new Command.WatchDemotedMaster(
                demoted.comparedAs(
                    new DemotedMaster.Comparison(
                        OracleGtidSet.parse("00000000-0000-0000-0000-000000000001:7"),
                        Commands.NOON))));
    assertThat(after(quarantined, new Command.EndLostInRecovery(server("a"))).downtimes())
        .isEmpty();
  }

  @Test
  void downtimeOfAPersonOutlivesTheReturnOfAServerThatWasLost() {
    ReplicatedState person = after(new Command.BeginDowntime(downtime("a", "work")));
    ReplicatedState lost =
        after(new Command.BeginDowntime(downtime("a", Downtime.LOST_IN_RECOVERY)));
    assertThat(after(person, new Command.EndLostInRecovery(server("a")))).isEqualTo(person);
    assertThat(after(lost, new Command.EndLostInRecovery(server("a"))))
        .isEqualTo(ReplicatedState.EMPTY);
  }

  @Test
  void maintenanceOfAnotherOwnerIsRespectedUntilItEnds() {
    ReplicatedState state = after(maintenance("anna", NOON));
    assertThat(refusalOf(state, maintenance("bert", NOON.plusSeconds(1))))
        .hasValueSatisfying(reason -> assertThat(reason).contains("anna", HOUR_LATER.toString()));
    assertThat(refusalOf(state, maintenance("anna", NOON.plusSeconds(1)))).isEmpty();
    assertThat(refusalOf(state, maintenance("bert", HOUR_LATER))).isEmpty();
  }

  @Test
  void tagIsDeletedOnlyWhileItHasTheGivenValue() {
    ReplicatedState state = after(new Command.PutTag(server("a"), "role", "x"));
    assertThat(after(state, new Command.DeleteTag(server("a"), "role", Optional.of("y"))).tags())
        .isEqualTo(state.tags());
    assertThat(after(state, new Command.DeleteTag(server("a"), "role")).tags()).isEmpty();
  }

  @Test
  void aliasNamesOneClusterAndFollowsItsFailover() {
    ReplicatedState state =
        after(
            new Command.SetClusterAlias("a:3306", "main"),
            new Command.SetClusterAlias("b:3306", "main"),
            new Command.MoveCluster("b:3306", "c:3306"));
    assertThat(state.clusterAliases()).isEqualTo(Map.of("c:3306", "main"));
  }

  @Test
  void failureIsAnnouncedOncePerActionability() {
    ReplicatedState state = after(new Command.RegisterDetection(detection("d1", "a", true)));
    assertThat(refusalOf(state, new Command.RegisterDetection(detection("d2", "a", true))))
        .isPresent();
    assertThat(idOf(state, new Command.RegisterDetection(detection("d2", "a", false))))
        .isEqualTo(2);
    assertThat(idOf(state, new Command.RegisterDetection(detection("d1", "a", true))))
        .as("the same detection again")
        .isEqualTo(1);
  }

  @Test
  void acknowledgingAnInstanceEndsItsDetections() {
    ReplicatedState state =
        after(
            new Command.RegisterDetection(detection("d1", "a", true)),
            acknowledge(new Command.Selector.ByInstance(server("a"))));
    assertThat(state.detections().get(1L)).matches(detection -> !detection.isActive());
  }

  @Test
  void noOtherServerIsChosenWhileOneMayBeWritable() {
    ReplicatedState state =
        after(
            new Command.OpenRecovery(ticket("u1", "a")),
            journal("u1", new JournalEntry.PromotionIntended(server("b"))));
    assertThat(refusalOf(state, journal("u1", new JournalEntry.CandidateChosen(server("c"), ""))))
        .hasValueSatisfying(reason -> assertThat(reason).contains("b:3306"));
    ReplicatedState abandoned =
        after(state, journal("u1", new JournalEntry.PromotionAbandoned(server("b"), "read only")));
    assertThat(refusalOf(abandoned, journal("u1", new JournalEntry.PromotionIntended(server("c")))))
        .isEmpty();
  }

  @Test
  void promotionWithoutIntentIsRefused() {
    ReplicatedState state = after(new Command.OpenRecovery(ticket("u1", "a")));
    JournalEntry promoted = new JournalEntry.Promoted(server("b"), "", Optional.empty());
    assertThat(refusalOf(state, journal("u1", promoted))).isPresent();
  }

  @Test
  void closedRecoveryTakesNotesButNoSteps() {
    ReplicatedState state =
        after(new Command.OpenRecovery(ticket("u1", "a")), promotionOf("u1", "b"));
    Instant later = HOUR_LATER;
    assertThat(
            refusalOf(
                state,
                new Command.Journal("u1", List.of(new JournalEntry.Noted("came back")), later)))
        .isEmpty();
    assertThat(
            refusalOf(
                state,
                new Command.Journal("u1", List.of(new JournalEntry.Published(server("b"))), later)))
        .isPresent();
    assertThat(refusalOf(state, promotionOf("u1", "b"))).as("the same end again").isEmpty();
  }

  @Test
  void formerMasterIsReleasedWhenItIsToBePromotedAgain() {
    ReplicatedState state =
        after(
            new Command.WatchDemotedMaster(new DemotedMaster(server("b"), "u0", server("a"), NOON)),
            new Command.OpenRecovery(ticket("u1", "a")),
            journal("u1", new JournalEntry.PromotionIntended(server("b"))));
    assertThat(state.demoted()).isEmpty();
  }

  @Test
  void serverIsKeptReadOnlyUntilAPersonWantsOtherwiseOrItIsToBePromoted() {
    Command keep = new Command.KeepReadOnly(new KeptReadOnly(server("b"), "u0", NOON));
    assertThat(after(keep).keptReadOnly()).containsOnlyKeys(server("b"));
    assertThat(after(keep, new Command.EndReadOnly(server("b"))).keptReadOnly()).isEmpty();
    assertThat(
            after(
                    keep,
                    new Command.OpenRecovery(ticket("u1", "a")),
                    journal("u1", new JournalEntry.PromotionIntended(server("b"))))
                .keptReadOnly())
        .isEmpty();
  }

  @Test
  void lossOfAClosedRecoveryBecomesExactWhileItsMasterIsWatched() {
    ReplicatedState state =
        after(
            new Command.OpenRecovery(ticket("u1", "a")),
            promotionOf("u1", "b"),
            new Command.WatchDemotedMaster(new DemotedMaster(server("a"), "u1", server("b"), NOON)),
            expireAt(NOON.plus(Duration.ofDays(30))),
            new Command.ReviseLoss(
                "u1", LossReport.UNKNOWN.comparedWith(GtidDifference.parse("0-1-7"))));
    assertThat(state.recoveries().get("u1")).matches(ticket -> ticket.loss().exact().isPresent());
  }

  @Test
  void timeTakesWhatHasExpiredAndKeepsTheRest() {
    ReplicatedState state =
        after(
            new Command.BeginDowntime(downtime("c", "work")),
            new Command.SubmitPool("p", List.of(server("a")), HOUR_LATER),
            new Command.RegisterHostnameUnresolve("a", "vip", HOUR_LATER),
            maintenance("anna", NOON),
            new Command.OpenRecovery(ticket("open", "x")),
            new Command.OpenRecovery(ticket("done", "a")),
            promotionOf("done", "b"),
            new Command.MoveCluster("a:3306", "b:3306"));
    assertThat(after(state, expireAt(NOON.plusSeconds(5)))).isEqualTo(state);
    ReplicatedState late = after(state, expireAt(NOON.plus(Duration.ofDays(2))));
    assertThat(late.recoveries()).containsOnlyKeys("open");
    assertThat(late)
        .usingRecursiveComparison()
        .ignoringFields("recoveries", "nextId")
        .isEqualTo(ReplicatedState.EMPTY);
  }

  /** Its detection has the same uid, which the next recovery would get. */
  @Test
  void aRecoveryIsKeptWhileItsFailureCountsAsAnnounced() {
    Duration announced = Duration.ofDays(3);
    Duration kept = Duration.ofHours(1);
    ReplicatedState state =
        after(
            new Command.RegisterDetection(detection("u", "a", true)),
            new Command.OpenRecovery(ticket("u", "a")),
            journal("u", new JournalEntry.Closed(true, List.of())));
    Instant nextDay = NOON.plus(Duration.ofDays(1));
    Instant nextWeek = NOON.plus(Duration.ofDays(7));
    assertThat(after(state, Command.Expire.at(nextDay, announced, kept)).recoveries())
        .containsOnlyKeys("u");
    assertThat(after(state, Command.Expire.at(nextWeek, announced, kept)).recoveries()).isEmpty();
  }

  @Test
  void aRepairIsOverWhenTheFailoverOfItsServerBegins() {
    RecoveryTicket repair =
        ticket(
            "repair",
            "a",
            "a:3306",
            "NoWriteableMasterStructureWarning",
            RecoveryOrigin.AUTOMATIC,
            NOON);
    ReplicatedState state =
        after(new Command.OpenRecovery(repair), new Command.OpenRecovery(ticket("failover", "a")));
    assertThat(state.recoveries().get("repair")).matches(ticket -> !ticket.isOpen());
    assertThat(state.recoveries().get("failover")).matches(RecoveryTicket::isOpen);
    Command late =
        new Command.Journal(
            "repair", List.of(new JournalEntry.PromotionIntended(server("a"))), NOON, 1);
    assertThat(StateMachine.apply(state, late, LogPosition.NONE).result())
        .as("it cannot make the server writable beside the successor")
        .isInstanceOf(CommandResult.Refused.class);
  }

  @Test
  void aProcessThatHasForbiddenWhatFollowsIsNotTakenForDone() {
    RecoveryTicket ticket = ticket("u", "a");
    JournalEntry vetoed = new JournalEntry.HookFinished(HookPoint.FENCING, 0, false, 5, "");
    JournalEntry allowed = new JournalEntry.HookFinished(HookPoint.FENCING, 0, true, 5, "");
    JournalEntry told = new JournalEntry.HookFinished(HookPoint.POST_FAILOVER, 0, false, 5, "");
    assertThat(ticket.with(vetoed, NOON).hookHasEnded(HookPoint.FENCING, 0)).isFalse();
    assertThat(ticket.with(allowed, NOON).hookHasEnded(HookPoint.FENCING, 0)).isTrue();
    assertThat(ticket.with(told, NOON).hookHasEnded(HookPoint.POST_FAILOVER, 0)).isTrue();
  }

  @Test
  void detectionIsSeenToEndBeforeItIsDropped() {
    Command expire = expireAt(NOON.plus(Duration.ofDays(1)));
    ReplicatedState once =
        after(after(new Command.RegisterDetection(detection("d1", "a", true))), expire);
    assertThat(once.detections().get(1L)).matches(detection -> !detection.isActive());
    assertThat(after(once, expire).detections()).isEmpty();
  }

  private static Command expireAt(Instant now) {
    return new Command.Expire(
        now, now.minus(Duration.ofMinutes(60)), now.minus(Duration.ofHours(1)));
  }

  private static Downtime downtime(String name, String reason) {
    return new Downtime(server(name), "me", reason, NOON, HOUR_LATER);
  }

  private static Command maintenance(String owner, Instant now) {
    return new Command.BeginMaintenance(
        new Maintenance(server("m"), owner, "disk", NOON, now.plus(Duration.ofHours(1))), now);
  }
}
