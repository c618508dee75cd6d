package orchestrator.core.topology;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import orchestrator.core.gtid.BinlogCoordinates;
import orchestrator.core.gtid.GtidSet;

/**
 * A replica's status row.
 *
 * @param source where it replicates from; may be detached or {@code _}
 * @param sourceUuid empty when unknown
 * @param user the replication user; empty when none is set
 * @param read what the IO thread has fetched, in the source's coordinates
 * @param executed what the SQL thread has applied, in the source's coordinates
 * @param relayLog where the SQL thread reads, in the relay log
 * @param retrieved MySQL's {@code Retrieved_Gtid_Set} or MariaDB's {@code Gtid_IO_Pos}
 * @param secondsBehindSource empty for NULL; never negative
 * @param lagSeconds the configured lag query's answer, else {@code secondsBehindSource}
 * @param sqlDelaySeconds the configured delay, 0 for none
 * @param autoPosition whether it uses MySQL's GTIDs
 * @param mariaDbGtid whether it uses MariaDB's GTIDs
 * @param detachedExec whether the executed position is marked detached (an older way to detach)
 * @param hearing what it hears of its source; empty unless its IO thread waits for the source to
 *     send something, and heartbeats are sent and can be counted
 */
public record Replication(
    InstanceKey source,
    String sourceUuid,
    String user,
    ThreadState ioThread,
    ThreadState sqlThread,
    BinlogCoordinates read,
    BinlogCoordinates executed,
    BinlogCoordinates relayLog,
    Optional<GtidSet> retrieved,
    String lastIoError,
    String lastSqlError,
    OptionalLong secondsBehindSource,
    OptionalLong lagSeconds,
    long sqlDelaySeconds,
    boolean hasFilters,
    boolean autoPosition,
    boolean mariaDbGtid,
    boolean detachedExec,
    ReplicationTls tls,
    Optional<Hearing> hearing) {

  /** Whether the server really is a replica, and not the rest of a former one. */
  public boolean isReplica() {
    return !source.hostname().isEmpty()
        && !source.hostname().equals("_")
        && source.port() != 0
        && (!read.logFile().isEmpty() || usesGtid());
  }

  public boolean usesGtid() {
    return autoPosition || mariaDbGtid;
  }

  /** Both threads at work. */
  public boolean isRunning() {
    return isReplica() && ioThread == ThreadState.RUNNING && sqlThread == ThreadState.RUNNING;
  }

  public boolean isStopped() {
    return ioThread == ThreadState.STOPPED && sqlThread == ThreadState.STOPPED;
  }

  /** Everything fetched is applied. */
  public boolean isSqlThreadUpToDate() {
    return read.equals(executed);
  }

  /**
   * Whether it says that it fetches, but has missed a heartbeat of its source. That the source is
   * dead does not follow: a network in between may be.
   */
  public boolean isDeaf() {
    return hearing.filter(Hearing::isDeaf).isPresent();
  }

  /** Whether its source has sent heartbeats, as it was asked to: some servers ignore that. */
  public boolean hasHeardHeartbeats() {
    return hearing.filter(heard -> heard.heartbeats() > 0).isPresent();
  }

  /**
   * The same, just read, knowing what the reading before found.
   *
   * @param began when the reading began, or earlier
   * @param ended when it ended, or later
   */
  Replication after(Optional<Replication> earlier, Instant began, Instant ended) {
    Optional<Hearing> before = earlier.filter(this::isAtTheSamePoint).flatMap(Replication::hearing);
    return hearing.map(heard -> hearing(heard.after(before, began, ended))).orElse(this);
  }

  /** MariaDB begins a relay log with each connection, and may drop one that was as large. */
  private boolean isAtTheSamePoint(Replication earlier) {
    return source.equals(earlier.source)
        && sourceUuid.equals(earlier.sourceUuid)
        && read.equals(earlier.read)
        && relayLog.logFile().equals(earlier.relayLog.logFile())
        && retrieved.equals(earlier.retrieved);
  }

  private Replication hearing(Hearing heard) {
    return new Replication(
        source,
        sourceUuid,
        user,
        ioThread,
        sqlThread,
        read,
        executed,
        relayLog,
        retrieved,
        lastIoError,
        lastSqlError,
        secondsBehindSource,
        lagSeconds,
        sqlDelaySeconds,
        hasFilters,
        autoPosition,
        mariaDbGtid,
        detachedExec,
        tls,
        Optional.of(heard));
  }

  /**
   * Whether the replica says that it cannot reach its source. Servers word it {@code error
   * connecting to master} or {@code … to source}, with a number that varies (2003, 2013, 1045 …).
   */
  public boolean isFailingToConnectToSource() {
    return sqlThread == ThreadState.RUNNING
        && ioThread != ThreadState.RUNNING
        && saysCannotConnect(lastIoError.toLowerCase(Locale.ROOT));
  }

  private static boolean saysCannotConnect(String error) {
    int start = error.indexOf("error ");
    return start >= 0
        && (error.indexOf("connecting to master", start) >= 0
            || error.indexOf("connecting to source", start) >= 0);
  }
}
