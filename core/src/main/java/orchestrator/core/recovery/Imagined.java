package orchestrator.core.recovery;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import orchestrator.core.binlog.LogTail;
import orchestrator.core.binlog.MatchResult;
import orchestrator.core.gtid.BinlogCoordinates;
import orchestrator.core.gtid.GtidSet;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.topology.Flavor;
import orchestrator.core.topology.Gtid;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.Replication;
import orchestrator.core.topology.ReplicationTls;
import orchestrator.core.topology.SemiSync;
import orchestrator.core.topology.ThreadState;
import org.jspecify.annotations.Nullable;

/** How a server would look after an action, if all went well. */
final class Imagined {
  private Imagined() {}

  static Instance after(ServerAction action, Instance server, Map<InstanceKey, Instance> servers) {
    return switch (action) {
      case ServerAction.StopReplication ignored ->
          threads(server, ThreadState.STOPPED, ThreadState.STOPPED);
      case ServerAction.StopIoThread ignored -> io(server, ThreadState.STOPPED);
      case ServerAction.StartIoThread ignored -> io(server, ThreadState.RUNNING);
      case ServerAction.StartSqlThread ignored -> sql(server, ThreadState.RUNNING);
      case ServerAction.StartReplication ignored ->
          threads(server, ThreadState.RUNNING, ThreadState.RUNNING);
      case ServerAction.RestartReplication ignored ->
          threads(server, ThreadState.RUNNING, ThreadState.RUNNING);
      case ServerAction.ChangeSource change ->
          later(placed(source(server, change.source(), change.start()), change), servers);
      case ServerAction.ResetReplication ignored -> with(server, Optional.empty());
      case ServerAction.DetachSource ignored ->
          server
              .replication()
              .map(r -> source(server, r.source().detached(), false))
              .orElse(server);
      case ServerAction.ReattachSource ignored ->
          server
              .replication()
              .map(r -> source(server, r.source().reattached(), true))
              .orElse(server);
      case ServerAction.SetReadOnly set -> readOnly(server, set.readOnly());
      case ServerAction.EndClients ignored -> server;
      case ServerAction.InjectMarker ignored -> server;
      case ServerAction.SetSemiSyncMaster set ->
          semiSync(
              server,
              set.enabled(),
              server.semiSync().replicaEnabled(),
              server.semiSync().replicaStatus());
      case ServerAction.SetSemiSyncReplica set ->
          semiSync(server, server.semiSync().masterEnabled(), set.enabled(), set.enabled());
    };
  }

  /** The server after its threads had all the time they need. */
  static Instance later(Instance server, Map<InstanceKey, Instance> servers) {
    Replication replication = server.replication().orElse(null);
    if (replication == null || replication.sqlThread() != ThreadState.RUNNING) {
      return server;
    }
    Instance source = servers.get(replication.source());
    if (!replication.usesGtid()) {
      return with(server, Optional.of(at(replication, readLater(replication, source), false)));
    }
    Optional<GtidSet> executed =
        GtidAlgebra.union(server.gtid().executed(), replication.retrieved());
    if (source != null && replication.ioThread() == ThreadState.RUNNING) {
      executed = GtidAlgebra.union(executed, later(stopped(source), servers).gtid().executed());
    }
    return executed(server, executed);
  }

  /** All that its source has written, if it fetches. */
  private static BinlogCoordinates readLater(Replication r, @Nullable Instance source) {
    return Optional.ofNullable(source)
        .filter(s -> s.isLastCheckValid() && r.ioThread() == ThreadState.RUNNING)
        .flatMap(s -> s.binlog().position())
        .filter(at -> at.isInLogOf(r.read()) && r.read().isBefore(at))
        .orElse(r.read());
  }

  /** A replica that goes on from a place in its source's log. */
  private static Instance placed(Instance server, ServerAction.ChangeSource change) {
    return change.position() instanceof ServerAction.SourcePosition.FileAndPosition file
        ? server
            .replication()
            .map(r -> with(server, Optional.of(at(r, file.coordinates(), true))))
            .orElse(server)
        : server;
  }

  /** Where everything is as it should be. */
  static LogAnswer answer(LogQuestion question, Map<InstanceKey, Instance> servers) {
    return switch (question) {
      case LogQuestion.Rest ignored -> new LogAnswer.Rest(LogTail.Rest.NOTHING);
      case LogQuestion.Place place ->
          new LogAnswer.Place(
              Optional.ofNullable(servers.get(place.question().source()))
                  .flatMap(source -> place.question().notAfter().or(source.binlog()::position))
                  .<MatchResult>map(at -> new MatchResult.Matched(at, 1))
                  .orElseGet(() -> new MatchResult.NotMatched("its log is not known")));
    };
  }

