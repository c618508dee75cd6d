package orchestrator.core.recovery;

import java.util.Optional;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.Replication;
import orchestrator.core.topology.ThreadState;

/** Replicas that are not well. */
final class Failing {
  private Failing() {}

  /** Its source does not answer. */
  static Instance toConnect(Instance replica) {
    return withIoThread(
        replica, ThreadState.OTHER, "error connecting to source 'repl@nobody:3306'");
  }

  /** Its source answered and refused, so that the thread has given up. */
  static Instance withIoThread(Instance replica, ThreadState state, String error) {
    return replica
        .replication()
        .map(r ->
            new Replication(
                r.source(),
                r.sourceUuid(),
                r.user(),
                state,
                r.sqlThread(),
                r.read(),
                r.executed(),
                r.relayLog(),
                r.retrieved(),
                error,
                r.lastSqlError(),
                r.secondsBehindSource(),
                r.lagSeconds(),
                r.sqlDelaySeconds(),
                r.hasFilters(),
                r.autoPosition(),
                r.mariaDbGtid(),
                r.detachedExec(),
                r.tls(),
                Optional.empty()))
        .map(row ->
            new Instance(
                replica.key(),
                replica.freshness(),
                replica.identity(),
                replica.readOnly(),
                replica.superReadOnly(),
                replica.binlog(),
                replica.gtid(),
                Optional.of(row),
                replica.semiSync(),
                replica.classification(),
                replica.group(),
                replica.reportedReplicas(),
                replica.credentialsAvailable()))
        .orElse(replica);
  }
}
