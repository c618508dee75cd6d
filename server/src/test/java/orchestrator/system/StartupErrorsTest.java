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
