package orchestrator.server.backend;

import static orchestrator.server.backend.Recorded.answering;
import static orchestrator.server.backend.Recorded.detection;
import static orchestrator.server.backend.Recorded.ticket;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import orchestrator.core.facts.Acknowledgement;
import orchestrator.core.facts.JournalEntry;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.state.Command;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.server.codec.Samples;
import orchestrator.server.engine.History;
import orchestrator.server.engine.History.Selection;
import orchestrator.server.observe.AuditRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What is kept beside the state: servers and history. */
@ParameterizedClass
@EnumSource(TestStore.Kind.class)
class SqlBackendTest {
  private static final Instant NOON = Recorded.NOON;
  private static final InstanceKey A = Recorded.A;
  private static final InstanceKey B = Recorded.B;

  @TempDir Path folder;
  private final TestStore.Kind kind;
  private TestStore place;
  private StoreFixture store;

  SqlBackendTest(TestStore.Kind kind) {
    this.kind = kind;
  }

  @BeforeEach
  void create() {
    place = kind.in(folder);
    open();
  }

  private void open() {
    store = new StoreFixture(place);
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void restartKnowsTheServersAsTheyWereSeenLast() {
    Samples samples = new Samples(new SplittableRandom(1));
    List<Instance> instances = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      instances.add(withKey(samples.of(Instance.class), new InstanceKey("db" + i, 3306)));
    }
    store.backend.saveInstances(List.of(Instance.unseen(instances.getFirst().key())));
    store.backend.saveInstances(instances);
    store.backend.forgetInstances(List.of(instances.getLast().key()));
    reopen();
    assertThat(store.backend.loadInstances())
        .containsExactlyInAnyOrderElementsOf(instances.subList(0, 199));
  }

  @Test
  void recoveryIsInTheHistoryWithItsStepsFromTheMomentItIsOpen() {
    store.done(new Command.OpenRecovery(ticket("u1", A)));
    store.done(
        new Command.Journal(
            "u1",
            List.of(
                new JournalEntry.CandidateChosen(B, "has everything"),
                new JournalEntry.PromotionIntended(B)),
            NOON.plusSeconds(1)));
    reopen();
    assertThat(store.backend.recoveries(Selection.ALL.withUid("u1")))
        .containsExactly(store.consensus.state().recoveries().get("u1"));
    assertThat(store.backend.recoverySteps("u1"))
        .extracting(History.RecoveryStep::message)
        .containsExactly(
            "Recovery of a:3306 from DeadMaster begins, automatic, on node node1",
            "Chose b:3306 to be promoted: has everything",
            "About to promote b:3306");
  }

  @Test
  void journalThatWasSubmittedTwiceIsOneProtocol() {
    store.done(new Command.OpenRecovery(ticket("u1", A)));
    Command note = new Command.Journal("u1", List.of(new JournalEntry.Noted("once")), NOON);
    store.done(note);
    store.done(note);
    assertThat(store.backend.recoverySteps("u1")).hasSize(2);
  }

  @Test
  void refusedCommandsLeaveNoTraceInTheHistory() {
    store.submit(new Command.Journal("u1", List.of(new JournalEntry.Noted("no")), NOON));
    assertThat(store.backend.recoverySteps("u1")).isEmpty();
  }

  @Test
  void recoveriesAreSelectedByWhatIsAskedNewestFirst() {
    for (int i = 0; i < 45; i++) {
      openAndClose("u" + i, new InstanceKey("db" + i, 3306));
    }
    assertThat(store.backend.recoveries(Selection.ALL))
        .hasSize(20)
        .first()
        .extracting(RecoveryTicket::uid)
        .isEqualTo("u44");
    assertThat(store.backend.recoveries(Selection.ALL.withPage(2))).hasSize(5);
    assertThat(store.backend.recoveries(Selection.ALL.withId(7))).hasSize(1);
    assertThat(store.backend.recoveries(Selection.ALL.withClusterName("db3:3306"))).hasSize(1);
    assertThat(store.backend.recoveries(Selection.ALL.withFailed(new InstanceKey("db3", 3306))))
        .hasSize(1);
    assertThat(store.backend.recoveries(Selection.ALL.withClusterAlias("alias-db3"))).hasSize(1);
    assertThat(store.backend.recoveries(Selection.ALL.withClusterAlias("db3"))).isEmpty();
  }

  @Test
  void recoveryThatLeftTheStateCanStillBeAcknowledged() {
    openAndClose("u1", A);
    Instant later = NOON.plus(Duration.ofDays(1));
    store.done(new Command.Expire(later, later, later));
    assertThat(store.consensus.state().recoveries()).isEmpty();
    assertThat(store.backend.recoveries(Selection.ALL.withUnacknowledgedOnly(true))).hasSize(1);
    Acknowledgement acknowledgement = new Acknowledgement("dba", "seen", later);
    store.done(
        new Command.AcknowledgeRecoveries(new Command.Selector.ByInstance(A), acknowledgement));
    assertThat(store.backend.recoveries(Selection.ALL.withUnacknowledgedOnly(true))).isEmpty();
    assertThat(store.backend.recoveries(Selection.ALL))
        .extracting(RecoveryTicket::acknowledgement)
        .containsExactly(Optional.of(acknowledgement));
  }

  @Test
  void detectionNamesTheRecoveryThatAnswersIt() {
    long detection = store.done(new Command.RegisterDetection(detection("d1", A))).id();
    store.done(new Command.RegisterDetection(detection("d2", B)));
    RecoveryTicket answer = ticket("u1", A);
    long recovery = store.done(new Command.OpenRecovery(answering(answer, detection))).id();
    assertThat(store.backend.detections(Selection.ALL))
        .extracting(entry -> entry.detection().key(), History.DetectionEntry::relatedRecoveryId)
        .containsExactly(tuple(B, 0L), tuple(A, recovery));
  }

