package orchestrator.server.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import orchestrator.core.state.Command;
import orchestrator.core.state.CommandResult;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.topology.InstanceKey;
import orchestrator.server.engine.Consensus.Submission;
import orchestrator.server.engine.Leadership;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(TestStore.Kind.class)
class StandaloneConsensusTest {
  private static final InstanceKey SERVER = new InstanceKey("db1", 3306);

  @TempDir Path folder;
  private final TestStore.Kind kind;
  private TestStore place;

  StandaloneConsensusTest(TestStore.Kind kind) {
    this.kind = kind;
  }

  @BeforeEach
  void create() {
    place = kind.in(folder);
  }

  @Test
  void restartFindsWhatWasAcknowledged() {
    ReplicatedState before;
    try (StoreFixture store = new StoreFixture(place)) {
      store.done(new Command.Discover(SERVER));
      store.put(1);
      before = store.consensus.state();
    }
    try (StoreFixture store = new StoreFixture(place)) {
      assertThat(store.consensus.state()).isEqualTo(before).isNotEqualTo(ReplicatedState.EMPTY);
    }
  }

  @Test
  void everyStartIsANewTermAndClosingEndsTheLeadership() {
    Leadership first;
    try (StoreFixture store = new StoreFixture(place)) {
      first = store.consensus.leadership().orElseThrow();
      assertThat(first.isValid()).isTrue();
    }
    assertThat(first.isValid()).isFalse();
    try (StoreFixture store = new StoreFixture(place)) {
      assertThat(store.consensus.leadership().orElseThrow().term()).isEqualTo(first.term() + 1);
    }
  }

  @Test
  void commandsOfASubmissionAreAppliedTogetherOrNotAtAll() {
    try (StoreFixture store = new StoreFixture(place)) {
      Submission submission =
          store.submit(
              new Command.PutKeyValue("a", "1"), new Command.PutTag(SERVER, "", "no name"));
      assertThat(submission)
          .isInstanceOfSatisfying(
              Submission.Committed.class,
              committed ->
                  assertThat(committed.results())
                      .hasSize(2)
                      .allMatch(CommandResult.Refused.class::isInstance));
      assertThat(store.consensus.state()).isEqualTo(ReplicatedState.EMPTY);
    }
  }

  @Test
  void submissionsOfManyThreadsAreAllCommittedInSomeOrder() throws Exception {
    int threads = 16;
    int each = 50;
    try (StoreFixture store = new StoreFixture(place);
        ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Long> indices = new ArrayList<>();
      store.consensus.onApplied(state -> indices.add((long) state.keyValues().size()));
      List<Future<?>> running = new ArrayList<>();
      for (int thread = 0; thread < threads; thread++) {
        int first = thread * each;
        running.add(
            executor.submit(() -> {
              for (int i = 0; i < each; i++) {
                store.put(first + i);
              }
            }));
      }
      for (Future<?> future : running) {
        future.get();
      }
      assertThat(store.consensus.state().keyValues()).hasSize(threads * each);
      assertThat(indices).hasSize(threads * each).isSorted();
    }
  }

