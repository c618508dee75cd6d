package orchestrator.server.backend;

import static orchestrator.server.backend.Recorded.A;
import static orchestrator.server.backend.Recorded.B;
import static orchestrator.server.backend.Recorded.NOON;
import static orchestrator.server.backend.Recorded.ticket;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import orchestrator.core.facts.JournalEntry;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.state.Command;
import orchestrator.core.state.LogPosition;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.state.StateMachine;
import orchestrator.server.engine.History.RecoveryStep;
import orchestrator.server.engine.History.Selection;
import orchestrator.server.engine.Projection;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The history of a replicated log, in a store that can fail and be behind. */
@ParameterizedClass
@EnumSource(TestStore.Kind.class)
class LogProjectionTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir Path folder;
  private final TestStore.Kind kind;
  private TestStore place;
  private SqlBackend backend;
  private Projection projection;

  /** The log: entry i is at index i + 1. */
  private final List<Command> log = new ArrayList<>();

  private final List<ReplicatedState> states = new ArrayList<>(List.of(ReplicatedState.EMPTY));

  LogProjectionTest(TestStore.Kind kind) {
    this.kind = kind;
  }

  @BeforeEach
  void create() {
    open(kind.in(folder));
    add(new Command.OpenRecovery(ticket("u1", A)));
    for (int i = 0; i < 20; i++) {
      add(new Command.PutKeyValue("key" + i, "value"));
      add(
          new Command.Journal(
              "u1", List.of(new JournalEntry.Noted("note " + i)), NOON.plusSeconds(i)));
    }
  }

  private void open(TestStore store) {
    place = store;
    backend = store.open();
    projection = backend.projection("group");
  }

  @AfterEach
  void close() {
    backend.close();
  }

  @Test
  void entriesThatAreAppliedAgainAfterARestartLeaveNoSecondTrace() {
    apply(1, 15);
    assertThat(projection.flush(PATIENCE)).isTrue();
    TestStore older = place.copy();
    apply(16, log.size());
    assertThat(projection.flush(PATIENCE)).isTrue();
    List<String> complete = steps();
    assertThat(complete).hasSize(21);

    backend.close();
    open(older);
    assertThat(projection.appliedIndex()).isEqualTo(15);
    apply(1, log.size());
    assertThat(projection.flush(PATIENCE)).isTrue();
    assertThat(steps()).isEqualTo(complete);
    assertThat(projection.appliedIndex()).isEqualTo(log.size());
  }

  @Test
  void orderlyRestartHasAllAndTakesNothingAgain() {
    apply(1, log.size());
    backend.close();
    open(place);
    assertThat(projection.appliedIndex()).isEqualTo(log.size());
    assertThat(steps()).hasSize(21);
  }

  @Test
  void indexMovesAlsoWithEntriesThatLeaveNoTrace() {
    apply(1, 2);
    Awaitility.await().until(() -> projection.appliedIndex() == 2);
  }

  @Test
  void failedWritesAreShownAndTriedAgainInOrder() {
    runLog(place.refuseWrites());
    apply(1, log.size());
    assertThat(projection.flush(PATIENCE)).isFalse();
    assertThat(backend.failure())
        .hasValueSatisfying(reason -> assertThat(reason).contains("history of the log"));
    assertThat(projection.appliedIndex()).isZero();
    runLog(place.allowWrites());
    Awaitility.await().until(() -> projection.appliedIndex() == log.size());
    assertThat(backend.failure()).isEmpty();
    assertThat(steps()).hasSize(21).last().isEqualTo("note 19");
  }

  @Test
  void whatIsTooMuchToKeepIsLeftToTheLogUntilTheNextStart() {
    while (log.size() < 10_100) {
      add(new Command.Journal("u1", List.of(new JournalEntry.Noted("n" + log.size())), NOON));
    }
    CountDownLatch release = new CountDownLatch(1);
    backend.writer().submitLog(connection -> awaitQuietly(release));
    apply(1, log.size());
    release.countDown();
    assertThat(projection.flush(PATIENCE)).isFalse();
    assertThat(backend.failure()).isPresent();
    assertThat(projection.appliedIndex()).isLessThan(log.size());

    backend.close();
    open(place);
    apply(1, log.size());
    assertThat(projection.flush(PATIENCE)).isTrue();
    assertThat(projection.appliedIndex()).isEqualTo(log.size());
    assertThat(backend.failure()).isEmpty();
  }

  @Test
  void entryThatTheStoreNeverTakesDoesNotHoldUpTheOthers() {
    String tooLong = "u".repeat(300);
    if (kind == TestStore.Kind.SQLITE) {
      runLog(
          """
          CREATE TRIGGER no BEFORE INSERT ON ojr_recovery_history WHEN length(NEW.uid) > 255
          BEGIN SELECT RAISE(ABORT, 'no'); END
          """);
    }
    log.add(3, new Command.OpenRecovery(ticket(tooLong, B)));
    states.add(
        4, StateMachine.applyAll(states.get(3), List.of(log.get(3)), new LogPosition(1, 4)).next());
    apply(1, log.size());
    assertThat(projection.flush(PATIENCE)).isTrue();
    assertThat(steps()).hasSize(21).last().isEqualTo("note 19");
    assertThat(backend.recoveries(Selection.ALL)).hasSize(1);
  }

  @Test
  void snapshotBringsItsRecoveriesIntoTheHistory() {
    projection.jump(1000, states.getLast());
    projection.apply(1000, ReplicatedState.EMPTY, states.getLast(), List.of(log.getLast()));
    assertThat(projection.flush(PATIENCE)).isTrue();
    assertThat(projection.appliedIndex()).isEqualTo(1000);
    assertThat(backend.recoveries(Selection.ALL))
        .extracting(RecoveryTicket::uid)
        .containsExactly("u1");
    assertThat(steps()).isEmpty();
  }

  @Test
  void indicesOfAnotherLogAreItsOwn() {
    apply(1, log.size());
    assertThat(projection.flush(PATIENCE)).isTrue();
    assertThat(backend.projection("other group").appliedIndex()).isZero();
    assertThat(backend.projection("group").appliedIndex()).isEqualTo(log.size());
  }

  @Test
  void flushThatTheStoreDoesNotAnswerEndsInTime() {
    CountDownLatch release = new CountDownLatch(1);
    backend.writer().submitLog(connection -> awaitQuietly(release));
    apply(1, 5);
    assertThat(projection.flush(Duration.ofMillis(50))).isFalse();
    release.countDown();
  }

  private void add(Command command) {
    LogPosition position = new LogPosition(1, states.size());
    states.add(StateMachine.apply(states.getLast(), command, position).next());
    log.add(command);
  }

  private void apply(int from, int to) {
    for (int index = from; index <= to; index++) {
      projection.apply(
          index, states.get(index - 1), states.get(index), List.of(log.get(index - 1)));
    }
  }

  private List<String> steps() {
    return backend.recoverySteps("u1").stream().map(RecoveryStep::message).toList();
  }

  private void runLog(String sql) {
    CountDownLatch done = new CountDownLatch(1);
    backend
        .writer()
        .submitLog(session -> {
          session.run(inside -> Sql.execute(inside, sql));
          done.countDown();
        });
    awaitQuietly(done);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
