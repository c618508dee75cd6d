package orchestrator.core.recovery.simulation;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import orchestrator.core.gtid.BinlogCoordinates;
import orchestrator.core.gtid.GtidSet;
import orchestrator.core.gtid.MariaDbGtidSet;
import orchestrator.core.gtid.OracleGtid;
import orchestrator.core.gtid.OracleGtidSet;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.testing.InstanceBuilder;
import orchestrator.core.topology.Binlog;
import orchestrator.core.topology.BinlogFormat;
import orchestrator.core.topology.Classification;
import orchestrator.core.topology.Freshness;
import orchestrator.core.topology.Gtid;
import orchestrator.core.topology.Identity;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.Replication;
import orchestrator.core.topology.ReplicationTls;
import orchestrator.core.topology.SemiSync;
import orchestrator.core.topology.ServerVersion;
import orchestrator.core.topology.ThreadState;

/**
 * A server that replicates as time passes. Times are milliseconds since the world began. What it
 * has is kept as a set; a MariaDB server shows it as a position, which is the same while all of it
 * comes from one master.
 */
final class SimulatedServer {
  /** Whether it answers. */
  enum Health {
    WELL,
    /** Connections are refused. */
    DEAD,
    /** Nothing is answered, and what was sent may be executed later. */
    FROZEN
  }

  final InstanceKey key;
  final String uuid;
  Health health = Health.WELL;
  boolean readOnly = true;
  boolean mariaDb;
  boolean logsUpdates = true;
  OracleGtidSet executed = OracleGtidSet.EMPTY;
  OracleGtidSet retrieved = OracleGtidSet.EMPTY;
  Optional<InstanceKey> source = Optional.empty();
  boolean ioRunning;
  boolean sqlRunning;

  /** How long one transaction takes to apply. */
  long applyMillis = 1;

  /** How long an answer takes. */
  long latencyMillis = 1;

  /** A transaction at which the SQL thread stops with an error; 0 for none. */
  long poison;

  String sqlError = "";
  private long appliedUntil;

  SimulatedServer(InstanceKey key) {
    this.key = key;
    this.uuid = InstanceBuilder.uuidOf(key);
  }

  /** What it has, applied or not. */
  OracleGtidSet fetched() {
    return executed.union(retrieved);
  }

  void replicateFrom(InstanceKey newSource) {
    source = Optional.of(newSource);
    ioRunning = true;
    sqlRunning = true;
  }

  /** Lets time pass: fetches from the source, applies as fast as it can. */
  void advance(long now, Map<InstanceKey, SimulatedServer> servers, int depth) {
    if (health != Health.WELL) {
      appliedUntil = now;
      return;
    }
    SimulatedServer from = source.map(servers::get).orElse(null);
    if (from != null && ioRunning && from.health == Health.WELL && depth < servers.size()) {
      from.advance(now, servers, depth + 1);
      retrieved = retrieved.union(from.executed.subtract(executed));
    }
    OracleGtidSet waiting = retrieved.subtract(executed);
    if (waiting.isEmpty() || !sqlRunning) {
      appliedUntil = now;
      return;
    }
    long room = (now - appliedUntil) / applyMillis;
    for (OracleGtid next : waiting.transactions().limit(Math.max(0, room)).toList()) {
      if (poison != 0 && next.number() == poison) {
        sqlRunning = false;
        sqlError = "Duplicate entry";
        appliedUntil = now;
        return;
      }
      executed = executed.plus(next);
      appliedUntil += applyMillis;
    }
  }

