package orchestrator.server.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import orchestrator.server.engine.Consensus.Submission;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReconnectionTest {
  /** After it gRPC would not try a connection for another six seconds or so. */
  private static final Duration ALONE = Duration.ofSeconds(10);

  /** Many election timeouts, and half of that. */
  private static final Duration SOON = Duration.ofSeconds(3);

  @TempDir Path folder;

  @Test
  void goesOnAfterAnUnexpectedError() {
    AtomicInteger attempts = new AtomicInteger();
    Runnable attempt =
        () -> {
          if (attempts.incrementAndGet() == 1) {
            throw new LinkageError("expected by the test");
          }
        };
    try (Reconnection reconnection = new Reconnection(attempt, Duration.ofMillis(10))) {
      reconnection.start();
      await().atMost(SOON).until(() -> attempts.get() > 2);
    }
  }

  /**
   * Only the node that was alone can win, as the other lacks its newest entry: it must be able to
   * ask for the vote.
   */
  @Tag("long")
  @Test
  void nodeThatWasAloneLeadsSoonAfterAnotherOneIsBack() {
    try (Trio trio = new Trio(folder, 3).startAll()) {
      RaftConsensus lone = trio.leader();
      List<String> others = trio.othersThan(lone);
      String behind = others.getFirst();
      trio.stop(behind);
      assertThat(Trio.put(lone, "k", "v")).isInstanceOf(Submission.Committed.class);
      trio.stop(others.getLast());
      await().pollDelay(ALONE).atMost(ALONE.plus(SOON)).until(() -> lone.leadership().isEmpty());

      trio.start(trio.settings(behind));

      await().atMost(SOON).until(() -> lone.leadership().isPresent());
    }
  }
}
