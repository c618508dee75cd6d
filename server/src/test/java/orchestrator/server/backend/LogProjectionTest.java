package orchestrator.server.backend;

import static orchestrator.server.backend.Recorded.A;
import static orchestrator.server.backend.Recorded.NOON;
import static orchestrator.server.backend.Recorded.ticket;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
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

/** The history of a replicated log, in a store that can fail and be behind. */
class LogProjectionTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir Path folder;
  private SqliteBackend backend;
  private Projection projection;

  /** The log: entry i is at index i + 1. */
  private final List<Command> log = new ArrayList<>();

  private final List<ReplicatedState> states = new ArrayList<>(List.of(ReplicatedState.EMPTY));

  @BeforeEach
  void open() {
    open("orchestrator.db");
    add(new Command.OpenRecovery(ticket("u1", A)));
    for (int i = 0; i < 20; i++) {
      add(new Command.PutKeyValue("key" + i, "value"));
      add(
          new Command.Journal(
              "u1", List.of(new JournalEntry.Noted("note " + i)), NOON.plusSeconds(i)));
    }
  }

  private void open(String name) {
    backend = SqliteBackend.open(folder.resolve(name));
    projection = backend.projection("group");
  }

  @AfterEach
  void close() {
    backend.close();
  }

  @Test
  void entriesThatAreAppliedAgainAfterARestartLeaveNoSecondTrace() throws IOException {
    apply(1, 15);
    assertThat(projection.flush(PATIENCE)).isTrue();
    copyStore("older.db");
    apply(16, log.size());
    assertThat(projection.flush(PATIENCE)).isTrue();
    List<String> complete = steps();
    assertThat(complete).hasSize(21);

    backend.close();
    open("older.db");
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
    open("orchestrator.db");
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
    runLog("PRAGMA query_only=ON");
    apply(1, log.size());
    assertThat(projection.flush(PATIENCE)).isFalse();
    assertThat(backend.failure())
        .hasValueSatisfying(reason -> assertThat(reason).contains("history of the log"));
    assertThat(projection.appliedIndex()).isZero();
    runLog("PRAGMA query_only=OFF");
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
    open("orchestrator.db");
    apply(1, log.size());
    assertThat(projection.flush(PATIENCE)).isTrue();
    assertThat(projection.appliedIndex()).isEqualTo(log.size());
    assertThat(backend.failure()).isEmpty();
  }

  @Test
  void entryThatTheStoreNeverTakesDoesNotHoldUpTheOthers() {
    runLog(
        """
        CREATE TRIGGER no BEFORE INSERT ON ojr_recovery_step WHEN NEW.message LIKE '%note 7'
        BEGIN SELECT RAISE(ABORT, 'no'); END
        """);
    apply(1, log.size());
    assertThat(projection.flush(PATIENCE)).isTrue();
    assertThat(steps()).hasSize(20).last().isEqualTo("note 19");
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
        .submitLog(connection -> {
          Sqlite.execute(connection, sql);
          done.countDown();
        });
    awaitQuietly(done);
  }

  private void copyStore(String name) throws IOException {
    for (String suffix : List.of("", "-wal")) {
      Files.copy(folder.resolve("orchestrator.db" + suffix), folder.resolve(name + suffix));
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
