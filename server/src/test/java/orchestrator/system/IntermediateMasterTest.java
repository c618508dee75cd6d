package orchestrator.system;

import static orchestrator.system.Managed.keyOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.facts.ReplicaFate;
import orchestrator.sandbox.Sandbox;
import orchestrator.sandbox.SandboxServer;
import orchestrator.sandbox.SandboxSpec;
import orchestrator.sandbox.ServerKind;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An intermediate master dies: its replicas go on elsewhere, nothing else is touched. */
class IntermediateMasterTest {
  @TempDir Path folder;

  @Test
  void replicasOfAKilledIntermediateMasterGoOnBelowItsSibling() {
    replicasGoOn(ServerKind.MYSQL_8_0);
  }

  @Tag("long")
  @ParameterizedTest
  @EnumSource(
      value = ServerKind.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"MYSQL_8_0"})
  void replicasGoOnWithOtherKindsOfServers(ServerKind kind) {
    replicasGoOn(kind);
  }

  private void replicasGoOn(ServerKind kind) {
    SandboxSpec spec = SandboxSpec.shape(kind, "s1>s2", "s1>s3", "s2>s4", "s2>s5");
    try (Sandbox sandbox = Sandbox.start(spec)) {
      Servers.createLedger(sandbox);
      ManagerConfiguration configuration =
          ManagerConfiguration.quick()
              .with("RecoverIntermediateMasterClusterFilters", List.of("*"));
      try (Managed managed = Managed.over(sandbox, folder, configuration)) {
        SandboxServer dead = sandbox.server("s2");
        SandboxServer sibling = sandbox.server("s3");
        List<SandboxServer> children = List.of(sandbox.server("s4"), sandbox.server("s5"));
        dead.kill();
        for (SandboxServer child : children) {
          await()
              .pollInterval(Duration.ofMillis(10))
              .atMost(Managed.LIMIT)
              .until(() -> Servers.replicatesFrom(child, sibling));
        }
        RecoveryTicket ticket = managed.awaitRecoveryOf(dead);
        assertThat(managed.promotedBy(ticket)).isEqualTo(sibling);
        assertThat(ticket.replicasWith(ReplicaFate.Kind.MOVED))
            .containsExactlyElementsOf(children.stream().map(Managed::keyOf).sorted().toList());
        Servers.write(sandbox.master(), 1);
        for (SandboxServer child : children) {
          await().atMost(Managed.LIMIT).until(() -> Servers.ledgerOf(child).contains("1"));
        }
        assertThat(Servers.writable(sandbox)).containsExactly(sandbox.master());
        assertThat(managed.state().demoted()).isEmpty();
        assertThat(managed.state().downtimes()).doesNotContainKey(keyOf(dead));
      }
    }
  }
}
