package orchestrator.system;

import static orchestrator.system.Managed.keyOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Instant;
import orchestrator.core.facts.Downtime;
import orchestrator.core.state.Command;
import orchestrator.core.topology.InstanceKey;
import orchestrator.sandbox.Sandbox;
import orchestrator.sandbox.SandboxServer;
import orchestrator.sandbox.SandboxSpec;
import orchestrator.sandbox.ServerKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Servers that give themselves another name than the one they are asked for by. */
class NamesTest {
  @Test
  void aServerHasOneNameWhateverItIsAskedForBy(@TempDir Path folder) {
    ManagerConfiguration configuration =
        ManagerConfiguration.quick().with("MySQLHostnameResolveMethod", "@@report_host");
    SandboxSpec spec = SandboxSpec.masterAndReplicas(ServerKind.MARIADB_11_4, 1);
    try (Sandbox sandbox = Sandbox.start(spec);
        Managed managed = Managed.over(sandbox, folder, configuration)) {
      SandboxServer master = sandbox.master();
      InstanceKey met = new InstanceKey("localhost", master.port());
      Instant now = Instant.now();

      managed.submit(new Command.Discover(met));
      managed.submit(
          new Command.BeginDowntime(
              new Downtime(met, "tester", "maintenance", now, now.plusSeconds(3600))));
      await("it is known by its own name only")
          .atMost(Managed.LIMIT)
          .until(() -> managed.state().knownAs(met).equals(keyOf(master)));

      assertThat(managed.state().known())
          .containsExactlyInAnyOrder(keyOf(master), keyOf(sandbox.replicas().getFirst()));
      assertThat(managed.state().downtimes()).containsOnlyKeys(keyOf(master));
      assertThat(managed.topology().instances()).hasSize(2);

      managed.stopManager();
      master.kill();
      managed.startManager();
      await("its death is seen")
          .atMost(Managed.LIMIT)
          .until(() -> !managed.operations().world().diagnoses().isEmpty());
      assertThat(managed.topology().instances()).as("not a second time").hasSize(2);
    }
  }
}
