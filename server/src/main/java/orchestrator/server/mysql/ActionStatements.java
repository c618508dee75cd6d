package orchestrator.server.mysql;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import orchestrator.core.gtid.BinlogCoordinates;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.relocation.ServerAction.SourcePosition;
import orchestrator.core.topology.Flavor;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.Replication;
import orchestrator.core.topology.SemiSync;
import orchestrator.core.topology.ThreadState;

/** Which statements carry out an action on a server in a given state. Pure. */
final class ActionStatements {
  private final Instance server;
  private final Dialect dialect;
  private final Supplements supplements;

  /**
   * What an action needs and an {@link Instance} does not tell. All but the last are for a change
   * of source.
   *
   * @param credentials for a server that has none of its own
   * @param heartbeatSeconds the period in force, which a change of source would reset; empty to let
   *     the server choose
   * @param sourceName the host name to use for the source in place of its own
   * @param acknowledging whether a replica that is started is to acknowledge its source's commits;
   *     empty to leave that as it is
   */
  record Supplements(
      Optional<ReplicationCredentials> credentials,
      String heartbeatSeconds,
      Optional<String> sourceName,
      Optional<Boolean> acknowledging) {
    static final Supplements NONE = new Supplements(Optional.empty(), "");

    Supplements(Optional<ReplicationCredentials> credentials, String heartbeatSeconds) {
      this(credentials, heartbeatSeconds, Optional.empty(), Optional.empty());
    }

    Supplements with(Optional<String> name) {
      return new Supplements(credentials, heartbeatSeconds, name, acknowledging);
    }

    Supplements acknowledging(Optional<Boolean> wanted) {
      return new Supplements(credentials, heartbeatSeconds, sourceName, wanted);
    }
  }

  private ActionStatements(Instance server, Supplements supplements) {
    this.server = server;
    this.dialect = Dialect.of(server.version());
    this.supplements = supplements;
  }

  /** The statements; none when the server is as asked. */
  static List<String> of(ServerAction action, Instance server, Supplements supplements) {
    return new ActionStatements(server, supplements).of(action);
  }

  private List<String> of(ServerAction action) {
    return switch (action) {
      case ServerAction.StopReplication ignored -> List.of(dialect.stopReplica());
      case ServerAction.StopIoThread ignored -> List.of(dialect.stopIoThread());
      case ServerAction.StartIoThread ignored -> guarded(dialect.startIoThread());
      case ServerAction.StartSqlThread ignored -> List.of(dialect.startSqlThread());
      case ServerAction.StartReplication ignored -> guarded(dialect.startReplica());
      case ServerAction.RestartReplication ignored -> restart();
      case ServerAction.ChangeSource change -> changeSource(change);
      case ServerAction.ResetReplication ignored -> reset();
      case ServerAction.DetachSource ignored -> rename(true);
      case ServerAction.ReattachSource ignored -> rename(false);
      case ServerAction.SetReadOnly set -> setReadOnly(set);
      case ServerAction.EndClients ignored -> List.of(ClientEnding.FOR_DISPLAY);
      case ServerAction.InjectMarker inject -> List.of(inject.statement());
      case ServerAction.SetSemiSyncMaster set -> semiSyncMaster(set.enabled());
      case ServerAction.SetSemiSyncReplica set -> semiSyncReplica(set.enabled(), isIoThreadOn());
    };
  }

  private List<String> restart() {
    List<String> statements = new ArrayList<>();
    statements.add(dialect.stopReplica());
    addStart(statements);
    return statements;
  }

  private void addStart(List<String> statements) {
    statements.addAll(semiSyncOfReplica(false));
    statements.add(dialect.startReplica());
  }

  private List<String> guarded(String start) {
    List<String> statements = new ArrayList<>(semiSyncOfReplica(isIoThreadOn()));
    statements.add(start);
    return statements;
  }

