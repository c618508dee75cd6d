package orchestrator.server.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import orchestrator.core.state.Command;
import orchestrator.server.engine.Consensus.Submission;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node whose disk is full: a real one, of eight megabytes. Needs root, to mount it. */
class FullDiskTest {
  private static final Duration DEADLINE = Duration.ofSeconds(3);

  @TempDir Path folder;
  private Optional<Trio> started = Optional.empty();

  Timeouts timeouts() {
    return Timeouts.DEFAULT;
  }

  @BeforeEach
  void mountSmallDisk() throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "only root may mount");
    Path small = Files.createDirectories(folder.resolve("node1"));
    run("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", small.toString());
  }

  @AfterEach
  void unmount() throws Exception {
    started.ifPresent(Trio::close);
    if (Files.isDirectory(folder.resolve("node1"))) {
      run("umount", "-l", folder.resolve("node1").toString());
    }
  }

  private static void run(String... command) throws IOException, InterruptedException {
    assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
  }

  @Test
  void theNodeLeavesWithAMessageAndTheOthersGoOn() {
    Trio trio = new Trio(folder, 3).withTimeouts(timeouts().timing()).startAll();
    started = Optional.of(trio);
    String large = "x".repeat(500_000);

    int acknowledged = 0;
    for (int i = 0; i < 30; i++) {
      Submission outcome =
          trio.leader().submit(List.of(new Command.PutKeyValue("k" + i, large + i)), DEADLINE);
      acknowledged += outcome instanceof Submission.Committed ? 1 : 0;
    }

    await().atMost(Trio.LIMIT).until(() -> trio.dooms().containsKey("node1"));
    assertThat(trio.dooms().get("node1")).contains("raft");
    trio.stop("node1");
    RaftConsensus leader = trio.leader();
    assertThat(leader.state().keyValues().size()).isGreaterThanOrEqualTo(acknowledged);
    assertThat(Trio.put(leader, "after", "it")).isInstanceOf(Submission.Committed.class);
  }
}
