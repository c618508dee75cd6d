package orchestrator.server.app;

import java.io.IOException;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import orchestrator.core.facts.ManagerNode;
import orchestrator.core.recovery.SemiSyncGuard;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.server.backend.BackendException;
import orchestrator.server.backend.SqlBackend;
import orchestrator.server.backend.StandaloneConsensus;
import orchestrator.server.backend.StoreInUseException;
import orchestrator.server.config.Configuration;
import orchestrator.server.engine.Consensus;
import orchestrator.server.engine.Group;
import orchestrator.server.engine.NodeInfo;
import orchestrator.server.engine.World;
import orchestrator.server.engine.manager.Introduction;
import orchestrator.server.engine.manager.Manager;
import orchestrator.server.engine.manager.Manager.ManagerSettings;
import orchestrator.server.engine.recovery.Recoveries;
import orchestrator.server.hooks.ShellHooks;
import orchestrator.server.mysql.MySqlServers;
import orchestrator.server.mysql.SystemNames;
import orchestrator.server.observe.Audit;
import orchestrator.server.observe.AuditFile;
import orchestrator.server.observe.AuditSink;
import orchestrator.server.raft.RaftConsensus;
import orchestrator.server.raft.RaftException;
import orchestrator.server.raft.RaftSettings;

/** A manager with everything it acts through. Closed in the reverse order of opening. */
final class Wiring implements AutoCloseable {
  private final SqlBackend backend;
  private final Consensus consensus;
  private final Optional<RaftConsensus> group;
  private final SemiSyncGuard semiSync;
  private final SystemNames names;
  private final MySqlServers servers;
  private final Optional<AuditFile> auditFile;
  private final Manager manager;

  private Wiring(
      Configuration configuration,
      NodeInfo node,
      InstantSource clock,
      Optional<Membership> membership)
      throws IOException {
    Settings settings = new Settings(configuration);
    semiSync = new SemiSyncGuard(settings.recovery().replicas());
    backend = Backends.open(configuration);
    try {
      group =
          membership.map(member ->
              RaftConsensus.start(member.settings(), backend::projection, clock, member.onDoom()));
      consensus = group.isPresent() ? group.get() : StandaloneConsensus.open(backend);
    } catch (RaftException | BackendException e) {
      backend.close();
      throw e;
    }
    names = new SystemNames(configuration.topologyAccess().connectTimeout());
    servers =
        new MySqlServers(
            settings.topologyAccess(),
            settings.hostnames(
                names, clock, name -> consensus.state().hostsCalled(name, clock.instant())),
            host -> consensus.state().nameForReplicas(host, clock.instant()),
            this::acknowledges,
            clock);
    auditFile =
        configuration.audit().logFile().map(file -> new AuditFile(file, ZoneId.systemDefault()));
    List<AuditSink> sinks = new ArrayList<>();
    auditFile.ifPresent(sinks::add);
    if (configuration.audit().toBackend()) {
      sinks.add(backend);
    }
    manager =
        new Manager(
            new Manager.Ports(
                servers,
                consensus,
                backend,
                new ShellHooks(configuration.hooks().shell()),
                new Audit(clock, sinks),
                clock),
            new ManagerSettings(
                settings.discovery(),
                settings.detection(),
                new Recoveries.Rules(
                    settings.recovery(),
                    settings.analysis().recoverMasters(),
                    settings.analysis().recoverIntermediateMasters()),
                configuration.discoveryFilters().seeds(),
                configuration.audit().retention(),
                configuration.pseudoGtid().injected()),
            membership.map(member -> node.named(member.settings().self().name())).orElse(node));
    group.ifPresent(shared ->
        Introduction.begin(consensus, shared, introduced(membership.orElseThrow().settings())));
  }

  /** Asked only when the manager acts, so when everything is put together. */
  private Optional<Boolean> acknowledges(Instance replica, InstanceKey source) {
    World world = manager.operations().world();
    return semiSync.acknowledges(replica, source, world.topology(), world.state(), world.at());
  }

  private static ManagerNode introduced(RaftSettings settings) {
    return new ManagerNode(
        settings.self().name(), settings.httpUri(), settings.dataCenter(), settings.version());
  }

  /**
   * Opens the node's state and puts everything together; polls nothing yet.
   *
   * @param membership empty for a node that stands alone
   * @throws InUseException when another process works on the state
   * @throws IOException when the state cannot be used; says what to do
   */
  static Wiring open(
      Configuration configuration,
      NodeInfo node,
      InstantSource clock,
      Optional<Membership> membership)
      throws IOException {
    try {
      return new Wiring(configuration, node, clock, membership);
    } catch (StoreInUseException e) {
      throw new InUseException(e);
    } catch (BackendException | RaftException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /** As above, for a node that stands alone. */
  static Wiring open(Configuration configuration, NodeInfo node, InstantSource clock)
      throws IOException {
    return open(configuration, node, clock, Optional.empty());
  }

  /**
   * This node's part in a group.
   *
   * @param onDoom called when it cannot go on; the process must end, with this message
   */
  record Membership(RaftSettings settings, Consumer<String> onDoom) {}

  /** The state belongs to another process now: a running manager, or another command. */
  static final class InUseException extends IOException {
    private static final long serialVersionUID = 1;

    InUseException(StoreInUseException cause) {
      super(cause.getMessage(), cause);
    }
  }

  Manager manager() {
    return manager;
  }

  Optional<Group> group() {
    return group.map(Group.class::cast);
  }

  /**
   * Why this node's own store does not work; empty while it does. Without a group, the log is in
   * it.
   */
  Optional<String> backendFailure() {
    return group.isPresent() ? backend.failure() : backend.failure().or(consensus::failure);
  }

  String backendPlace() {
    return backend.description();
  }

  /** Has another node lead, where there is one: the first thing that a node does when it leaves. */
  void handOver() {
    group.ifPresent(RaftConsensus::handOver);
  }

  @Override
  public void close() {
    manager.close();
    servers.close();
    names.close();
    consensus.close();
    backend.close();
    auditFile.ifPresent(AuditFile::close);
  }
}
