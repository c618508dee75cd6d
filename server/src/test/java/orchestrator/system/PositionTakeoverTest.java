package orchestrator.system;

import static orchestrator.system.PositionFailoverTest.awaitSame;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import orchestrator.sandbox.Sandbox;
import orchestrator.sandbox.SandboxServer;
import orchestrator.sandbox.ServerKind;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Planned takeovers under writes, where replicas replicate by file and position. */
class PositionTakeoverTest {
  @TempDir Path folder;

  @Test
  void noWriteIsMissedOrAppliedTwiceThereAndBack() {
    thereAndBack(ServerKind.MYSQL_8_0);
  }

  @Tag("long")
  @ParameterizedTest
  @EnumSource(
      value = ServerKind.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"MYSQL_8_0"})
  void noWriteIsMissedOrAppliedTwiceOnOtherKindsOfServers(ServerKind kind) {
    thereAndBack(kind);
  }

  private void thereAndBack(ServerKind kind) {
    ManagerConfiguration configuration =
        ManagerConfiguration.quick()
            .with("ReplicationCredentialsQuery", "SELECT 'repl' AS user, 'repl' AS password")
            .with("DetectPseudoGTIDQuery", "select 1");
    try (Sandbox sandbox = PositionFailoverTest.start(kind);
        Managed managed = Managed.over(sandbox, folder, configuration);
        WriteLoad load = WriteLoad.on(sandbox)) {
      load.awaitWrites(50);
      replaced(managed, sandbox.server("A"), sandbox.server("B"), load);
      replaced(managed, sandbox.server("B"), sandbox.server("A"), load);
      load.stop();
      awaitSame(sandbox.replicas(), sandbox.master());
      Servers.assertOneMaster(sandbox, sandbox.master());
      awaitSame(sandbox.replicas(), sandbox.master());
      assertThat(Servers.ledgerOf(sandbox.master())).containsAll(load.acknowledged());
    }
  }

  /** A place at the very beginning of a file is one like any other. */
  private static void replaced(
      Managed managed, SandboxServer old, SandboxServer next, WriteLoad load) {
    old.sql("FLUSH LOGS");
    next.sql("FLUSH LOGS");
    TakeoverOfEachKindTest.replaced(managed, old, next);
    load.awaitWritesTo(next);
  }
}
