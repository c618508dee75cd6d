package orchestrator.server.backend;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import orchestrator.server.engine.Outcome;

/**
 * A node of a group that has applied more than its history has, and waits to be killed. Arguments:
 * the directory of the log, and the data file. Prints the digest of its state when it is so far.
 */
final class KilledNode {
  /** Notes with numbers below this are in the snapshot. */
  static final int IN_SNAPSHOT = 30;

  /** Below this they are in the history too. */
  static final int IN_HISTORY = 40;

  static final int APPLIED = 60;

  private KilledNode() {}

  public static void main(String[] arguments) {
    try {
      applyMoreThanIsWritten(Path.of(arguments[0]), Path.of(arguments[1]));
    } catch (InterruptedException | RuntimeException | AssertionError e) {
      e.printStackTrace();
      Runtime.getRuntime().halt(1);
    }
  }

  private static void applyMoreThanIsWritten(Path directory, Path file)
      throws InterruptedException {
    StoreInGroup store = new StoreInGroup(directory, new TestStore.SqliteFile(file));
    store.openRecovery();
    store.note(0, IN_SNAPSHOT);
    expectSnapshot(store, Duration.ofSeconds(10), true);
    store.note(IN_SNAPSHOT, IN_HISTORY);
    awaitHistory(store);

    CountDownLatch stalled = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    store
        .backend
        .writer()
        .submitLog(session -> {
          stalled.countDown();
          awaitQuietly(never);
        });
    stalled.await();
    store.note(IN_HISTORY, APPLIED);
    expectSnapshot(store, Duration.ofSeconds(2), false);
    System.out.println(store.node.digest().sha256());
    never.await();
  }

  private static void expectSnapshot(StoreInGroup store, Duration limit, boolean possible) {
    Outcome<Long> outcome = store.node.snapshot(limit);
    if (outcome instanceof Outcome.Ok != possible) {
      throw new IllegalStateException("unexpected: " + outcome);
    }
  }

  private static void awaitHistory(StoreInGroup store) throws InterruptedException {
    while (store.notes().size() < IN_HISTORY) {
      Thread.sleep(5);
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
