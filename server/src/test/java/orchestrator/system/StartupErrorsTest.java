package orchestrator.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A manager that cannot start says why in one line, and ends with exit code 1. */
class StartupErrorsTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @TempDir Path folder;

  /**
   * A configuration with which the program cannot start.
   *
   * @param expected parts of the one line
   */
  record Case(String name, Path configuration, List<String> expected) {}

  @Test
  void portInUse() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      String address = "127.0.0.1:" + taken.getLocalPort();
      Path file = ManagerConfiguration.quick().with("ListenAddress", address).write(folder);
      assertRefused(new Case("port", file, List.of(address)));
    }
  }

  @Test
  void dataFileThatCannotBeWritten() throws IOException {
    Path inTheWay = Files.writeString(folder.resolve("file"), "not a folder");
    Path data = inTheWay.resolve("orchestrator.db");
    Path file =
        ManagerConfiguration.quick()
            .with("ListenAddress", "127.0.0.1:0")
            .with("SQLite3DataFile", data.toString())
            .write(folder);
    assertRefused(new Case("data", file, List.of(data.toString())));
  }

  @Test
  void malformedConfiguration() throws IOException {
    Path file = Files.writeString(folder.resolve("broken.json"), "{\"InstancePollSeconds\": 5,,}");
    assertRefused(new Case("malformed", file, List.of(file.toString())));
  }

  @Test
  void secondManagerOnTheSameState() throws IOException {
    Path file = ManagerConfiguration.quick().with("ListenAddress", "127.0.0.1:0").write(folder);
    Path log = folder.resolve("first.log");
    try (ChildManager first = ChildManager.program(log, "--config=" + file, "http")) {
      await("the first one serves")
          .atMost(LIMIT)
          .until(() -> Files.readString(log).contains("serves http://"));
      assertRefused(new Case("second", file, List.of("orchestrator.db")));
      assertThat(first.isAlive()).isTrue();
    }
  }

  @Test
  void groupThatDoesNotNameThisNode() throws IOException {
    Path file =
        group(free()).with("RaftNodes", List.of("10.9.8.7", "10.9.8.6", "10.9.8.5")).write(folder);
    assertRefused(new Case("unnamed", file, List.of("RaftNodes", "must name this node")));
  }

  @Test
  void raftPortInUse() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      Path file = group(taken.getLocalPort()).write(folder);
      assertRefused(
          new Case("raft", file, List.of("127.0.0.1:" + taken.getLocalPort(), "RaftBind")));
    }
  }

  @Test
  void raftDirectoryOfAnotherNode() throws IOException {
    Path raft = Files.createDirectories(folder.resolve("raft"));
    Files.writeString(raft.resolve("orchestrator-node"), "node2\nx\n");
    Path file = group(free()).write(folder);
    assertRefused(new Case("foreign", file, List.of("belongs to node 'node2'", "RaftNodeName")));
  }

  private ManagerConfiguration group(int port) {
    return ManagerConfiguration.quick()
        .with("ListenAddress", "127.0.0.1:0")
        .with("RaftEnabled", true)
        .with("RaftDataDir", folder.resolve("raft").toString())
        .with("RaftBind", "127.0.0.1:" + port)
        .with("RaftNodes", List.of("127.0.0.1:" + port));
  }

  private static int free() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private void assertRefused(Case refused) throws IOException {
    Path log = folder.resolve(refused.name() + ".log");
    try (ChildManager manager =
        ChildManager.program(log, "--config=" + refused.configuration(), "http")) {
      int code = manager.awaitEnd(LIMIT);
      String printed = Files.readString(log);
      assertThat(code).as(printed).isEqualTo(1);
      List<String> fatal = printed.lines().filter(line -> line.startsWith("FATAL")).toList();
      assertThat(fatal).as(printed).hasSize(1);
      refused.expected().forEach(part -> assertThat(fatal.getFirst()).contains(part));
      assertThat(printed).doesNotContain("\tat ").doesNotContain("Exception");
    }
  }
}
