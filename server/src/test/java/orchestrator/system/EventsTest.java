package orchestrator.system;

import static orchestrator.system.Managed.keyOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import orchestrator.core.facts.Acknowledgement;
import orchestrator.core.facts.Downtime;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.state.Command;
import orchestrator.core.topology.Instance;
import orchestrator.sandbox.Sandbox;
import orchestrator.sandbox.SandboxException;
import orchestrator.sandbox.SandboxServer;
import orchestrator.sandbox.SandboxSpec;
import orchestrator.sandbox.ServerKind;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What leads to a failover, and what does not. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EventsTest {
  private static final Duration A_WHILE = Duration.ofSeconds(3);

  /** {@code slave_net_timeout} of tuned servers: longer than the manager waits for an answer. */
  private static final Duration SILENCE_IS_NOTICED = Duration.ofSeconds(4);

  private static final Duration SLOW_MACHINE = Duration.ofSeconds(8);

  private Sandbox sandbox;
  private SandboxServer master;

  @BeforeAll
  void startServers() {
    sandbox = Sandbox.start(SandboxSpec.masterAndReplicas(ServerKind.MYSQL_8_0, 3));
    master = sandbox.master();
  }

  @AfterAll
  void stopServers() {
    sandbox.close();
  }

  @BeforeEach
  void resetServers() {
    Servers.reset(sandbox);
  }

  @Test
  void connectionsKilledByAPersonAreNoFailure(@TempDir Path folder) {
    try (Managed managed = Managed.over(sandbox, folder, ManagerConfiguration.quick())) {
      for (var connection :
          master.query(
              "SELECT id AS id FROM information_schema.processlist WHERE user='orchestrator'")) {
        killQuietly(connection.getOrDefault("id", ""));
      }
      stays(() -> managed.state().recoveries().isEmpty());
      assertThat(managed.state().detections()).isEmpty();
      Servers.assertOneMaster(sandbox, master);
      // Whoever was cut off watches again: the death that follows is seen.
      Instant killed = Instant.now();
      master.kill();
      RecoveryTicket ticket = managed.awaitRecoveryOf(master);
      managed.promotedBy(ticket);
      assertThat(Duration.between(killed, ticket.started())).isLessThan(SLOW_MACHINE);
    }
  }

  private void killQuietly(String id) {
    try {
      master.sql("KILL " + id);
    } catch (SandboxException e) {
      // It ended by itself meanwhile.
      assertThat(e).hasMessageContaining("Unknown thread id");
    }
  }

  @Test
  void hungMasterIsReplacedAndReadOnlyWhenItWakes(@TempDir Path folder) {
    try (Managed managed = Managed.over(sandbox, folder, ManagerConfiguration.quick())) {
      Instant frozen = Instant.now();
      master.freeze();
      RecoveryTicket ticket = managed.awaitRecoveryOf(master);
      SandboxServer promoted = managed.promotedBy(ticket);
      assertThat(Duration.between(frozen, ticket.started()))
          .isLessThan(SILENCE_IS_NOTICED.plus(SLOW_MACHINE));
      Servers.assertOneMaster(sandbox, promoted);

      master.resume();
      await("it is set read-only").atMost(SLOW_MACHINE).until(() -> Servers.isReadOnly(master));
      stays(() -> Servers.writable(sandbox).equals(List.of(promoted)));
      assertThat(managed.recoveries()).hasSize(1);
    }
  }

  @Test
  void masterThatIsShutDownCleanlyIsReplaced(@TempDir Path folder) {
    try (Managed managed = Managed.over(sandbox, folder, ManagerConfiguration.quick())) {
      Servers.write(master, 1);
      master.stop();
      SandboxServer promoted = managed.promotedBy(managed.awaitRecoveryOf(master));
      assertThat(Servers.ledgerOf(promoted)).containsExactly("1");
      Servers.assertOneMaster(sandbox, promoted);
    }
  }

  @Test
  void deathOfAReplicaChangesNothing(@TempDir Path folder) {
    SandboxServer replica = sandbox.server("B");
    try (Managed managed = Managed.over(sandbox, folder, ManagerConfiguration.quick())) {
      replica.kill();
      await("its death is seen")
          .atMost(Managed.LIMIT)
          .until(() ->
              managed
                  .topology()
                  .find(keyOf(replica))
                  .filter(instance -> !instance.isLastCheckValid())
                  .isPresent());
      stays(() -> managed.state().recoveries().isEmpty());
      Servers.assertOneMaster(sandbox, master);
      replica.start();
      await("its return is seen")
          .atMost(Managed.LIMIT)
          .until(() ->
              managed
                  .topology()
                  .find(keyOf(replica))
                  .filter(Instance::isLastCheckValid)
                  .isPresent());
      assertThat(managed.state().downtimes()).isEmpty();
    }
  }

  @Test
  void managerThatStartsBesideADeadMasterActsAfterTheStartDelay(@TempDir Path folder) {
    try (Managed managed = Managed.over(sandbox, folder, ManagerConfiguration.quick())) {
      managed.stopManager();
      master.kill();
      managed.startManager();
      RecoveryTicket ticket = managed.awaitRecoveryOf(master);
      assertThat(ticket.started()).isAfterOrEqualTo(managed.actsFrom());
      Servers.assertOneMaster(sandbox, managed.promotedBy(ticket));
    }
  }

  @Test
  void failureMustLastAsLongAsConfigured(@TempDir Path folder) {
    Duration minimum = Duration.ofSeconds(6);
    ManagerConfiguration configuration =
        ManagerConfiguration.quick()
            .with("FailureMinimumDurationMilliseconds", (int) minimum.toMillis());
    try (Managed managed = Managed.over(sandbox, folder, configuration)) {
      Instant killed = Instant.now();
      master.kill();
      RecoveryTicket ticket = managed.awaitRecoveryOf(master);
      assertThat(Duration.between(killed, ticket.started())).isGreaterThanOrEqualTo(minimum);
      assertThat(ticket.successful()).isTrue();
    }
  }

  @Test
  void masterThatIsBackSoonerIsKept(@TempDir Path folder) {
    ManagerConfiguration configuration =
        ManagerConfiguration.quick().with("FailureMinimumDurationMilliseconds", 60_000);
    try (Managed managed = Managed.over(sandbox, folder, configuration)) {
      master.kill();
      await("it is suspected")
          .atMost(Managed.LIMIT)
          .until(() -> !managed.operations().world().diagnoses().isEmpty());
      stays(() -> managed.state().recoveries().isEmpty());
      master.start();
      await("all is well again")
          .atMost(Managed.LIMIT)
          .until(() -> managed.operations().world().diagnoses().isEmpty());
      assertThat(managed.state().recoveries()).isEmpty();
      Servers.assertOneMaster(sandbox, master);
    }
  }

  @Test
  void downtimedMasterIsLeftAloneUntilItsDowntimeEnds(@TempDir Path folder) {
    Instant now = Instant.now();
    Downtime downtime =
        new Downtime(keyOf(master), "tester", "maintenance", now, now.plusSeconds(3600));
    heldBack(folder, new Command.BeginDowntime(downtime), new Command.EndDowntime(keyOf(master)));
  }

  @Test
  void switchedOffRecoveriesHappenWhenSwitchedOn(@TempDir Path folder) {
    heldBack(
        folder,
        new Command.SwitchGlobalRecoveries(false),
        new Command.SwitchGlobalRecoveries(true));
  }

  private void heldBack(Path folder, Command hold, Command release) {
    try (Managed managed = Managed.over(sandbox, folder, ManagerConfiguration.quick())) {
      managed.submit(hold);
      master.kill();
      await("its death is seen")
          .atMost(Managed.LIMIT)
          .until(() -> !managed.operations().world().diagnoses().isEmpty());
      stays(() -> managed.state().recoveries().isEmpty());
      assertThat(Servers.writable(sandbox)).isEmpty();
      managed.submit(release);
      Servers.assertOneMaster(sandbox, managed.promotedBy(managed.awaitRecoveryOf(master)));
    }
  }

  @Test
  void secondFailureWaitsForTheAcknowledgementOfTheFirst(@TempDir Path folder) {
    try (Managed managed = Managed.over(sandbox, folder, ManagerConfiguration.quick())) {
      master.kill();
      RecoveryTicket first = managed.awaitRecoveryOf(master);
      SandboxServer promoted = managed.promotedBy(first);
      Servers.assertOneMaster(sandbox, promoted);
      await("the new topology is known")
          .atMost(Managed.LIMIT)
          .until(() -> managed.topology().replicasOf(keyOf(promoted)).size() == 2);
      promoted.kill();
      await("the second recovery is blocked")
          .atMost(Managed.LIMIT)
          .until(
              () -> !managed.operations().history().blockedRecoveries(Optional.empty()).isEmpty());
      stays(() -> managed.state().recoveries().size() == 1);
      assertThat(Servers.writable(sandbox)).isEmpty();

      managed.submit(
          new Command.AcknowledgeRecoveries(
              new Command.Selector.ByUid(first.uid()),
              new Acknowledgement("tester", "seen", Instant.now())));
      SandboxServer next = managed.promotedBy(managed.awaitRecoveryOf(promoted));
      Servers.assertOneMaster(sandbox, next);
    }
  }

  private static void stays(Callable<Boolean> condition) {
    await().during(A_WHILE).atMost(A_WHILE.multipliedBy(5)).until(condition);
  }
}