  @Test
  void endOfADetectionIsInTheHistoryAfterItLeftTheState() {
    store.done(new Command.RegisterDetection(detection("d1", A)));
    Instant later = NOON.plus(Duration.ofDays(1));
    store.done(new Command.Expire(later, later, later));
    store.done(new Command.Expire(later, later, later));
    assertThat(store.consensus.state().detections()).isEmpty();
    assertThat(store.backend.detections(Selection.ALL))
        .extracting(entry -> entry.detection().ended())
        .containsExactly(Optional.of(later));
  }

  @Test
  void auditIsPagedNewestFirstAndByServer() {
    for (int i = 0; i < 25; i++) {
      store.backend.audit(
          new AuditRecord(
              NOON.plusSeconds(i), "forget", Optional.of(i < 3 ? A : B), "a:3306", "m" + i));
    }
    store.backend.audit(new AuditRecord(NOON, "shutdown", Optional.empty(), "", "bye"));
    awaitWrites();
    assertThat(store.backend.audit(Optional.empty(), 0))
        .hasSize(20)
        .first()
        .matches(entry -> entry.key().isEmpty() && entry.message().equals("bye"));
    assertThat(store.backend.audit(Optional.empty(), 1)).hasSize(6);
    assertThat(store.backend.audit(Optional.of(A), 0))
        .extracting(History.AuditEntry::message)
        .containsExactly("m2", "m1", "m0");
  }

  @Test
  void diagnosesAreListedByServerThenTime() {
    store.backend.recordAnalysis(new History.AnalysisChange(B, NOON, "DeadMaster"));
    store.backend.recordAnalysis(new History.AnalysisChange(A, NOON.plusSeconds(1), "NoProblem"));
    store.backend.recordAnalysis(new History.AnalysisChange(A, NOON, "DeadMaster"));
    awaitWrites();
    assertThat(store.backend.analysisChanges())
        .extracting(change -> change.key().hostname() + " " + change.analysis())
        .containsExactly("a DeadMaster", "a NoProblem", "b DeadMaster");
  }

  @Test
  void retentionTakesWhatIsOldButNothingThatIsOpen() {
    openAndClose("closed", A);
    store.done(new Command.OpenRecovery(ticket("open", B)));
    for (int i = 0; i < 1200; i++) {
      store.backend.audit(new AuditRecord(NOON, "forget", Optional.empty(), "", ""));
    }
    store.backend.audit(
        new AuditRecord(NOON.plus(Duration.ofDays(8)), "new", Optional.empty(), "", ""));
    store.backend.recordAnalysis(new History.AnalysisChange(A, NOON, "DeadMaster"));
    Instant cutoff = NOON.plus(Duration.ofDays(7));
    store.backend.purge(cutoff, cutoff);
    reopen();
    assertThat(store.backend.audit(Optional.empty(), 0)).hasSize(1);
    assertThat(store.backend.analysisChanges()).isEmpty();
    assertThat(store.backend.recoveries(Selection.ALL))
        .extracting(RecoveryTicket::uid)
        .containsExactly("open");
    assertThat(store.backend.recoverySteps("closed")).isEmpty();
    assertThat(store.backend.recoverySteps("open")).isNotEmpty();
  }

  @Test
  void failedWritesShowUntilWritingWorksAgain() {
    store.onWriter(connection -> Sql.execute(connection, place.refuseWrites()));
    store.backend.audit(new AuditRecord(NOON, "lost", Optional.empty(), "", ""));
    Awaitility.await().until(() -> store.backend.failure().isPresent());
    store.onWriter(connection -> Sql.execute(connection, place.allowWrites()));
    Awaitility.await().until(() -> store.backend.failure().isEmpty());
  }

  @Test
  void storeThatCannotBeReadIsAnErrorNotAnEmptyAnswer() {
    store.onWriter(connection -> Sql.execute(connection, "DROP TABLE ojr_recovery_step"));
    assertThatThrownBy(() -> store.backend.recoverySteps("u1"))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining(store.backend.description());
  }

  @Test
  void blockedRecoveriesAreShownByClusterNewestFirst() {
    store.backend.showBlocked(
        List.of(
            new History.BlockedRecovery(A, "a:3306", "DeadMaster", NOON, 1, ""),
            new History.BlockedRecovery(B, "b:3306", "DeadMaster", NOON.plusSeconds(1), 2, "")));
    assertThat(store.backend.blockedRecoveries(Optional.empty()))
        .extracting(History.BlockedRecovery::failed)
        .containsExactly(B, A);
    assertThat(store.backend.blockedRecoveries(Optional.of("a:3306"))).hasSize(1);
  }

  private void openAndClose(String uid, InstanceKey failed) {
    store.done(new Command.OpenRecovery(ticket(uid, failed)));
    store.done(
        new Command.Journal(uid, List.of(new JournalEntry.Closed(false, List.of("none"))), NOON));
  }

  private void reopen() {
    store.close();
    open();
  }

  private void awaitWrites() {
    store.onWriter(connection -> {});
  }

  private static Instance withKey(Instance base, InstanceKey key) {
    return new Instance(
        key,
        base.freshness(),
        base.identity(),
        base.readOnly(),
        base.superReadOnly(),
        base.binlog(),
        base.gtid(),
        base.replication(),
        base.semiSync(),
        base.classification(),
        base.group(),
        base.reportedReplicas(),
        base.credentialsAvailable());
  }
}
