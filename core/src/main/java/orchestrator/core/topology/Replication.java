package orchestrator.core.topology;

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
    ReplicationTls tls) {

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
