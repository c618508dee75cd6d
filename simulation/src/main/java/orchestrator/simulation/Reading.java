package orchestrator.simulation;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import orchestrator.core.gtid.BinlogCoordinates;
import orchestrator.core.gtid.GtidSet;
import orchestrator.core.gtid.MariaDbGtid;
import orchestrator.core.gtid.MariaDbGtidSet;
import orchestrator.core.gtid.OracleGtidSet;
import orchestrator.core.topology.Binlog;
import orchestrator.core.topology.BinlogFormat;
import orchestrator.core.topology.Classification;
import orchestrator.core.topology.Freshness;
import orchestrator.core.topology.Gtid;
import orchestrator.core.topology.Hearing;
import orchestrator.core.topology.Identity;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.Replication;
import orchestrator.core.topology.ReplicationTls;
import orchestrator.core.topology.SemiSync;
import orchestrator.core.topology.ServerVersion;
import orchestrator.core.topology.ThreadState;

/** A server as a probe reads it. */
final class Reading {
  static final String ALIAS = "main";

  private static final Gtid WITHOUT_GTID =
      new Gtid("OFF", Optional.of(OracleGtidSet.EMPTY), Optional.of(OracleGtidSet.EMPTY));
  private static final ServerVersion MYSQL = new ServerVersion("8.0.36", "MySQL");
  private static final ServerVersion MARIADB = new ServerVersion("11.4.5-MariaDB", "");

  private Reading() {}

  /**
   * @param semiSyncClients semi-synchronous replicas that are connected to it
   */
  static Instance of(SimServer server, Instant at, Duration latency, int semiSyncClients) {
    boolean mariaDb = server.mariaDb;
    return new Instance(
        server.key,
        Freshness.seen(at, latency, Map.of()),
        new Identity(
            server.index + 1L,
            mariaDb ? "" : server.uuid,
            mariaDb ? MARIADB : MYSQL,
            server.key.hostname(),
            "",
            1000),
        server.readOnly,
        server.readOnly && server.superReadOnly,
        new Binlog(
            true,
            server.logsUpdates,
            BinlogFormat.ROW,
            "FULL",
            Optional.of(
                server
                    .places
                    .map(stand -> stand.files.end())
                    .orElseGet(() -> position(server.log.size())))),
        gtid(server),
        server.source.map(source -> row(server, source)),
        semiSync(server, semiSyncClients),
        classification(server),
        Optional.empty(),
        Set.of(),
        true);
  }

  /** Each data center is a region of its own. */
  private static Classification classification(SimServer server) {
    return new Classification(
        server.dataCenter,
        server.dataCenter.replace("dc", "region"),
        "",
        "",
        ALIAS,
        "",
        Optional.empty(),
        false);
  }

  private static Gtid gtid(SimServer server) {
    if (server.places.isPresent()) {
      return WITHOUT_GTID;
    }
    return server.mariaDb
        ? new Gtid("", Optional.of(executed(server)), Optional.empty())
        : new Gtid("ON", Optional.of(server.executed), Optional.of(OracleGtidSet.EMPTY));
  }

  private static SemiSync semiSync(SimServer server, int clients) {
    return new SemiSync(
        true,
        server.semiSyncReplica || server.semiSyncMaster ? 1 : 0,
        false,
        false,
        server.semiSyncMaster,
        server.semiSyncReplica,
        1000,
        1,
        server.semiSyncMaster && clients > 0,
        clients,
        server.semiSyncReplica && server.io == SimServer.Io.CONNECTED);
  }

  static GtidSet executed(SimServer server) {
    return server.mariaDb
        ? server.log.isEmpty() ? MariaDbGtidSet.EMPTY : mariaDb(server.log.getLast())
        : server.executed;
  }

  private static GtidSet mariaDb(Transaction last) {
    return MariaDbGtidSet.of(List.of(new MariaDbGtid(0, last.origin() + 1L, last.number())));
  }

  private static Replication row(SimServer server, InstanceKey source) {
    boolean up = server.io == SimServer.Io.CONNECTED && server.sqlRunning;
    OptionalLong lag =
        up
            ? OptionalLong.of(server.relay.size() * server.applyMillis / 1000)
            : OptionalLong.empty();
    boolean oracleGtid = !server.mariaDb && server.places.isEmpty();
    return new Replication(
        source,
        "",
        "repl",
        switch (server.io) {
          case STOPPED, REFUSED -> ThreadState.STOPPED;
          case CONNECTING -> ThreadState.OTHER;
          case CONNECTED -> ThreadState.RUNNING;
        },
        server.sqlRunning ? ThreadState.RUNNING : ThreadState.STOPPED,
        server
            .places
            .map(stand -> stand.read)
            .orElseGet(() -> position(server.log.size() + (long) server.relay.size())),
        server.places.map(stand -> stand.executed).orElseGet(() -> position(server.log.size())),
        BinlogCoordinates.relay("relay.000001", 4),
        server.places.isPresent() ? Optional.empty() : Optional.of(retrieved(server)),
        server.ioError,
        server.sqlError,
        lag,
        lag,
        0,
        false,
        oracleGtid,
        server.mariaDb,
        false,
        ReplicationTls.NONE,
        hearing(server));
  }

  private static GtidSet retrieved(SimServer server) {
    if (!server.mariaDb) {
      return server.retrieved;
    }
    return server.relay.isEmpty() ? executed(server) : mariaDb(server.relay.getLast());
  }

  /** One that cannot write down what it gets does not wait for more. */
  private static Optional<Hearing> hearing(SimServer server) {
    return server.io == SimServer.Io.CONNECTED && !server.diskFull
        ? Optional.of(
            Hearing.of(
                server.heartbeats,
                Duration.ofMillis(Replicator.HEARTBEAT_MILLIS),
                server.relayLogBytes))
        : Optional.empty();
  }

  private static BinlogCoordinates position(long count) {
    return BinlogCoordinates.binary("mysql-bin.000001", 4 + count);
  }
}
