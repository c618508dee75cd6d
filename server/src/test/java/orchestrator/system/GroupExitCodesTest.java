package orchestrator.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import orchestrator.system.ManagerGroup.Answer;
import orchestrator.system.ManagerGroup.Node;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A member of a group that cannot go on says why, and ends with the exit code that is for it. */
class GroupExitCodesTest {
  private static final int NEVER_JOINED = 4;
  private static final int RAFT_STOPPED = 5;

  /** A few of them are more than the log has reserved on the disk; it fits into a URL. */
  private static final String LARGE = "x".repeat(3_000);

  private static final int MOST_WRITES = 500;

  @TempDir Path folder;
  private final List<ManagerGroup> groups = new ArrayList<>();
  private final List<Path> mounts = new ArrayList<>();

  @AfterEach
  void stop() throws Exception {
    groups.forEach(ManagerGroup::close);
    for (Path mount : mounts) {
      run("umount", "-l", mount.toString());
    }
  }

  private ManagerGroup group(int nodes) {
    ManagerGroup group = ManagerGroup.of(nodes, folder, ManagerConfiguration.quick());
    groups.add(group);
    return group;
  }

  /** Alone in its group, so that what it acknowledges is on this disk or nowhere. */
  @Test
  void aNodeWhoseDiskIsFullLeavesAndHasAllThatItAcknowledged() throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "only root may mount");
    ManagerGroup group = group(1);
    Node node = group.nodes().getFirst();
    mountSmallDisk(node.raftDirectory());
    group.start(node);
    group.leader();
    Path ballast = node.raftDirectory().resolve("ballast");
    fill(ballast);

    List<String> acknowledged = writeUntilItEnds(group, node);

    assertThat(group.awaitEnd(node)).isEqualTo(RAFT_STOPPED);
    assertThat(fatalLine(node)).contains("The raft log cannot be written");
    Files.delete(ballast);
    group.start(node);
    group.leader();
    assertThat(keys(group, node)).containsAll(acknowledged);
  }

  private static List<String> writeUntilItEnds(ManagerGroup group, Node node) {
    List<String> acknowledged = new ArrayList<>();
    boolean refused = false;
    for (int i = 0; i < MOST_WRITES && group.process(node).isAlive(); i++) {
      Answer answer = group.get(node, "put-key-value/key" + i + "/" + LARGE, Duration.ofSeconds(5));
      assertThat(answer.isOk() && refused).as("a write after one that failed").isFalse();
      refused = !answer.isOk();
      if (answer.isOk()) {
        acknowledged.add("key" + i);
      }
    }
    assertThat(refused).as("the disk is full").isTrue();
    return acknowledged;
  }

  private static List<String> keys(ManagerGroup group, Node node) {
    return StreamSupport.stream(
            group.get(node, "local-key-values?prefix=key").json().spliterator(), false)
        .map(entry -> entry.path("Key").asString())
        .toList();
  }

  @Test
  void aNodeThatNeverFindsItsGroupLeaves() throws IOException {
    ManagerGroup group = group(3);
    Node node = group.nodes().getFirst();
    group.start(node, Map.of("RaftJoinTimeoutSeconds", 2));
    await("it serves").atMost(ManagerGroup.LIMIT).until(() -> serves(node));

    assertThat(group.awaitEnd(node)).isEqualTo(NEVER_JOINED);
    assertThat(fatalLine(node)).contains("No quorum", "RaftJoinTimeoutSeconds");
  }

  private static boolean serves(Node node) throws IOException {
    return Files.readString(node.home().resolve("log")).contains("serves http://");
  }

  private static String fatalLine(Node node) throws IOException {
    List<String> lines =
        Files.readString(node.home().resolve("log"))
            .lines()
            .filter(line -> line.startsWith("FATAL"))
            .toList();
    assertThat(lines).hasSize(1);
    return lines.getFirst();
  }

  private void mountSmallDisk(Path directory) throws Exception {
    Files.createDirectories(directory);
    run("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", directory.toString());
    mounts.add(directory);
  }

  /** Leaves no page of the disk free. */
  private static void fill(Path file) throws Exception {
    new ProcessBuilder("dd", "if=/dev/zero", "of=" + file, "bs=4k")
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
    assertThat(file.toFile().getUsableSpace()).isZero();
  }

  private static void run(String... command) throws IOException, InterruptedException {
    assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
  }
}