  @Test
  void submissionThatCouldNotBeginInTimeIsCertainlyNotDone() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    try (StoreFixture store = new StoreFixture(place)) {
      CountDownLatch busy = new CountDownLatch(1);
      store
          .backend
          .writer()
          .submitBulk(connection -> {
            busy.countDown();
            awaitQuietly(release);
          });
      busy.await();
      Submission submission =
          store.consensus.submit(
              List.of(new Command.PutKeyValue("late", "1")), Duration.ofMillis(50));
      release.countDown();
      assertThat(submission).isInstanceOf(Submission.Rejected.class);
      store.put(1);
      assertThat(store.consensus.state().keyValues()).containsOnlyKeys("key1");
    }
  }

  @Test
  void submissionOverTheDeadlineInFlightIsUnknownAndIsDone() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    try (StoreFixture store = new StoreFixture(place)) {
      store.consensus.onApplied(state -> awaitQuietly(release));
      Submission submission =
          store.consensus.submit(
              List.of(new Command.PutKeyValue("slow", "1")), Duration.ofMillis(200));
      release.countDown();
      assertThat(submission).isInstanceOf(Submission.Unknown.class);
      store.put(1);
      assertThat(store.consensus.state().keyValues()).containsKeys("slow", "key1");
    }
  }

  @Test
  void listenerThatSubmitsIsToldInsteadOfWaitingForItself() {
    try (StoreFixture store = new StoreFixture(place)) {
      List<Throwable> thrown = new ArrayList<>();
      store.consensus.onApplied(state -> {
        try {
          store.put(2);
        } catch (IllegalStateException e) {
          thrown.add(e);
        }
      });
      store.put(1);
      assertThat(thrown).hasSize(1);
    }
  }

  @Test
  void storeThatRefusesWritesEndsLeadershipAndLosesNothing() {
    try (StoreFixture store = new StoreFixture(place)) {
      store.put(0);
      store.onWriter(connection -> Sql.execute(connection, place.refuseWrites()));
      assertThat(store.submit(new Command.PutKeyValue("refused", "")))
          .isInstanceOf(Submission.Rejected.class);
      assertThat(store.consensus.leadership()).isEmpty();
      assertThat(store.consensus.failure())
          .hasValueSatisfying(reason -> assertThat(reason).contains("goes on by itself"));
      assertThat(store.submit(new Command.PutKeyValue("a", "b")))
          .isInstanceOf(Submission.Rejected.class);
      assertThat(store.consensus.state().keyValues()).containsOnlyKeys("key0");

      store.onWriter(connection -> Sql.execute(connection, place.allowWrites()));
      Awaitility.await()
          .atMost(StoreFixture.PATIENCE)
          .until(() -> store.consensus.leadership().isPresent());
      store.put(1);
    }
    try (StoreFixture store = new StoreFixture(place)) {
      assertThat(store.consensus.state().keyValues()).containsOnlyKeys("key0", "key1");
    }
  }

  @Test
  void logIsCompactedAndTheStateSurvives() {
    ReplicatedState before;
    try (StoreFixture store = new StoreFixture(place)) {
      submitMany(store, 2500);
      before = store.consensus.state();
      assertThat(store.number("SELECT count(*) FROM ojr_snapshot")).isEqualTo(2);
      assertThat(store.number("SELECT count(*) FROM ojr_log")).isBetween(1L, 2000L);
    }
    try (StoreFixture store = new StoreFixture(place)) {
      assertThat(store.consensus.state()).isEqualTo(before);
    }
  }

  @Test
  void damagedSnapshotIsReplacedByTheOneBefore() {
    ReplicatedState before;
    try (StoreFixture store = new StoreFixture(place)) {
      submitMany(store, 1500);
      before = store.consensus.state();
    }
    damage(
        "UPDATE ojr_snapshot SET crc = 1 WHERE log_index ="
            + " (SELECT last FROM (SELECT max(log_index) AS last FROM ojr_snapshot) AS s)");
    try (StoreFixture store = new StoreFixture(place)) {
      assertThat(store.consensus.state()).isEqualTo(before);
    }
  }

  @Test
  void damagedLogIsAClearErrorThatSaysWhatToDo() {
    try (StoreFixture store = new StoreFixture(place)) {
      store.put(1);
      store.put(2);
      store.put(3);
    }
    damage("DELETE FROM ojr_snapshot");
    damage("UPDATE ojr_log SET entry = x'00' WHERE log_index = 2");
    assertThatThrownBy(() -> new StoreFixture(place))
        .isInstanceOf(BackendException.class)
        .hasMessageContainingAll("entry 2", "damaged", "Restore", "move it away");
    damage("DELETE FROM ojr_log WHERE log_index = 2");
    assertThatThrownBy(() -> new StoreFixture(place))
        .isInstanceOf(BackendException.class)
        .hasMessageContainingAll("entry 2", "missing");
  }

  private static void submitMany(StoreFixture store, int count) {
    int batch = 50;
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < count; i += batch) {
        List<Future<?>> running = new ArrayList<>();
        for (int j = i; j < i + batch; j++) {
          int number = j;
          running.add(executor.submit(() -> store.put(number)));
        }
        running.forEach(StandaloneConsensusTest::get);
      }
    }
  }

  private static void get(Future<?> future) {
    try {
      future.get();
    } catch (InterruptedException | ExecutionException e) {
      throw new AssertionError(e);
    }
  }

  private void damage(String sql) {
    SqlBackend backend = place.open();
    try (backend) {
      backend.writer().submitBulk(session -> session.run(inside -> Sql.execute(inside, sql)));
    }
    assertThat(backend.failure()).isEmpty();
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
