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
import orchestrator.system.HaltingManager.Point;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The manager drops dead at a step of a planned takeover and is started again: one master takes
 * writes, all others replicate from it, and nothing is left open.
 */
@Tag("long")
class TakeoverKilledTest {
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

  private static void killedAt(Point point, Sandbox sandbox, Path home) {
    Path file =
        ManagerConfiguration.quick()
            .with("DiscoverySeeds", List.of(sandbox.master().address()))
            .write(home);
    try (ChildManager child =
        ChildManager.haltingInTakeover(
            home.resolve("log"), file, point, sandbox.servers().size())) {
      assertThat(child.awaitEnd(Managed.LIMIT.multipliedBy(2)))
          .as(point.toString())
          .isEqualTo(HaltingManager.HALTED);
    }
  }

  private static void goOn(Point point, Sandbox sandbox, Path home) {
    try (Managed managed = Managed.again(sandbox, home)) {
      RecoveryTicket ticket = managed.awaitRecoveryOf(sandbox.master());
      String when = point + ": " + managed.protocolOf(ticket);
      SandboxServer master = ticket.successful() ? managed.promotedBy(ticket) : sandbox.master();
      await(when)
          .atMost(Managed.LIMIT)
          .until(() -> Servers.writable(sandbox), List.of(master)::equals);
      Servers.assertOneMaster(sandbox, master);
      assertThat(managed.state().recoveries().values()).as(when).noneMatch(RecoveryTicket::isOpen);
    }
  }
}
