package orchestrator.system;

import static orchestrator.system.Managed.keyOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.facts.ReplicaFate;
import orchestrator.core.recovery.RecoveryGates;
import orchestrator.core.recovery.RecoveryPlan;
import orchestrator.sandbox.Sandbox;
import orchestrator.sandbox.SandboxServer;
import orchestrator.sandbox.SandboxSpec;
import orchestrator.sandbox.ServerKind;
import orchestrator.server.engine.Outcome;
import orchestrator.server.engine.RecoveryRequest;
import orchestrator.system.HaltingManager.Moment;
import orchestrator.system.HaltingManager.Point;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The replicas of a dead intermediate master get another source, and at a step of that somebody
 * dies: the manager, which is started again, also with a replica half moved; the new source; a
 * replica. It is brought to its end, and nobody is left stopped or lacks anything.
 */
@Tag("long")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RelocationKilledTest {
  private static final Point FIRST_MOVE = Point.before("Perform.*ChangeSource");

  private Sandbox sandbox;
  private SandboxServer dead;
  private SandboxServer sibling;
  private List<SandboxServer> children;

  static List<Point> points() {
    return List.of(
        Point.before("recovery:"),
        Point.before("RunHook.*PRE_FAILOVER"),
        Point.after("RunHook.*PRE_FAILOVER"),
        Point.before("recovery: Probe"),
        FIRST_MOVE,
        Point.after("Perform.*ChangeSource"),
        new Point(Moment.BEFORE, "Perform.*ChangeSource", 2),
        new Point(Moment.AFTER, "Perform.*ChangeSource", 2),
        Point.before("Commit\\[.*ReplicaSettled"),
        Point.before("Commit\\[.*Succeeded\\["),
        Point.after("Commit\\[.*Succeeded\\["),
        Point.before("RunHook.*POST_INTERMEDIATE"),
        Point.after("RunHook.*POST_INTERMEDIATE"),
        Point.before("Commit\\[.*Closed\\["),
        Point.after("Commit\\[.*Closed\\["));
  }

  /** What a move that is broken off leaves of a replica. */
  enum HalfMoved {
    STOPPED,
    POINTED_ELSEWHERE_AND_STOPPED
  }

  @BeforeAll
  void startServers() {
    sandbox =
        Sandbox.start(SandboxSpec.shape(ServerKind.MYSQL_8_0, "s1>s2", "s1>s3", "s2>s4", "s2>s5"));
    dead = sandbox.server("s2");
    sibling = sandbox.server("s3");
    children = List.of(sandbox.server("s4"), sandbox.server("s5"));
  }

  @AfterAll
  void stopServers() {
    sandbox.close();
  }

  @ParameterizedTest
  @MethodSource("points")
  void itIsBroughtToItsEnd(Point point, @TempDir Path home) throws IOException {
    killAt(point, home);
    goOn(home);
  }

  @ParameterizedTest
  @EnumSource
  void aReplicaThatIsHalfMovedIsMoved(HalfMoved half, @TempDir Path home) throws IOException {
    killAt(FIRST_MOVE, home);
    SandboxServer child = children.getFirst();
    child.sql("STOP SLAVE");
    switch (half) {
      case STOPPED -> {}
      case POINTED_ELSEWHERE_AND_STOPPED -> {
        child.replicateFrom(sibling);
        child.sql("STOP SLAVE");
      }
    }
    goOn(home);
  }

  static List<Point> moments() {
    return List.of(
        Point.before("RunHook.*PRE_FAILOVER"),
        FIRST_MOVE,
        Point.after("Perform.*ChangeSource"),
        Point.before("Commit\\[.*Succeeded\\["),
        Point.after("Commit\\[.*Succeeded\\["),
        Point.before("Commit\\[.*Closed\\["));
  }

  @ParameterizedTest
  @MethodSource("moments")
  void whenTheNewSourceDiesTheReplicasGoToTheNextOne(Point point, @TempDir Path home) {
    try (Managed managed = deadWith(sibling, point, home)) {
      for (SandboxServer child : children) {
        await(child + " replicates from another server")
            .atMost(Managed.LIMIT)
            .until(() -> child.isReplicating() && Servers.ledgerOf(child).contains("2"));
      }
      sibling.start();
      assertAllIsWell(managed);
    }
  }

  @ParameterizedTest
  @MethodSource("moments")
  void whenAReplicaDiesItFollowsLater(Point point, @TempDir Path home) {
    SandboxServer victim = children.getFirst();
    try (Managed managed = deadWith(victim, point, home)) {
      RecoveryTicket ticket = managed.awaitRecoveryOf(dead);
      assertThat(managed.promotedBy(ticket)).isEqualTo(sibling);
      assertThat(Servers.replicatesFrom(children.getLast(), sibling)).isTrue();
      victim.start();
      assertAllIsWell(managed);
    }
  }

  /** The only sibling does not replicate, and nobody replaces the dead master. */
  @Test
  void aPersonNeedNotWaitAsLongForTheMastersFailover(@TempDir Path home) {
    Servers.reset(sandbox);
    ManagerConfiguration configuration =
        ManagerConfiguration.quick()
            .with("RecoverMasterClusterFilters", List.of())
            .with("RecoverIntermediateMasterClusterFilters", List.of("*"));
    try (Managed managed = Managed.over(sandbox, home, configuration)) {
      sibling.sql("STOP SLAVE IO_THREAD");
      sandbox.master().kill();
      dead.kill();
      RecoveryRequest request = new RecoveryRequest.Recover(keyOf(dead), Optional.empty(), false);
      await("an automatic recovery waits, and would give way")
          .atMost(Managed.LIMIT)
          .until(() ->
              !managed.state().recoveries().isEmpty()
                  && managed.operations().plan(request) instanceof Outcome.Ok<RecoveryPlan> plan
                  && RecoveryGates.allOpen(plan.value().gates()));
      RecoveryTicket first = managed.recoveries().getFirst();

      Outcome<RecoveryTicket> outcome =
          managed.operations().recover(keyOf(dead), Optional.empty(), false, Managed.TESTER);

      RecoveryTicket second = TakeoverTest.done(outcome);
      assertThat(second.uid()).isNotEqualTo(first.uid());
      assertThat(second.errors()).as(told(managed)).isNotEmpty();
      assertThat(managed.recovery(first.uid()).acknowledgement()).isPresent();
      for (SandboxServer child : children) {
        assertThat(Servers.isStopped(child)).as(child + told(managed)).isFalse();
      }
    }
  }

  /** A server dies when the recovery of the intermediate master comes to this point. */
  private Managed deadWith(SandboxServer victim, Point point, Path home) {
    Servers.reset(sandbox);
    Managed managed =
        Managed.over(
            sandbox,
            home,
            ManagerConfiguration.quick()
                .with("RecoverIntermediateMasterClusterFilters", List.of("*"))
                .with("RecoveryPeriodBlockSeconds", 1)
                .with("PreFailoverProcesses", List.of("true")));
    Servers.write(sandbox.master(), 1);
    sandbox.awaitCaughtUp(Managed.LIMIT);
    try (AtStep killed = new AtStep(point, victim::kill)) {
      dead.kill();
      await(victim + " is dead").atMost(Managed.LIMIT).until(killed::isDone);
    }
    Servers.write(sandbox.master(), 2);
    return managed;
  }

  /** Every recovery has ended and says of each replica what became of it; nobody lacks a row. */
  private void assertAllIsWell(Managed managed) {
    Servers.write(sandbox.master(), 3);
    for (SandboxServer server : sandbox.replicas()) {
      if (server != dead) {
        await(server + " has all: " + told(managed))
            .atMost(Managed.LIMIT)
            .until(() -> server.isReplicating() && Servers.ledgerOf(server).size() == 3);
      }
    }
    assertThat(Servers.writable(sandbox)).containsExactly(sandbox.master());
    await("nothing is left open")
        .atMost(Managed.LIMIT)
        .until(
            () -> managed.state().recoveries().values().stream().noneMatch(RecoveryTicket::isOpen));
    for (RecoveryTicket ticket : managed.recoveries()) {
      assertThat(ticket.replicasWith(ReplicaFate.Kind.PENDING)).as(told(managed)).isEmpty();
      assertThat(ticket.successful() || !ticket.errors().isEmpty()).as(told(managed)).isTrue();
    }
  }

  private static String told(Managed managed) {
    return managed.recoveries().stream()
        .map(ticket -> String.join("\n", managed.protocolOf(ticket)))
        .collect(Collectors.joining("\n\n", "\n", "\n"));
  }

  private void killAt(Point point, Path home) {
    Servers.reset(sandbox);
    String note = "echo repeated=$ORC_HOOK_REPEATED >> " + home.resolve("hooks.");
    Path file =
        ManagerConfiguration.quick()
            .with("DiscoverySeeds", List.of(sandbox.master().address()))
            .with("RecoverIntermediateMasterClusterFilters", List.of("*"))
            .with("PreFailoverProcesses", List.of(note + "pre"))
            .with("PostIntermediateMasterFailoverProcesses", List.of(note + "post"))
            .write(home);
    try (ChildManager child = ChildManager.halting(home.resolve("log"), file, point)) {
      child.awaitActing(sandbox);
      Servers.write(sandbox.master(), 1);
      sandbox.awaitCaughtUp(Managed.LIMIT);
      dead.kill();
      assertThat(child.awaitEnd(Managed.LIMIT)).isEqualTo(HaltingManager.HALTED);
    }
    Servers.write(sandbox.master(), 2);
  }

  private void goOn(Path home) throws IOException {
    try (Managed managed = Managed.again(sandbox, home)) {
      RecoveryTicket ticket = managed.awaitRecoveryOf(dead);
      String protocol = String.join("\n", managed.protocolOf(ticket));
      assertThat(managed.promotedBy(ticket)).as(protocol).isEqualTo(sibling);
      assertThat(managed.recoveries()).as(protocol).hasSize(1);
      assertThat(ticket.replicasWith(ReplicaFate.Kind.MOVED))
          .as(protocol)
          .containsExactlyElementsOf(children.stream().map(Managed::keyOf).sorted().toList());
      assertThat(ticket.errors()).as(protocol).isEmpty();
      Servers.write(sandbox.master(), 3);
      for (SandboxServer child : children) {
        assertThat(Servers.replicatesFrom(child, sibling)).as(child + "\n" + protocol).isTrue();
        await().atMost(Managed.LIMIT).until(() -> Servers.ledgerOf(child).size() == 3);
      }
      assertThat(Servers.writable(sandbox)).containsExactly(sandbox.master());
      assertThat(managed.state().downtimes()).doesNotContainKey(keyOf(dead));
      assertHooksRan(home, protocol);
    }
  }

  /** At least once each; when more than once, the later ones were told so. */
  private static void assertHooksRan(Path home, String protocol) throws IOException {
    for (String kind : List.of("pre", "post")) {
      List<String> lines = Files.readAllLines(home.resolve("hooks." + kind));
      assertThat(lines).as(protocol).isNotEmpty();
      assertThat(lines.subList(1, lines.size())).as(protocol).allMatch("repeated=true"::equals);
    }
  }
}
