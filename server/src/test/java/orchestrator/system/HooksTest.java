package orchestrator.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.sandbox.Sandbox;
import orchestrator.sandbox.SandboxServer;
import orchestrator.sandbox.SandboxSpec;
import orchestrator.sandbox.ServerKind;
import orchestrator.server.engine.Outcome;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Operators' processes that do not behave, around the recovery of a real topology. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HooksTest {
  private static final int LONGEST_LINE = 64 * 1024;

  private Sandbox sandbox;

  @BeforeAll
  void startServers() {
    sandbox = Sandbox.start(SandboxSpec.masterAndReplicas(ServerKind.MYSQL_8_0, 2));
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
  void failingProcessBeforeTheFailoverLeavesTheTopologyUntouched(@TempDir Path folder)
      throws IOException {
    Path allowed = folder.resolve("allowed");
    assertAborted(folder, "echo not now; test -e " + allowed, "not now", allowed);
  }

  @Test
  void hangingProcessBeforeTheFailoverIsKilledAndLeavesTheTopologyUntouched(@TempDir Path folder)
      throws IOException {
    Path allowed = folder.resolve("allowed");
    assertAborted(folder, "test -e " + allowed + " || sleep 60", "killed", allowed);
  }

  /**
   * The block is released with the abort: when the process allows it, a person's recovery succeeds.
   */
  private void assertAborted(Path folder, String process, String reason, Path allowed)
      throws IOException {
    ManagerConfiguration configuration =
        ManagerConfiguration.quick()
            .with("PreFailoverProcesses", List.of(process))
            .with("HookTimeoutSeconds", 2);
    SandboxServer master = sandbox.master();
    try (Managed managed = Managed.over(sandbox, folder, configuration)) {
      master.kill();
      RecoveryTicket aborted = managed.awaitRecoveryOf(master);
      assertThat(aborted.successful()).isFalse();
      assertThat(aborted.errors()).anyMatch(error -> error.contains(reason));
      assertThat(Servers.writable(sandbox)).isEmpty();
      for (SandboxServer replica : sandbox.replicas()) {
        assertThat(replica.replicaStatus())
            .containsEntry("Master_Port", Integer.toString(master.port()))
            .containsEntry("Slave_SQL_Running", "Yes")
            .containsEntry("Slave_IO_Running", "Connecting");
      }
      assertThat(aborted.isBlocking(Instant.now())).isFalse();
      Files.createFile(allowed);
      assertRecoveredByHand(managed);
    }
  }

  private void assertRecoveredByHand(Managed managed) {
    Outcome<RecoveryTicket> outcome =
        managed
            .operations()
            .recover(Managed.keyOf(sandbox.master()), Optional.empty(), false, Managed.TESTER);
    assertThat(outcome).isInstanceOf(Outcome.Ok.class);
    if (outcome instanceof Outcome.Ok<RecoveryTicket>(RecoveryTicket second)) {
      Servers.assertOneMaster(sandbox, managed.promotedBy(second));
    }
  }

  @Test
  void talkativeAndHangingProcessesDoNotHoldUpTheRecovery(@TempDir Path folder) {
    ManagerConfiguration configuration =
        ManagerConfiguration.quick()
            .with("PreFailoverProcesses", List.of("head -c 20000000 /dev/zero | tr '\\0' x"))
            .with("PostMasterFailoverProcesses", List.of("sleep 60", "exit 3"))
            .with("PostFailoverProcesses", List.of("echo {successorPort} > " + folder + "/told"))
            .with("HookTimeoutSeconds", 2);
    SandboxServer master = sandbox.master();
    try (Managed managed = Managed.over(sandbox, folder, configuration)) {
      master.kill();
      RecoveryTicket ticket = managed.awaitRecoveryOf(master);
      SandboxServer promoted = managed.promotedBy(ticket);
      assertThat(Duration.between(ticket.started(), ticket.ended().orElseThrow()))
          .isLessThan(Duration.ofSeconds(20));
      assertThat(folder.resolve("told")).hasContent(Integer.toString(promoted.port()));
      assertThat(managed.protocolOf(ticket)).allMatch(line -> line.length() < LONGEST_LINE);
      Servers.assertOneMaster(sandbox, promoted);
    }
  }
}
