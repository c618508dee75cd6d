package orchestrator.server.app;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import orchestrator.server.backend.BackendException;
import orchestrator.server.backend.DataFileInUseException;
import orchestrator.server.backend.SqliteBackend;
import orchestrator.server.backend.StandaloneConsensus;
import orchestrator.server.config.Configuration;
import orchestrator.server.engine.NodeInfo;
import orchestrator.server.engine.manager.Manager;
import orchestrator.server.engine.manager.Manager.ManagerSettings;
import orchestrator.server.engine.recovery.Recoveries;
import orchestrator.server.hooks.ShellHooks;
import orchestrator.server.mysql.MySqlServers;
import orchestrator.server.mysql.SystemNames;
import orchestrator.server.observe.Audit;
import orchestrator.server.observe.AuditFile;
import orchestrator.server.observe.AuditSink;

/** A manager with everything it acts through. Closed in the reverse order of opening. */
final class Wiring implements AutoCloseable {
  private final SqliteBackend backend;
  private final StandaloneConsensus consensus;
  private final SystemNames names;
  private final MySqlServers servers;
  private final Optional<AuditFile> auditFile;
  private final Manager manager;

  private Wiring(Configuration configuration, NodeInfo node, InstantSource clock, Path dataFile) {
    Settings settings = new Settings(configuration);
    backend = SqliteBackend.open(dataFile);
    consensus = StandaloneConsensus.open(backend);
    names = new SystemNames(configuration.topologyAccess().connectTimeout());
    servers = new MySqlServers(settings.topologyAccess(), settings.hostnames(names, clock), clock);
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
                configuration.audit().retention()),
            node);
  }

  /**
   * Opens the node's state and puts everything together; polls nothing yet.
   *
   * @throws InUseException when another process works on the state
   * @throws IOException when the state cannot be used; says what to do
   */
  static Wiring open(Configuration configuration, NodeInfo node, InstantSource clock)
      throws IOException {
    Path dataFile =
        configuration
            .backend()
            .sqliteDataFile()
            .orElseThrow(() -> new IOException("SQLite3DataFile is not set"));
    try {
      return new Wiring(configuration, node, clock, dataFile);
    } catch (DataFileInUseException e) {
      throw new InUseException(e);
    } catch (BackendException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /** The state belongs to another process now: a running manager, or another command. */
  static final class InUseException extends IOException {
    private static final long serialVersionUID = 1;

    InUseException(DataFileInUseException cause) {
      super(cause.getMessage(), cause);
    }
  }

  Manager manager() {
    return manager;
  }

  Path backendPath() {
    return backend.path();
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
