package orchestrator.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.sandbox.Sandbox;
import orchestrator.sandbox.SandboxServer;
import orchestrator.sandbox.SandboxSpec;
import orchestrator.sandbox.ServerKind;
import orchestrator.system.HaltingManager.Point;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * The manager drops dead in the middle of a recovery and is started again: the recovery is brought
 * to its end, and it remains one recovery with one promotion.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ManagerKilledTest {
  /** The interesting moments, in their order. */
  private static final List<Point> POINTS =
      List.of(
          Point.before("recovery:"),
          Point.before("RunHook.*PRE_FAILOVER"),
          Point.before("Perform.*StopIoThread"),
          Point.after("Commit\\[.*PromotionIntended"),
          Point.before("Perform.*SetReadOnly.*readOnly=false"),
          Point.after("Perform.*SetReadOnly.*readOnly=false"),
          Point.after("Commit\\[.*Promoted\\["),
          Point.before("Perform.*ChangeSource"),
          Point.before("RunHook.*POST_MASTER_FAILOVER"),
          Point.before("Commit\\[.*Closed\\["));

  /** In every build; the others in the long one. */
  private static final List<Integer> ALWAYS = List.of(1, 5, 8);

  private Sandbox sandbox;
  private int round;

  @BeforeAll
  void startServers() {
    sandbox = Sandbox.start(SandboxSpec.masterAndReplicas(ServerKind.MYSQL_8_0, 2));
  }

  @AfterAll
  void stopServers() {
    sandbox.close();
  }

  @Test
  void managerKilledAtAStepGoesOnWithTheSameRecovery(@TempDir Path folder) throws IOException {
    for (int index : ALWAYS) {
      killAt(POINTS.get(index), folder);
    }
  }

  @Tag("long")
  @Test
  void managerKilledAtAnyNamedStepGoesOnWithTheSameRecovery(@TempDir Path folder)
      throws IOException {
    for (Point point : POINTS) {
      killAt(point, folder);
    }
  }

  @Tag("long")
  @Test
  void managerKilledAtAnyOfTheFirstHundredStepsGoesOn(@TempDir Path folder) throws IOException {
    for (int step = 2; step <= 100; step += 7) {
      killAt(Point.number(step), folder);
    }
  }

  @Tag("long")
  @Test
  void managerKilledAtRandomMomentsGoesOn(@TempDir Path folder) throws IOException {
    for (int seed = 1; seed <= 8; seed++) {
      Path home = prepare(folder);
      Path file = configuration(home).write(home);
      SplittableRandom random = new SplittableRandom(seed);
      SandboxServer old = sandbox.master();
      try (ChildManager child =
          ChildManager.program(home.resolve("log"), "--config=" + file, "http")) {
        child.awaitActing(sandbox);
        old.kill();
        child.endsWithin(Duration.ofMillis(random.nextInt(50, 900)));
      }
      goOn(home, old, "seed " + seed);
    }
  }

  private void killAt(Point point, Path folder) throws IOException {
    Path home = prepare(folder);
    Path file = configuration(home).write(home);
    SandboxServer old = sandbox.master();
    try (ChildManager child = ChildManager.halting(home.resolve("log"), file, point)) {
      child.awaitActing(sandbox);
      old.kill();
      boolean ended = child.endsWithin(Duration.ofSeconds(20));
      if (ended) {
        assertThat(child.awaitEnd(Duration.ZERO)).isEqualTo(HaltingManager.HALTED);
      }
      // A recovery has fewer steps than some point says: then it was killed after its end.
      assertThat(ended || point.occurrence() > 1).as(point.toString()).isTrue();
    }
    goOn(home, old, point.toString());
  }

  /** A new folder for a manager; the servers are as at the start. */
  private Path prepare(Path folder) throws IOException {
    Servers.reset(sandbox);
    return Files.createDirectory(folder.resolve("round" + round++));
  }

  private ManagerConfiguration configuration(Path home) {
    String note = "echo {failureType} repeated=$ORC_HOOK_REPEATED >> " + home.resolve("hooks.");
    return ManagerConfiguration.quick()
        .with("DiscoverySeeds", List.of(sandbox.master().address()))
        .with("ListenAddress", "127.0.0.1:0")
        .with("PreFailoverProcesses", List.of(note + "pre"))
        .with("PostMasterFailoverProcesses", List.of(note + "post"));
  }

  /** Starts the manager again, and looks at what is left when it has finished. */
  private void goOn(Path home, SandboxServer old, String when) throws IOException {
    try (Managed managed = Managed.again(sandbox, home)) {
      RecoveryTicket ticket = managed.awaitRecoveryOf(old);
      SandboxServer promoted = managed.promotedBy(ticket);
      assertThat(managed.recoveries()).as(when).hasSize(1);
      assertThat(managed.state().recoveries().values()).as(when).noneMatch(RecoveryTicket::isOpen);
      assertThat(ticket.fates()).as(when).hasSize(2);
      List<String> protocol = managed.protocolOf(ticket);
      assertThat(protocol).as(when).filteredOn(line -> line.contains("is promoted:")).hasSize(1);
      assertThat(protocol.stream().filter(line -> line.startsWith("About to promote")).distinct())
          .as(when)
          .hasSize(1);
      Servers.assertOneMaster(sandbox, promoted);
      assertHooksRan(home, when);
      old.start();
      await("the old master is set read-only")
          .atMost(Managed.LIMIT)
          .until(() -> Servers.isReadOnly(old));
    }
  }

  /** At least once each; when more than once, the later ones were told so. */
  private static void assertHooksRan(Path home, String when) throws IOException {
    for (String kind : List.of("pre", "post")) {
      List<String> lines = Files.readAllLines(home.resolve("hooks." + kind));
      assertThat(lines).as(when).isNotEmpty();
      assertThat(lines.subList(1, lines.size()))
          .as(when)
          .allMatch(line -> line.endsWith("repeated=true"));
    }
  }
}
