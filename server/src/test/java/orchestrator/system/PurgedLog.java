package orchestrator.system;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import orchestrator.system.ManagerGroup.Node;

/** Makes a group purge its log, so that a node that is away needs a snapshot when it returns. */
final class PurgedLog {
  /** Of {@code RatisProperties}: so many entries stay in the log whatever snapshots there are. */
  private static final int ENTRIES_KEPT = 1000;

  private PurgedLog() {}

  /**
   * Writes until no running node has the entries that follow this one. A term that begins closes a
   * segment of the log: only whole ones are purged.
   */
  static void leaveBehind(ManagerGroup group, long index) {
    write(group, "first", 100);
    Node leader = group.leader();
    group.get(leader, "raft-yield/" + group.others(leader).getFirst().raftAddress());
    await("the other leads").atMost(ManagerGroup.LIMIT).until(() -> !group.leads(leader));
    write(group, "second", ENTRIES_KEPT + 150);
    await("the log is purged")
        .atMost(ManagerGroup.LIMIT)
        .until(() -> {
          for (Node node : group.running()) {
            group.get(node, "raft-snapshot");
          }
          return group.running().stream().noneMatch(node -> holds(node, index + 1));
        });
  }

  private static void write(ManagerGroup group, String prefix, int count) {
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
