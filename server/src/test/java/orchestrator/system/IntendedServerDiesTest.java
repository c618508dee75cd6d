package orchestrator.system;

import static orchestrator.system.Managed.keyOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import orchestrator.core.facts.Candidate;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.state.Command;
import orchestrator.core.topology.PromotionRule;
import orchestrator.sandbox.Sandbox;
import orchestrator.sandbox.SandboxServer;
import orchestrator.sandbox.SandboxSpec;
import orchestrator.sandbox.ServerKind;
import orchestrator.system.HaltingManager.Point;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server that was chosen dies when the intent to promote it has just been committed. */
@Tag("long")
class IntendedServerDiesTest {
  private static final Point MADE_WRITABLE = Point.before("Perform.*readOnly=false");

  @Test
  void noOtherServerIsPromotedAndTheErrorNamesTheOneThatMayBeWritable(@TempDir Path folder) {
    try (Sandbox sandbox =
        Sandbox.start(SandboxSpec.masterAndReplicas(ServerKind.MARIADB_11_4, 3).tuned())) {
      SandboxServer a = sandbox.server("A");
      SandboxServer b = sandbox.server("B");
      try (Managed managed = Managed.over(sandbox, folder, ManagerConfiguration.quick());
          AtStep killed = new AtStep(MADE_WRITABLE, b::kill)) {
        Instant now = Instant.now();
        managed.submit(
            new Command.RegisterCandidate(
                new Candidate(keyOf(b), PromotionRule.MUST, now, now.plus(Duration.ofHours(1)))));
        a.kill();
        await("the intended server is dead").atMost(Managed.LIMIT).until(killed::isDone);

        RecoveryTicket ticket = managed.awaitRecoveryOf(a);

        assertThat(ticket.intended()).contains(keyOf(b));
        assertThat(ticket.promoted()).isEmpty();
        assertThat(ticket.successful()).isFalse();
        assertThat(ticket.errors())
            .anyMatch(error ->
                error.startsWith(keyOf(b) + " was to be promoted")
                    && error.contains("No other server was promoted"));
        assertThat(Servers.writable(sandbox)).isEmpty();
        assertThat(managed.recoveries()).hasSize(1);
      }
    }
  }
}
