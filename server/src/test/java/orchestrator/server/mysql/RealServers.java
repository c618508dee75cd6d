package orchestrator.server.mysql;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import orchestrator.core.relocation.ActionOutcome;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.relocation.ServerAction.SourcePosition;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.sandbox.Account;
import orchestrator.sandbox.Sandbox;
import orchestrator.sandbox.SandboxServer;
import orchestrator.server.engine.Fence;
import orchestrator.server.engine.Leadership;
import orchestrator.server.engine.ProbeResult;
import orchestrator.server.engine.Servers.ProbeDepth;

/** What tests against real servers need again and again. */
final class RealServers {
  static final Duration SOON = Duration.ofSeconds(10);
  static final Fence FENCE = fence("test-node", 5, "test");

  /** Of a manager that leads in this term, and goes on leading. */
  static Fence fence(String node, long term, String purpose) {
    return fence(node, term, purpose, () -> true);
  }

  /**
   * @param leads whether it still does
   */
  static Fence fence(String node, long term, String purpose, BooleanSupplier leads) {
    return new Fence(
        node,
        new Leadership() {
          @Override
          public long term() {
            return term;
          }

          @Override
          public boolean isValid() {
            return leads.getAsBoolean();
          }
        },
        purpose);
  }

  private RealServers() {}

  static TopologyAccess access() {
    return TopologyAccess.of(Account.ORCHESTRATOR.user(), Account.ORCHESTRATOR.password())
        .with(TopologyAccess.ServerName.AS_GIVEN)
        .withReplicationCredentials(
            "",
            Optional.of(
                ReplicationCredentials.of(
                    Account.REPLICATION.user(), Account.REPLICATION.password())));
  }

  static MySqlServers manager(TopologyAccess access) {
    return manager(access, host -> Optional.empty());
  }

  /**
   * @param namesForReplicas by the host names of their sources
   */
  static MySqlServers manager(
      TopologyAccess access, Function<String, Optional<String>> namesForReplicas) {
    return new MySqlServers(
        access,
        new HostnameResolver(
            HostnameResolver.Method.NONE,
            Duration.ofHours(1),
            Optional.empty(),
            new SystemNames(Duration.ofSeconds(1)),
            InstantSource.system(),
            name -> List.of()),
        namesForReplicas,
        (replica, source) -> Optional.empty(),
        InstantSource.system());
  }

  static InstanceKey key(SandboxServer server) {
    return new InstanceKey(server.host(), server.port());
  }

  static Instance probe(MySqlServers servers, InstanceKey key) {
    return seen(servers.probe(key, ProbeDepth.REGULAR, SOON));
  }

  static Instance seen(ProbeResult result) {
    if (result instanceof ProbeResult.Seen seen) {
      return seen.instance();
    }
    throw new AssertionError("expected an answer, got " + result);
  }

  static Instance applied(MySqlServers servers, ServerAction action) {
    return applied(servers.perform(action, FENCE, SOON));
  }

  static Instance applied(ActionOutcome outcome) {
    if (outcome instanceof ActionOutcome.Applied applied) {
      return applied.after();
    }
    throw new AssertionError("expected it to be applied, got " + outcome);
  }

  static SourcePosition gtid(SandboxServer server) {
    return server.kind().isMariaDb()
        ? new SourcePosition.MariaDbSlavePos()
        : new SourcePosition.OracleAuto();
  }

  static SourcePosition gtidOfFormerMaster(SandboxServer server) {
    return server.kind().isMariaDb()
        ? new SourcePosition.MariaDbCurrentPos()
        : new SourcePosition.OracleAuto();
  }

  /** Everything replicates from the first server again, as at the start. */
  static void restore(Sandbox sandbox) {
    SandboxServer master = sandbox.master();
    for (SandboxServer server : sandbox.servers()) {
      server.resume();
      server.start();
    }
    if (!master.replicaStatus().isEmpty()) {
      master.sql("STOP SLAVE", "RESET SLAVE ALL");
    }
    master.sql("SET GLOBAL read_only=0");
    for (SandboxServer replica : sandbox.replicas()) {
      replica.sql("STOP SLAVE", "RESET SLAVE ALL", "SET GLOBAL read_only=1");
      replica.replicateFrom(master);
      replica.awaitReplicating(Duration.ofSeconds(30));
    }
  }
}
