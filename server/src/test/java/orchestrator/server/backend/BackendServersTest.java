package orchestrator.server.backend;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import orchestrator.core.state.Command;
import orchestrator.sandbox.Account;
import orchestrator.sandbox.Sandbox;
import orchestrator.sandbox.SandboxServer;
import orchestrator.sandbox.SandboxSpec;
import orchestrator.sandbox.ServerKind;
import orchestrator.server.engine.Consensus.Submission;
import orchestrator.server.engine.History.RecoveryStep;
import orchestrator.server.observe.AuditRecord;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Other servers than the one of the other tests hold a store, too. */
class BackendServersTest {

  @ParameterizedTest
  @EnumSource(
      value = ServerKind.class,
      names = {"MYSQL_5_7", "MARIADB_11_4"})
  void stateAndHistorySurviveARestart(ServerKind kind) {
    try (Sandbox sandbox = Sandbox.start(SandboxSpec.shape(kind, "A").tuned())) {
      MySqlAccess access = access(sandbox.master());
      try (SqlBackend backend = MySqlBackend.open(access);
          StandaloneConsensus consensus = StandaloneConsensus.open(backend)) {
        Command open = new Command.OpenRecovery(Recorded.ticket("u1", Recorded.A));
        assertThat(consensus.submit(List.of(open), StoreFixture.PATIENCE))
            .isInstanceOf(Submission.Committed.class);
        backend.audit(new AuditRecord(Recorded.NOON, "seen", Optional.empty(), "", "größer ✓"));
        backend.purge(Instant.EPOCH, Instant.EPOCH);
      }
      try (SqlBackend backend = MySqlBackend.open(access);
          StandaloneConsensus consensus = StandaloneConsensus.open(backend)) {
        assertThat(consensus.state().recoveries()).containsOnlyKeys("u1");
        assertThat(backend.recoverySteps("u1")).extracting(RecoveryStep::message).hasSize(1);
        assertThat(backend.audit(Optional.empty(), 0))
            .singleElement()
            .satisfies(entry -> assertThat(entry.message()).isEqualTo("größer ✓"));
      }
    }
  }

  private static MySqlAccess access(SandboxServer server) {
    return new MySqlAccess(
        server.host(),
        server.port(),
        "orchestrator_state",
        Account.ADMIN.user(),
        Account.ADMIN.password(),
        Duration.ofSeconds(5),
        Duration.ofSeconds(10),
        2,
        false,
        -1,
        MySqlAccess.Tls.NONE);
  }
}
