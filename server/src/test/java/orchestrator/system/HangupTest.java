package orchestrator.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A running manager reads its configuration again when it gets SIGHUP, and never ends of it. */
class HangupTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @TempDir Path folder;

  @Test
  void sighupReadsTheFileAgainAndABadOneKeepsTheOldConfiguration() throws Exception {
    ManagerConfiguration before =
        ManagerConfiguration.quick().with("ListenAddress", "127.0.0.1:0").with("Debug", false);
    Path file = before.write(folder);
    Path log = folder.resolve("manager.log");
    try (ChildManager manager = ChildManager.program(log, "--config=" + file, "http")) {
      awaitLine(log, "serves http://");

      before.with("Debug", true).with("InstancePollSeconds", 7).write(folder);
      manager.hangUp();
      awaitLine(
          log,
          "Configuration reloaded. In effect: Debug. Changed, and in effect after a restart of this"
              + " node: InstancePollSeconds.");

      Files.writeString(file, "{\"InstancePollSeconds\": \"often\"}");
      manager.hangUp();
      awaitLine(log, "The configuration was not reloaded, the old one stays in use:");
      assertThat(Files.readString(log)).contains("InstancePollSeconds is \"often\"");

      before.write(folder);
      manager.hangUp();
      awaitLine(log, "nothing differs from what is in use");
      assertThat(manager.isAlive()).isTrue();
    }
  }

  private static void awaitLine(Path log, String text) {
    await(text).atMost(LIMIT).until(() -> Files.readString(log).contains(text));
  }
}
