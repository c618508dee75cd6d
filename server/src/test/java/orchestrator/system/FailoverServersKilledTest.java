package orchestrator.system;

import static orchestrator.system.Managed.keyOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import orchestrator.core.facts.Candidate;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.facts.ReplicaFate;
import orchestrator.core.state.Command;
import orchestrator.core.topology.PromotionRule;
import orchestrator.sandbox.Sandbox;
import orchestrator.sandbox.SandboxServer;
import orchestrator.sandbox.SandboxSpec;
import orchestrator.sandbox.ServerKind;
import orchestrator.system.HaltingManager.Moment;
import orchestrator.system.HaltingManager.Point;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * At a step of a failover, or of a planned takeover, a second server dies: the one that is to be
 * the master, or another replica. In the end one server takes writes, with all that was
 * acknowledged; every other one that runs follows it, or somebody was told why not.
 */
@Tag("long")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FailoverServersKilledTest {
  private Sandbox sandbox;
  private SandboxServer master;
  private SandboxServer target;
  private SandboxServer replica;

  static List<Point> ofAFailover() {
    return List.of(
        Point.before("Perform.*StopIoThread"),
        Point.after("Perform.*StopIoThread"),
        Point.before("Commit\\[.*CandidateChosen"),
        Point.after("Commit\\[.*PromotionIntended"),
        Point.after("Perform.*SetReadOnly.*readOnly=false"),
        Point.after("Commit\\[.*Promoted\\["),
        Point.before("Perform.*ChangeSource"),
        Point.after("Perform.*ChangeSource"),
        Point.before("Commit\\[.*Closed\\["));
  }

  static List<Point> ofATakeover() {
    return List.of(
        Point.before("Perform.*ChangeSource"),
        Point.after("Perform.*ChangeSource"),
        Point.before("Perform.*SetReadOnly.*readOnly=true"),
        Point.after("Perform.*SetReadOnly.*readOnly=true"),
        Point.after("Commit\\[.*PromotionIntended"),
        Point.after("Commit\\[.*Promoted\\["),
        new Point(Moment.BEFORE, "Perform.*ChangeSource", 3),
        Point.before("Commit\\[.*Closed\\["));
  }

  @BeforeAll
  void startServers() {
    sandbox = Sandbox.start(SandboxSpec.masterAndReplicas(ServerKind.MYSQL_8_0, 3));
    master = sandbox.server("A");
    target = sandbox.server("B");
    replica = sandbox.server("C");
  }

  @AfterAll
  void stopServers() {
    sandbox.close();
  }

  @ParameterizedTest
  @MethodSource("ofAFailover")
  void theCandidateOfAFailoverDies(Point point, @TempDir Path home) {
    failOver(target, point, home);
  }

  @ParameterizedTest
  @MethodSource("ofAFailover")
  void aReplicaDiesInAFailover(Point point, @TempDir Path home) {
    failOver(replica, point, home);
  }

  @ParameterizedTest
  @MethodSource("ofATakeover")
  void theTargetOfATakeoverDies(Point point, @TempDir Path home) {
    takeOver(target, point, home);
  }

  @ParameterizedTest
  @MethodSource("ofATakeover")
  void aReplicaDiesInATakeover(Point point, @TempDir Path home) {
    takeOver(replica, point, home);
  }

  private Managed managed(Path home) {
    Servers.reset(sandbox);
    Managed managed =
        Managed.over(
            sandbox,
            home,
            ManagerConfiguration.quick()
                .with("RecoveryPeriodBlockSeconds", 1)
                .with("ReattachReturnedMasters", true));
    Servers.write(master, 1);
    sandbox.awaitCaughtUp(Managed.LIMIT);
    return managed;
  }

  private void failOver(SandboxServer victim, Point point, Path home) {
    try (Managed managed = managed(home)) {
      Instant now = Instant.now();
      managed.submit(
          new Command.RegisterCandidate(
              new Candidate(
                  keyOf(target), PromotionRule.PREFER, now, now.plus(Duration.ofHours(1)))));
      try (AtStep killed = new AtStep(point, victim::kill)) {
        master.kill();
        RecoveryTicket ticket = managed.awaitRecoveryOf(master);
        await(victim + " is dead").atMost(Managed.LIMIT).until(killed::isDone);
        if (!ticket.successful()) {
          recoverByHand(managed, ticket);
        }
      }
      assertConverges(managed, victim);
    }
  }

  /** Nobody but a person knows that the server that may be writable stays down. */
  private void recoverByHand(Managed managed, RecoveryTicket ticket) {
    assertThat(ticket.errors())
        .as(told(managed))
        .anyMatch(error ->
            error.startsWith(keyOf(target) + " was to be promoted")
                && error.contains("No other server was promoted"));
    RecoveryTicket byHand =
        TakeoverTest.done(
            managed.operations().recover(keyOf(master), Optional.empty(), false, Managed.TESTER));
    assertThat(byHand.successful()).as(told(managed)).isTrue();
  }

  private void takeOver(SandboxServer victim, Point point, Path home) {
    try (Managed managed = managed(home)) {
      String cluster = managed.topology().clusterNames().first();
      try (AtStep killed = new AtStep(point, victim::kill)) {
        RecoveryTicket ticket =
            TakeoverTest.done(
                managed
                    .operations()
                    .takeOver(cluster, Optional.of(keyOf(target)), true, Managed.TESTER));
        assertThat(killed.isDone()).as(told(managed)).isTrue();
        assertThat(ticket.successful() || !ticket.errors().isEmpty()).as(told(managed)).isTrue();
      }
      assertConverges(managed, victim);
    }
  }

  private void assertConverges(Managed managed, SandboxServer victim) {
    eventually(managed, "one server takes writes", () -> isSettled(managed));
    victim.start();
    eventually(managed, "still one server takes writes", () -> isSettled(managed));
    SandboxServer writable = Servers.writable(sandbox).getFirst();
    Servers.write(writable, 2);
    assertThat(Servers.ledgerOf(writable)).as(told(managed)).containsExactly("1", "2");
    for (SandboxServer server : sandbox.servers()) {
      if (server != writable && server.state() == SandboxServer.State.RUNNING) {
        eventually(
            managed,
            server + " follows, or somebody was told",
            () -> follows(server) || isTold(managed, server));
      }
    }
    for (RecoveryTicket ticket : managed.recoveries()) {
      // One that was undone, or given up, has moved nobody.
      assertThat(ticket.replicasWith(ReplicaFate.Kind.PENDING).isEmpty() || !ticket.successful())
          .as(told(managed))
          .isTrue();
      assertThat(ticket.successful() || !ticket.errors().isEmpty()).as(told(managed)).isTrue();
    }
  }

  private static void eventually(Managed managed, String what, BooleanSupplier holds) {
    await(what)
        .atMost(Managed.LIMIT)
        .untilAsserted(() -> assertThat(holds.getAsBoolean()).as(() -> told(managed)).isTrue());
  }

  private boolean isSettled(Managed managed) {
    return Servers.writable(sandbox).size() == 1
        && managed.state().recoveries().values().stream().noneMatch(RecoveryTicket::isOpen);
  }

  private static boolean follows(SandboxServer server) {
    return !Servers.isStopped(server) && Servers.ledgerOf(server).contains("2");
  }

  /** It is downtimed or watched, or the last recovery says that it did not answer or was lost. */
  private static boolean isTold(Managed managed, SandboxServer server) {
    return managed.state().downtimes().containsKey(keyOf(server))
        || managed.state().demoted().containsKey(keyOf(server))
        || managed.recoveries().stream()
            .flatMap(ticket -> Optional.ofNullable(ticket.fates().get(keyOf(server))).stream())
            .findFirst()
            .filter(fate ->
                fate.kind() == ReplicaFate.Kind.LOST
                    || (fate.kind() == ReplicaFate.Kind.UNREACHABLE && !Servers.isStopped(server)))
            .isPresent();
  }

  private static String told(Managed managed) {
    return managed.recoveries().stream()
        .map(ticket -> ticket.errors() + "\n" + String.join("\n", managed.protocolOf(ticket)))
        .collect(Collectors.joining("\n\n", "\n", "\n"));
  }
}