  /**
   * Before a replica is started: whether it acknowledges is said when it connects. A former master
   * must not wait for acknowledgements of its own; a co-master that takes writes still does.
   */
  private List<String> semiSyncOfReplica(boolean connecting) {
    List<String> statements = new ArrayList<>();
    SemiSync semiSync = server.semiSync();
    if (semiSync.priority() > 0 && semiSync.masterEnabled() && server.readOnly()) {
      statements.addAll(semiSyncMaster(false));
    }
    supplements
        .acknowledging()
        .ifPresent(wanted -> statements.addAll(semiSyncReplica(wanted, connecting)));
    return statements;
  }

  private List<String> changeSource(ServerAction.ChangeSource change) {
    List<String> statements = new ArrayList<>();
    if (isAnyThreadOn()) {
      statements.add(dialect.stopReplica());
    }
    if (!hasGoneOnFrom(change)) {
      statements.add(changeStatement(change));
    }
    if (change.start()) {
      addStart(statements);
    }
    return statements;
  }

  /** It was changed so before, and is never taken back: it would apply transactions twice. */
  private boolean hasGoneOnFrom(ServerAction.ChangeSource change) {
    String name = supplements.sourceName().orElse(change.source().hostname());
    return change.position() instanceof SourcePosition.FileAndPosition file
        && server
            .replication()
            .filter(r -> !r.usesGtid())
            .filter(r ->
                r.source().equals(change.source())
                    || r.source().equals(new InstanceKey(name, change.source().port())))
            .filter(r -> ActionGoal.isAtOrAfter(r.executed(), file.coordinates()))
            .isPresent();
  }

  private String changeStatement(ServerAction.ChangeSource change) {
    List<String> options = new ArrayList<>();
    addAddress(
        options,
        supplements
            .sourceName()
            .map(name -> new InstanceKey(name, change.source().port()))
            .orElse(change.source()));
    addCredentials(options);
    addPosition(options, change.position());
    addConnection(options);
    return dialect.changeSource() + String.join(", ", options);
  }

  private List<String> reset() {
    if (server.replication().isEmpty()) {
      return List.of();
    }
    return List.of(dialect.stopReplica(), dialect.resetReplicaAll());
  }

  /** Detaches or reattaches: the same source under another name. */
  private List<String> rename(boolean detach) {
    Replication replication = server.replication().orElse(null);
    if (replication == null) {
      return List.of();
    }
    InstanceKey source =
        detach ? replication.source().detached() : replication.source().reattached();
    if (source.equals(replication.source())) {
      return List.of();
    }
    List<String> statements = new ArrayList<>();
    if (isAnyThreadOn()) {
      statements.add(dialect.stopReplica());
    }
    List<String> options = new ArrayList<>();
    addAddress(options, source);
    if (!replication.usesGtid()) {
      // Naming a host makes the server start at its first log: say where it was.
      addCoordinates(options, replication.executed());
    }
    addConnection(options);
    statements.add(dialect.changeSource() + String.join(", ", options));
    if (isAnyThreadOn() || !detach) {
      addStart(statements);
    }
    return statements;
  }

  private boolean isAnyThreadOn() {
    return server.replication().filter(r -> isOn(r.ioThread()) || isOn(r.sqlThread())).isPresent();
  }

  private boolean isIoThreadOn() {
    return server.replication().filter(r -> isOn(r.ioThread())).isPresent();
  }

  private static boolean isOn(ThreadState state) {
    return state == ThreadState.RUNNING || state == ThreadState.OTHER;
  }

  private void addAddress(List<String> options, InstanceKey source) {
    options.add(dialect.sourceOption("HOST=") + quote(source.hostname()));
    options.add(dialect.sourceOption("PORT=") + source.port());
  }

  /** A replica keeps the login it has. */
  private void addCredentials(List<String> options) {
    supplements
        .credentials()
        .ifPresent(credentials -> {
          options.add(dialect.sourceOption("USER=") + quote(credentials.user()));
          options.add(dialect.sourceOption("PASSWORD=") + quote(credentials.password()));
        });
  }

