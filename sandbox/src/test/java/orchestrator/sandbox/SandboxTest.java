package orchestrator.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SandboxTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  @ParameterizedTest
  @EnumSource(ServerKind.class)
  void writesReachReplicasThroughKillFreezeStopAndRestart(ServerKind kind) {
    try (Sandbox sandbox = Sandbox.start(SandboxSpec.shape(kind, "A>B", "B>C"))) {
      SandboxServer master = sandbox.master();
      SandboxServer leaf = sandbox.server("C");
      master.sql(
          Account.APPLICATION,
          "CREATE TABLE app.t (id INT PRIMARY KEY)",
          "INSERT INTO app.t VALUES (1)");
      sandbox.awaitCaughtUp(LIMIT);
      assertThat(leaf.value("SELECT COUNT(*) FROM app.t")).contains("1");

      sandbox.server("B").kill();
      assertThat(sandbox.server("B").state()).isEqualTo(SandboxServer.State.DOWN);
      master.sql(Account.APPLICATION, "INSERT INTO app.t VALUES (2)");
      sandbox.server("B").start();
      leaf.stop();
      master.sql(Account.APPLICATION, "INSERT INTO app.t VALUES (3)");
      leaf.restart();
      master.freeze();
      assertThat(master.state()).isEqualTo(SandboxServer.State.FROZEN);
      master.resume();
      sandbox.awaitCaughtUp(LIMIT);
      assertThat(leaf.value("SELECT COUNT(*) FROM app.t")).contains("3");
    }
  }

  @ParameterizedTest
  @EnumSource(ServerKind.class)
  void managersUserMayRunEveryStatementOfAManager(ServerKind kind) {
    try (Sandbox sandbox = Sandbox.start(SandboxSpec.masterAndReplicas(kind, 1))) {
      SandboxServer master = sandbox.master();
      SandboxServer replica = sandbox.server("B");
      Account manager = Account.ORCHESTRATOR;
      ManagerStatements.READING
          .of(kind)
          .forEach(statement -> {
            master.query(manager, statement);
            replica.query(manager, statement);
          });
      assertThat(master.query(manager, "SHOW SLAVE HOSTS"))
          .singleElement()
          .satisfies(row -> {
            assertThat(row).containsEntry("Host", "127.0.0.1");
            assertThat(row).containsEntry("Port", Integer.toString(replica.port()));
          });
      assertThat(master.query(manager, ManagerStatements.dumpThreads(kind))).hasSize(1);
      assertThat(replica.query(manager, "SHOW SLAVE STATUS")).hasSize(1);
      replica.sql(manager, ManagerStatements.CHANGING.of(kind).toArray(String[]::new));
      replica.replicateFrom(master);
      replica.awaitReplicating(LIMIT);
    }
  }

  @Test
  void readOnlyHoldsForTheApplicationOnAReplicaOnly() {
    try (Sandbox sandbox =
        Sandbox.start(SandboxSpec.masterAndReplicas(ServerKind.MYSQL_8_0, 1).defaults())) {
      sandbox.master().sql(Account.APPLICATION, "CREATE TABLE app.t (id INT PRIMARY KEY)");
      sandbox.awaitCaughtUp(LIMIT);
      SandboxServer replica = sandbox.server("B");
      assertThatThrownBy(() -> replica.sql(Account.APPLICATION, "INSERT INTO app.t VALUES (1)"))
          .hasMessageContaining("read-only");
      assertThat(replica.value("SELECT @@slave_net_timeout")).contains("60");
      assertThat(replica.replicaStatus()).containsEntry("Connect_Retry", "60");
    }
  }

  @Test
  void nothingIsLeftAfterClosing() {
    Sandbox sandbox = Sandbox.start(SandboxSpec.shape(ServerKind.MARIADB_11_4, "A"));
    List<Long> processes = sandbox.servers().stream().flatMap(s -> s.pid().stream()).toList();
    assertThat(processes).hasSize(1).allMatch(pid -> ProcessHandle.of(pid).isPresent());
    sandbox.close();
    assertThat(processes).noneMatch(pid -> ProcessHandle.of(pid).isPresent());
    assertThat(Files.exists(sandbox.folder())).isFalse();
  }

  @Test
  void serverThatCannotStartSaysWhyAndLeavesNothing() {
    SandboxSpec spec =
        SandboxSpec.shape(ServerKind.MYSQL_5_7, "A").setting("A", "no-such-setting=1");
    assertThatThrownBy(() -> Sandbox.start(spec))
        .isInstanceOf(SandboxException.class)
        .hasMessageContaining("no-such-setting");
  }

  @Test
  void kindsMayBeMixed() {
    SandboxSpec spec =
        SandboxSpec.masterAndReplicas(ServerKind.MYSQL_5_7, 1).kind("B", ServerKind.MYSQL_8_0);
    try (Sandbox sandbox = Sandbox.start(spec)) {
      assertThat(sandbox.server("B").query("SELECT @@version AS v"))
          .containsExactly(Map.of("v", "8.0.31"));
      assertThat(sandbox.server("B").isReplicating()).isTrue();
    }
  }
}