  private static Replication at(Replication r, BinlogCoordinates place, boolean withoutGtid) {
    return row(
        r, r.source(), r.ioThread(), r.sqlThread(), r.retrieved(), Optional.of(place), withoutGtid);
  }

  /** Guards against servers that replicate in a circle. */
  private static Instance stopped(Instance source) {
    return io(source, ThreadState.STOPPED);
  }

  private static Instance io(Instance server, ThreadState io) {
    return server.replication().map(r -> threads(server, io, r.sqlThread())).orElse(server);
  }

  private static Instance sql(Instance server, ThreadState sql) {
    return server.replication().map(r -> threads(server, r.ioThread(), sql)).orElse(server);
  }

  private static Instance threads(Instance server, ThreadState io, ThreadState sql) {
    return server
        .replication()
        .map(r -> with(server, Optional.of(row(r, r.source(), io, sql, r.retrieved()))))
        .orElse(server);
  }

  private static Instance source(Instance server, InstanceKey source, boolean start) {
    ThreadState state = start ? ThreadState.RUNNING : ThreadState.STOPPED;
    Replication row = server.replication().orElseGet(() -> firstRow(server, source));
    return with(server, Optional.of(row(row, source, state, state, Optional.empty())));
  }

  /** Of a server that was no replica. */
  private static Replication firstRow(Instance server, InstanceKey source) {
    boolean mariaDb = server.version().flavor() == Flavor.MARIADB;
    BinlogCoordinates nowhere = BinlogCoordinates.binary("", 0);
    return new Replication(
        source,
        "",
        "",
        ThreadState.STOPPED,
        ThreadState.STOPPED,
        nowhere,
        nowhere,
        nowhere,
        Optional.empty(),
        "",
        "",
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

  private static Replication row(
      Replication r,
      InstanceKey source,
      ThreadState io,
      ThreadState sql,
      Optional<GtidSet> retrieved) {
    return row(r, source, io, sql, retrieved, Optional.empty(), false);
  }

  /**
   * @param place up to which all is read and applied; empty to leave it
   */
  private static Replication row(
      Replication r,
      InstanceKey source,
      ThreadState io,
      ThreadState sql,
      Optional<GtidSet> retrieved,
      Optional<BinlogCoordinates> place,
      boolean withoutGtid) {
    return new Replication(
        source,
        r.sourceUuid(),
        r.user(),
        io,
        sql,
        place.orElse(r.read()),
        place.orElse(r.executed()),
        r.relayLog(),
        retrieved,
        r.lastIoError(),
        r.lastSqlError(),
        r.secondsBehindSource(),
        r.lagSeconds(),
        r.sqlDelaySeconds(),
        r.hasFilters(),
        r.autoPosition() && !withoutGtid,
        r.mariaDbGtid() && !withoutGtid,
        r.detachedExec(),
        r.tls(),
        Optional.empty());
  }

  private static Instance semiSync(
      Instance server, boolean master, boolean replica, boolean acknowledges) {
    SemiSync was = server.semiSync();
    SemiSync is =
        new SemiSync(
            was.available(),
            was.priority(),
            was.masterPluginNewVersion(),
            was.replicaPluginNewVersion(),
            master,
            replica,
            was.masterTimeoutMillis(),
            was.waitForReplicaCount(),
            was.masterStatus(),
            was.masterClients(),
            acknowledges);
    return copy(server, server.readOnly(), server.gtid(), server.replication(), is);
  }

  private static Instance readOnly(Instance server, boolean readOnly) {
    return copy(server, readOnly, server.gtid(), server.replication());
  }

  private static Instance executed(Instance server, Optional<GtidSet> executed) {
    Gtid gtid = new Gtid(server.gtid().mode(), executed, server.gtid().purged());
    return copy(server, server.readOnly(), gtid, server.replication());
  }

  private static Instance with(Instance server, Optional<Replication> replication) {
    return copy(server, server.readOnly(), server.gtid(), replication);
  }

  private static Instance copy(
      Instance server, boolean readOnly, Gtid gtid, Optional<Replication> replication) {
    return copy(server, readOnly, gtid, replication, server.semiSync());
  }

  private static Instance copy(
      Instance server,
      boolean readOnly,
      Gtid gtid,
      Optional<Replication> replication,
      SemiSync semiSync) {
    return new Instance(
        server.key(),
        server.freshness(),
        server.identity(),
        readOnly,
        server.superReadOnly(),
        server.binlog(),
        gtid,
        replication,
        semiSync,
        server.classification(),
        server.group(),
        server.reportedReplicas(),
        server.credentialsAvailable());
  }
}
