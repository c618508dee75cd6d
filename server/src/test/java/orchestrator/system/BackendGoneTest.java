package orchestrator.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import orchestrator.sandbox.Account;
import orchestrator.sandbox.Sandbox;
import orchestrator.sandbox.SandboxServer;
import orchestrator.sandbox.SandboxSpec;
import orchestrator.sandbox.ServerKind;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A manager whose store is on a MySQL server that is killed, or that hangs. */
class BackendGoneTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int BACKEND_GONE = 3;

  @TempDir Path folder;

  @Tag("long")
  @Test
  void managerWhoseBackendIsGoneLeavesWithItsOwnExitCodeAndStartsAgainWithIt() throws IOException {
    try (Sandbox sandbox = Sandbox.start(SandboxSpec.masterAndReplicas(ServerKind.MYSQL_8_0, 0))) {
      SandboxServer server = sandbox.master();
      Path file = configuration(server).write(folder);

      try (ChildManager manager = started(file, "killed.log")) {
        server.kill();
        assertLeaves(manager, "killed.log");
      }
      server.start();
      try (ChildManager manager = started(file, "hung.log")) {
        server.freeze();
        assertLeaves(manager, "hung.log");
        server.resume();
      }
      started(file, "again.log").close();
    }
  }

  private ChildManager started(Path file, String log) {
    ChildManager manager = ChildManager.program(folder.resolve(log), "--config=" + file, "http");
    await("it serves")
        .atMost(LIMIT)
        .until(() -> Files.readString(folder.resolve(log)).contains("serves http://"));
    return manager;
  }

  private void assertLeaves(ChildManager manager, String log) throws IOException {
    int code = manager.awaitEnd(LIMIT);
    String printed = Files.readString(folder.resolve(log));
    assertThat(code).as(printed).isEqualTo(BACKEND_GONE);
    assertThat(printed.lines().filter(line -> line.startsWith("FATAL")))
        .as(printed)
        .singleElement()
        .asString()
        .contains("backend has failed", "orchestrator_state");
  }

  /** With shorter limits than the default ones. */
  private static ManagerConfiguration configuration(SandboxServer server) {
    return ManagerConfiguration.quick()
        .with("ListenAddress", "127.0.0.1:0")
        .with("BackendDB", "mysql")
        .with("MySQLOrchestratorHost", server.host())
        .with("MySQLOrchestratorPort", server.port())
        .with("MySQLOrchestratorDatabase", "orchestrator_state")
        .with("MySQLOrchestratorUser", Account.ADMIN.user())
        .with("MySQLOrchestratorPassword", Account.ADMIN.password())
        .with("MySQLOrchestratorReadTimeoutSeconds", 5)
        .with("BackendFailureExitSeconds", 8);
  }
}
