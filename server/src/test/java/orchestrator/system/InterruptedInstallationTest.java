package orchestrator.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import orchestrator.system.HaltingManager.Point;
import orchestrator.system.ManagerGroup.Node;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A node that was away while the log was purged gets the leader's snapshot (Raft dissertation §5),
 * and drops dead at each moment of its installation.
 */
@Tag("long")
class InterruptedInstallationTest {
  /** Of {@code RatisProperties}: so many entries stay in the log whatever snapshots there are. */
  private static final int ENTRIES_KEPT = 1000;

  private static final List<Point> MOMENTS =
      List.of(
          Point.before("Installing snapshot:"),
          Point.before("Installed snapshot, renaming"),
          Point.before("Successfully ran .*Files.move .*/sm to .*/sm.tmp"),
          Point.before("Successfully ran .*Files.move .*/tmp/snapshot-.* to .*/sm$"));

  @TempDir Path folder;
  private Path haltFile;
  private ManagerGroup group;

  @BeforeEach
  void start() {
    haltFile = folder.resolve("halt");
    group = ManagerGroup.of(3, folder, configuration()).halting(haltFile).startAll();
  }

  ManagerConfiguration configuration() {
    return ManagerConfiguration.quick();
  }

  @AfterEach
  void stop() {
    group.close();
  }

  @Test
  void aNodeKilledAtAnyMomentOfAnInstallationComesBackWithTheStateOfTheOthers() throws IOException {
    Node away = group.follower();
    group.get(group.leader(), "put-key-value/before/v");
    group.awaitSameState();
    long had = index(away, "AppliedIndex");
    group.kill(away);
    leaveBehind(had);

    for (Point moment : MOMENTS) {
      HaltingNode.ask(haltFile, moment);
      group.start(away);
      assertThat(group.process(away).awaitEnd(ManagerGroup.LIMIT))
          .as("%s: %s", moment, Files.readString(away.home().resolve("log")))
          .isEqualTo(HaltingManager.HALTED);
      assertThat(Files.exists(haltFile)).isFalse();
    }
    group.start(away);

    await("it takes part")
        .atMost(ManagerGroup.LIMIT)
        .until(() -> group.get(away, "raft-health").isOk());
    group.awaitSameState();
    assertThat(index(away, "SnapshotIndex")).isGreaterThan(had);
    assertThat(group.get(group.leader(), "put-key-value/after/v").isOk()).isTrue();
    group.awaitSameState();
  }

  private long index(Node node, String name) {
    return group.raft(node).orElseThrow().path(name).asLong(-1);
  }

  /**
   * Writes until no node of the rest has the entries that follow this one. A term that begins
   * closes a segment of the log: only whole ones are purged.
   */
  private void leaveBehind(long index) {
    write("first", 100);
    Node leader = group.leader();
    group.get(leader, "raft-yield/" + group.others(leader).getFirst().raftAddress());
    await("the other leads").atMost(ManagerGroup.LIMIT).until(() -> !group.leads(leader));
    write("second", ENTRIES_KEPT + 150);
    await("the log is purged")
        .atMost(ManagerGroup.LIMIT)
        .until(() -> {
          for (Node node : group.running()) {
            group.get(node, "raft-snapshot");
          }
          return group.running().stream().noneMatch(node -> holds(node, index + 1));
        });
  }

  private void write(String prefix, int count) {
    Node leader = group.leader();
    try (ExecutorService threads = Executors.newFixedThreadPool(16)) {
      for (int i = 0; i < count; i++) {
        String path = "put-key-value/" + prefix + i + "/v";
        threads.execute(() -> group.get(leader, path));
      }
    }
  }

  /** Whether a segment of the log on a node's disk begins at this entry or before it. */
  private static boolean holds(Node node, long index) {
    try (Stream<Path> files = Files.walk(node.raftDirectory())) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.startsWith("log_"))
          .map(name -> name.replaceAll("\\D*(\\d+).*", "$1"))
          .anyMatch(first -> Long.parseLong(first) <= index);
    } catch (IOException e) {
      // Purged in the same moment.
      return true;
    }
  }
}