  /** Executes a statement that arrived. */
  void execute(ServerAction action, long now) {
    switch (action) {
      case ServerAction.StopIoThread ignored -> ioRunning = false;
      case ServerAction.StartIoThread ignored -> startIo();
      case ServerAction.StartSqlThread ignored -> startSql(now);
      case ServerAction.StopReplication ignored -> stop();
      case ServerAction.StartReplication ignored -> {
        startIo();
        startSql(now);
      }
      case ServerAction.RestartReplication ignored -> {
        ioRunning = false;
        startIo();
        startSql(now);
      }
      case ServerAction.ChangeSource change -> {
        stop();
        retrieved = OracleGtidSet.EMPTY;
        sqlError = "";
        source = Optional.of(change.source());
        ioRunning = change.start();
        if (change.start()) {
          startSql(now);
        }
      }
      case ServerAction.ResetReplication ignored -> {
        stop();
        retrieved = OracleGtidSet.EMPTY;
        sqlError = "";
        source = Optional.empty();
      }
      case ServerAction.DetachSource ignored -> {
        stop();
        source = source.map(InstanceKey::detached);
      }
      case ServerAction.ReattachSource ignored -> source = source.map(InstanceKey::reattached);
      case ServerAction.SetReadOnly set -> readOnly = set.readOnly();
      case ServerAction.EndClients ignored -> {}
      case ServerAction.InjectMarker ignored -> {}
      case ServerAction.SetSemiSyncMaster ignored -> {}
      case ServerAction.SetSemiSyncReplica ignored -> {}
    }
  }

  /** MariaDB throws its relay log away, and fetches anew from where it has applied. */
  private void startIo() {
    if (mariaDb && !ioRunning) {
      retrieved = OracleGtidSet.EMPTY;
    }
    ioRunning = source.isPresent();
  }

  private void startSql(long now) {
    sqlRunning = source.isPresent();
    sqlError = "";
    appliedUntil = now;
  }

  private void stop() {
    ioRunning = false;
    sqlRunning = false;
  }

  /** After a crash: the data are there, the threads run again, nobody may write. */
  void restart(boolean writable, long now) {
    health = Health.WELL;
    readOnly = !writable;
    ioRunning = false;
    startIo();
    sqlRunning = source.isPresent();
    sqlError = "";
    appliedUntil = now;
  }

  /** The server as a probe reads it. */
  Instance read(Instant at, boolean masterAnswers) {
    return new Instance(
        key,
        Freshness.seen(at, Duration.ofMillis(latencyMillis), Map.of()),
        new Identity(key.port(), mariaDb ? "" : uuid, version(), key.hostname(), "", 1000),
        readOnly,
        false,
        new Binlog(logsUpdates, logsUpdates, BinlogFormat.ROW, "FULL", Optional.of(position(1))),
        mariaDb
            ? new Gtid("", Optional.of(shown(executed)), Optional.empty())
            : new Gtid("ON", Optional.of(executed), Optional.of(OracleGtidSet.EMPTY)),
        source.map(from -> row(from, masterAnswers)),
        SemiSync.NONE,
        Classification.NONE,
        Optional.empty(),
        Set.of(),
        true);
  }

  private ServerVersion version() {
    return mariaDb ? new ServerVersion("11.4.5-MariaDB", "") : new ServerVersion("8.0.36", "MySQL");
  }

  private GtidSet shown(OracleGtidSet set) {
    return mariaDb
        ? MariaDbGtidSet.parse("0-" + Scenario.MASTER.port() + "-" + set.transactionCount())
        : set;
  }

  private Replication row(InstanceKey from, boolean sourceAnswers) {
    ThreadState io =
        ioRunning ? sourceAnswers ? ThreadState.RUNNING : ThreadState.OTHER : ThreadState.STOPPED;
    return new Replication(
        from,
        "",
        "repl",
        io,
        sqlRunning ? ThreadState.RUNNING : ThreadState.STOPPED,
        position(fetched().transactionCount()),
        position(executed.transactionCount()),
        BinlogCoordinates.relay("relay.000001", 4),
        Optional.of(shown(mariaDb ? fetched() : retrieved)),
        io == ThreadState.OTHER ? "error connecting to source" : "",
        sqlError,
        OptionalLong.of(0),
        OptionalLong.of(0),
        0,
        false,
        !mariaDb,
        mariaDb,
        false,
        ReplicationTls.NONE,
        Optional.empty());
  }

  private static BinlogCoordinates position(long count) {
    return BinlogCoordinates.binary("mysql-bin.000001", 4 + count);
  }
}