  private void addPosition(List<String> options, SourcePosition position) {
    switch (position) {
      case SourcePosition.OracleAuto ignored ->
          options.add(dialect.sourceOption("AUTO_POSITION=1"));
      case SourcePosition.MariaDbSlavePos ignored -> options.add("MASTER_USE_GTID=slave_pos");
      case SourcePosition.MariaDbCurrentPos ignored -> {
        if (dialect.hasDemoteToReplica()) {
          options.add("MASTER_USE_GTID=slave_pos");
          options.add("MASTER_DEMOTE_TO_SLAVE=1");
        } else {
          options.add("MASTER_USE_GTID=current_pos");
        }
      }
      case SourcePosition.FileAndPosition file -> {
        addCoordinates(options, file.coordinates());
        if (dialect.isMariaDb()) {
          options.add("MASTER_USE_GTID=no");
        } else if (server.usesOracleGtid()) {
          options.add(dialect.sourceOption("AUTO_POSITION=0"));
        }
      }
    }
  }

  private void addCoordinates(List<String> options, BinlogCoordinates at) {
    options.add(dialect.sourceOption("LOG_FILE=") + quote(at.logFile()));
    options.add(dialect.sourceOption("LOG_POS=") + at.logPos());
  }

  private void addConnection(List<String> options) {
    if (!supplements.heartbeatSeconds().isEmpty()) {
      options.add(dialect.sourceOption("HEARTBEAT_PERIOD=") + supplements.heartbeatSeconds());
    }
    TlsOptions.add(options, dialect, server, supplements.credentials());
  }

  private List<String> setReadOnly(ServerAction.SetReadOnly set) {
    List<String> statements = new ArrayList<>();
    boolean semiSync = server.semiSync().priority() > 0;
    if (!set.readOnly() && semiSync) {
      statements.addAll(semiSyncMaster(true));
    }
    boolean superReadOnly = set.withSuperReadOnly() && hasSuperReadOnly();
    if (set.readOnly()) {
      statements.add("SET GLOBAL read_only=1");
      if (superReadOnly) {
        statements.add("SET GLOBAL super_read_only=1");
      }
    } else {
      if (superReadOnly) {
        statements.add("SET GLOBAL super_read_only=0");
      }
      statements.add("SET GLOBAL read_only=0");
    }
    if (set.readOnly() && semiSync) {
      statements.addAll(semiSyncMaster(false));
    }
    return statements;
  }

  /** MySQL since 5.7.8, and Percona Server; MariaDB has none. */
  private boolean hasSuperReadOnly() {
    return server.version().flavor() == Flavor.PERCONA
        || (!dialect.isMariaDb() && server.version().isAtLeast(5, 7, 8));
  }

  private List<String> semiSyncMaster(boolean enabled) {
    SemiSync semiSync = server.semiSync();
    if (!semiSync.available()) {
      return List.of();
    }
    String variable =
        semiSync.masterPluginNewVersion()
            ? "rpl_semi_sync_source_enabled"
            : "rpl_semi_sync_master_enabled";
    return List.of("SET GLOBAL " + variable + "=" + (enabled ? 1 : 0));
  }

  private List<String> semiSyncReplica(boolean enabled, boolean connecting) {
    SemiSync semiSync = server.semiSync();
    boolean inEffect = !connecting || semiSync.replicaStatus() == enabled;
    if (!semiSync.available() || (semiSync.replicaEnabled() == enabled && inEffect)) {
      return List.of();
    }
    String variable =
        semiSync.replicaPluginNewVersion()
            ? "rpl_semi_sync_replica_enabled"
            : "rpl_semi_sync_slave_enabled";
    List<String> statements = new ArrayList<>();
    statements.add("SET GLOBAL " + variable + "=" + (enabled ? 1 : 0));
    if (connecting) {
      statements.add(dialect.stopIoThread());
      statements.add(dialect.startIoThread());
    }
    return statements;
  }

  /** A text literal for a session whose {@code sql_mode} is empty. */
  static String quote(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'";
  }
}
