package orchestrator.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.sandbox.Sandbox;
import orchestrator.sandbox.SandboxServer;
import orchestrator.sandbox.SandboxSpec;
import orchestrator.sandbox.ServerKind;
import orchestrator.system.HaltingManager.Moment;
import orchestrator.system.HaltingManager.Point;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The manager drops dead at a step of a planned takeover and is started again: one master takes
 * writes, all others replicate from it, and nothing is left open.
 */
@Tag("long")
class TakeoverKilledTest {
  private static final List<Point> BY_POSITION =
      List.of(
          Point.before("recovery:"),
          Point.after("Commit\\[.*CandidateChosen"),
          Point.before("Perform.*SetReadOnly.*readOnly=true"),
          Point.after("Perform.*SetReadOnly.*readOnly=true"),
          Point.before("Perform.*StopReplication"),
          Point.after("Perform.*StopReplication"),
          Point.after("Commit\\[.*PromotionIntended"),
          Point.before("Perform.*SetReadOnly.*readOnly=false"),
          Point.after("Perform.*SetReadOnly.*readOnly=false"),
          Point.after("Commit\\[.*Promoted\\["),
          Point.before("Perform.*ChangeSource"),
          Point.after("Perform.*ChangeSource"),
          new Point(Moment.BEFORE, "Perform.*ChangeSource", 2),
          new Point(Moment.AFTER, "Perform.*ChangeSource", 2),
          Point.before("Commit\\[.*Closed\\["));

  private static final List<Point> POINTS =
      List.of(
          Point.before("recovery:"),
          Point.before("Perform.*ChangeSource"),
          Point.before("Commit\\[.*CandidateChosen"),
          Point.after("Commit\\[.*CandidateChosen"),
          Point.before("Perform.*SetReadOnly.*readOnly=true"),
          Point.after("Perform.*SetReadOnly.*readOnly=true"),
          Point.before("Perform.*EndClients"),
          Point.after("Commit\\[.*PromotionIntended"),
          Point.before("Perform.*SetReadOnly.*readOnly=false"),
          Point.after("Perform.*SetReadOnly.*readOnly=false"),
          Point.after("Commit\\[.*Promoted\\["),
          Point.before("Commit\\[.*Closed\\["));

  @Test
  void oneMasterIsLeftWhereverTheManagerIsKilled(@TempDir Path folder) throws IOException {
    try (Sandbox sandbox = Sandbox.start(SandboxSpec.masterAndReplicas(ServerKind.MYSQL_8_0, 2))) {
      for (Point point : POINTS) {
        Servers.reset(sandbox);
        Path home = Files.createDirectory(folder.resolve("round" + POINTS.indexOf(point)));
        killedAt(point, sandbox, home);
        goOn(point, sandbox, home);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = ServerKind.class,
      names = {"MYSQL_8_0", "MARIADB_11_4"})
  void noWriteIsMissedOrAppliedTwiceWithoutGtids(ServerKind kind, @TempDir Path folder)
      throws IOException {
    SandboxSpec spec = SandboxSpec.masterAndReplicas(kind, 2).withoutGtid();
    try (Sandbox sandbox = Sandbox.start(spec)) {
      for (Point point : BY_POSITION) {
        Servers.resetByPosition(sandbox);
        PositionFailoverTest.awaitSame(sandbox.replicas(), sandbox.master());
        Path home = Files.createDirectory(folder.resolve("round" + BY_POSITION.indexOf(point)));
        Servers.write(sandbox.master(), 1);
        killedAt(point, sandbox, home);
        // Clients write to whoever lets them, while no manager looks.
        Servers.writable(sandbox).forEach(server -> Servers.write(server, 2));
        boolean written = !Servers.writable(sandbox).isEmpty();
        SandboxServer master = goOn(point, sandbox, home);
        Servers.write(master, 3);
        PositionFailoverTest.awaitSame(sandbox.servers(), master);
        assertThat(Servers.ledgerOf(master))
            .as(point.toString())
            .contains("1", "3")
            .satisfies(ledger -> assertThat(ledger.contains("2")).isEqualTo(written));
      }
    }
  }

  private static void killedAt(Point point, Sandbox sandbox, Path home) {
    Path file =
        ManagerConfiguration.quick()
            .with("DiscoverySeeds", List.of(sandbox.master().address()))
            .with("ReplicationCredentialsQuery", "SELECT 'repl' AS user, 'repl' AS password")
            .write(home);
    try (ChildManager child =
        ChildManager.haltingInTakeover(
            home.resolve("log"), file, point, sandbox.servers().size())) {
      assertThat(child.awaitEnd(Managed.LIMIT.multipliedBy(2)))
          .as(point.toString())
          .isEqualTo(HaltingManager.HALTED);
    }
  }

  private static SandboxServer goOn(Point point, Sandbox sandbox, Path home) {
    try (Managed managed = Managed.again(sandbox, home)) {
      RecoveryTicket ticket = managed.awaitRecoveryOf(sandbox.master());
      String when = point + ": " + managed.protocolOf(ticket);
      SandboxServer master = ticket.successful() ? managed.promotedBy(ticket) : sandbox.master();
      await(when)
          .atMost(Managed.LIMIT)
          .until(() -> Servers.writable(sandbox), List.of(master)::equals);
      Servers.assertOneMaster(sandbox, master);
      assertThat(managed.state().recoveries().values()).as(when).noneMatch(RecoveryTicket::isOpen);
      return master;
    }
  }
}
