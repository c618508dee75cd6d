package orchestrator.simulation;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import orchestrator.core.gtid.GtidSet;
import orchestrator.core.gtid.MariaDbGtidSet;
import orchestrator.core.gtid.OracleGtidSet;
import orchestrator.core.relocation.ActionOutcome;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.sandbox.Account;
import orchestrator.sandbox.Sandbox;
import orchestrator.sandbox.SandboxServer;
import orchestrator.sandbox.SandboxSpec;
import orchestrator.sandbox.ServerKind;
import orchestrator.server.engine.Fence;
import orchestrator.server.engine.Leadership;
import orchestrator.server.engine.ProbeResult;
import orchestrator.server.engine.Servers.ProbeDepth;
import orchestrator.server.mysql.HostnameResolver;
import orchestrator.server.mysql.MySqlServers;
import orchestrator.server.mysql.ReplicationCredentials;
import orchestrator.server.mysql.SystemNames;
import orchestrator.server.mysql.TopologyAccess;

/** Real servers, read and changed as the manager does it. */
final class RealStage implements Stage {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final Duration ANSWER = Duration.ofSeconds(2);

  private final Sandbox sandbox;
  private final SystemNames names = new SystemNames(Duration.ofSeconds(1));
  private final MySqlServers servers;
  private final Map<String, String> serverNames = new TreeMap<>();
  private final Baseline baseline;

  RealStage(ServerKind kind) {
    sandbox = Sandbox.start(SandboxSpec.masterAndReplicas(kind, NAMES.size() - 1).tuned());
    servers =
        new MySqlServers(
            TopologyAccess.of(Account.ORCHESTRATOR.user(), Account.ORCHESTRATOR.password())
                .with(TopologyAccess.ServerName.AS_GIVEN)
                .withReplicationCredentials(
                    "",
                    Optional.of(
                        ReplicationCredentials.of(
                            Account.REPLICATION.user(), Account.REPLICATION.password()))),
            new HostnameResolver(
                HostnameResolver.Method.NONE,
                Duration.ofHours(1),
                Optional.empty(),
                names,
                InstantSource.system(),
                name -> List.of()),
            InstantSource.system());
    sandbox.master().sql("CREATE DATABASE IF NOT EXISTS app");
    sandbox.master().sql("CREATE TABLE app.script (id CHAR(36) PRIMARY KEY) ENGINE=InnoDB");
    sandbox.awaitCaughtUp(SOON);
    OracleGtidSet oracle = OracleGtidSet.EMPTY;
    MariaDbGtidSet mariaDb = MariaDbGtidSet.EMPTY;
    for (String name : NAMES) {
      Instance instance = read(name).orElseThrow();
      serverNames.put(instance.identity().serverUuid(), name);
      serverNames.put(Long.toString(instance.identity().serverId()), name);
      GtidSet executed = instance.gtid().executed().orElseThrow();
      if (executed instanceof OracleGtidSet set) {
        oracle = oracle.union(set);
      } else if (executed instanceof MariaDbGtidSet set) {
        mariaDb = mariaDb.union(set);
      }
    }
    baseline = new Baseline(oracle.toString(), mariaDb.positions());
  }

  @Override
  public InstanceKey key(String name) {
    return new InstanceKey(sandbox.server(name).host(), sandbox.server(name).port());
  }

  @Override
  public boolean write(String name) {
    try (Connection session = sandbox.server(name).connect(Account.APPLICATION);
        Statement statement = session.createStatement()) {
      statement.execute("INSERT INTO app.script VALUES (UUID())");
      return true;
    } catch (SQLException e) {
      return false;
    }
  }

  @Override
  public void perform(ServerAction action) {
    ActionOutcome outcome = servers.perform(action, fence(), SOON);
    if (!(outcome instanceof ActionOutcome.Applied)) {
      throw new AssertionError(action + " was not carried out: " + outcome);
    }
  }

  @Override
  public void attempt(ServerAction action) {
    servers.perform(action, fence(), SOON);
  }

  private static Fence fence() {
    return new Fence(
        "script",
        new Leadership() {
          @Override
          public long term() {
            return 1;
          }

          @Override
          public boolean isValid() {
            return true;
          }
        },
        "script");
  }

  @Override
  public void kill(String name) {
    sandbox.server(name).kill();
  }

  @Override
  public void start(String name) {
    sandbox.server(name).start();
  }

  @Override
  public void freeze(String name) {
    sandbox.server(name).freeze();
  }

  @Override
  public void resume(String name) {
    sandbox.server(name).resume();
  }

  @Override
  public Optional<Instance> read(String name) {
    SandboxServer.State state = sandbox.server(name).state();
    if (state != SandboxServer.State.RUNNING) {
      return Optional.empty();
    }
    return servers.probe(key(name), ProbeDepth.REGULAR, ANSWER) instanceof ProbeResult.Seen seen
        ? Optional.of(seen.instance())
        : Optional.empty();
  }

  @Override
  public Map<String, String> names() {
    return serverNames;
  }

  @Override
  public Baseline baseline() {
    return baseline;
  }

  @Override
  public void close() {
    servers.close();
    names.close();
    sandbox.close();
  }
}
