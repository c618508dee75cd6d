package orchestrator.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import orchestrator.program.Run;
import orchestrator.system.ManagerGroup.Node;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A leader whose disk answers nothing for a while: a real one, frozen. Needs root, to mount it. */
@Tag("long")
class SlowDiskTest {
  private static final Duration PROMISED = Duration.ofMillis(300);
  private static final int QUESTIONS = 40;
  private static final int SHARE_ON_TIME = 9;

  @TempDir Path folder;
  private Path disk;
  private ManagerGroup group;
  private Node slow;

  @BeforeEach
  void start() throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "only root may mount");
    Path image = folder.resolve("image");
    disk = Files.createDirectories(folder.resolve("disk"));
    run("truncate", "--size=64M", image.toString());
    run("mkfs.ext4", "-q", image.toString());
    run("mount", "-o", "loop", image.toString(), disk.toString());
    group = ManagerGroup.of(3, folder, ManagerConfiguration.quick());
    slow = group.nodes().getFirst();
    for (Node node : group.nodes()) {
      group.start(node, node.equals(slow) ? onDisk() : Map.of());
    }
    group.leader();
    group.nodes().forEach(group::awaitHealthy);
  }

  private Map<String, Object> onDisk() {
    return Map.of(
        "RaftDataDir", disk.resolve("raft").toString(),
        "SQLite3DataFile", disk.resolve("orchestrator.db").toString());
  }

  @AfterEach
  void stop() throws Exception {
    if (Files.isDirectory(folder.resolve("disk"))) {
      group.close();
      run("umount", "-l", disk.toString());
    }
  }

  private void run(String... command) throws IOException, InterruptedException {
    Run run = Run.of(new ProcessBuilder(command), folder).run();
    assertThat(run.exit()).as(run.err()).isZero();
  }

  private Duration timeOf(String path) {
    long began = System.nanoTime();
    assertThat(group.get(slow, path).status()).as(path).isNotZero();
    return Duration.ofNanos(System.nanoTime() - began);
  }

  /** Its state, and whether it leads, are known without the disk. On a busy machine: nearly all. */
  @Test
  void whoAsksWhetherItLeadsIsAnsweredAtOnce() throws Exception {
    group.get(group.leader(), "raft-yield/" + slow.raftAddress());
    assertThat(group.leader()).isEqualTo(slow);
    List<Duration> times = new ArrayList<>();
    try (ExecutorService others = Executors.newVirtualThreadPerTaskExecutor()) {
      run("fsfreeze", "--freeze", disk.toString());
      try {
        for (int i = 0; i < 100; i++) {
          String write = "put-key-value/key" + i + "/v";
          others.execute(() -> group.get(slow, write));
          others.execute(() -> group.get(slow, "audit"));
        }
        for (int i = 0; i < QUESTIONS; i++) {
          times.add(timeOf("leader-check"));
          times.add(timeOf("raft-health"));
          times.add(timeOf("raft"));
        }
      } finally {
        run("fsfreeze", "--unfreeze", disk.toString());
      }
    }

    assertThat(times.stream().filter(time -> time.compareTo(PROMISED) <= 0).count())
        .as("%s", times)
        .isGreaterThan(times.size() * SHARE_ON_TIME / 10);
    group.nodes().forEach(group::awaitHealthy);
    group.awaitSameState();
  }
}
