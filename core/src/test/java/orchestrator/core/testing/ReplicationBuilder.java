package orchestrator.core.testing;

import java.util.Optional;
import java.util.OptionalLong;
import orchestrator.core.gtid.BinlogCoordinates;
import orchestrator.core.gtid.GtidSet;
import orchestrator.core.topology.Hearing;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.Replication;
import orchestrator.core.topology.ReplicationTls;
import orchestrator.core.topology.ThreadState;

/**
 * A replica's status row in the making: both threads running, nothing behind, by file and position.
 */
public final class ReplicationBuilder {
  private InstanceKey source = InstanceKey.NONE;
  private String sourceUuid = "";
  private String user = "repl";
  private ThreadState ioThread = ThreadState.RUNNING;
  private ThreadState sqlThread = ThreadState.RUNNING;
  private BinlogCoordinates read = BinlogCoordinates.binary("mysql-bin.000001", 1000);
  private BinlogCoordinates executed = BinlogCoordinates.binary("mysql-bin.000001", 1000);
  private String relayLogFile = "relay-bin.000001";
  private Optional<GtidSet> retrieved = Optional.empty();
  private String lastIoError = "";
  private String lastSqlError = "";
  private OptionalLong secondsBehindSource = OptionalLong.of(0);
  private OptionalLong lagSeconds = OptionalLong.of(0);
  private long delaySeconds;
  private boolean filters;
  private boolean autoPosition;
  private boolean mariaDbGtid;
  private boolean detachedExec;
  private Optional<Hearing> hearing = Optional.empty();

  InstanceKey source() {
    return source;
  }

  public ReplicationBuilder source(InstanceKey newSource) {
    source = newSource;
    sourceUuid = newSource.isValid() ? InstanceBuilder.uuidOf(newSource) : "";
    return this;
  }

  /** Both kinds of lag; the threads are left alone. */
  public ReplicationBuilder lagSeconds(long seconds) {
    secondsBehindSource = OptionalLong.of(seconds);
    lagSeconds = OptionalLong.of(seconds);
    return this;
  }

  public ReplicationBuilder lagUnknown() {
    secondsBehindSource = OptionalLong.empty();
    lagSeconds = OptionalLong.empty();
    return this;
  }

  public ReplicationBuilder delaySeconds(long seconds) {
    delaySeconds = seconds;
    return this;
  }

  public ReplicationBuilder ioThread(ThreadState state) {
    ioThread = state;
    return this;
  }

  public ReplicationBuilder sqlThread(ThreadState state) {
    sqlThread = state;
    return this;
  }

  public ReplicationBuilder ioThreadStopped(String error) {
    ioThread = ThreadState.STOPPED;
    lastIoError = error;
    return this;
  }

  public ReplicationBuilder sqlThreadStopped() {
    sqlThread = ThreadState.STOPPED;
    return this;
  }

  public ReplicationBuilder sqlError(String error) {
    lastSqlError = error;
    return sqlThreadStopped();
  }

  /** The IO thread keeps on trying, and says so. */
  public ReplicationBuilder failingToConnect() {
    ioThread = ThreadState.OTHER;
    lastIoError =
        "error connecting to source 'repl@" + source + "' - retry-time: 1 retries: 1 message: down";
    return this;
  }

  public ReplicationBuilder positions(BinlogCoordinates newRead, BinlogCoordinates newExecuted) {
    read = newRead;
    executed = newExecuted;
    return this;
  }

  public ReplicationBuilder autoPosition() {
    autoPosition = true;
    return this;
  }

  public ReplicationBuilder mariaDbGtid() {
    mariaDbGtid = true;
    return this;
  }

  public ReplicationBuilder retrieved(String set) {
    retrieved = Optional.of(GtidSet.parse(set));
    return this;
  }

  public ReplicationBuilder filters() {
    filters = true;
    return this;
  }

  public ReplicationBuilder detachedExec() {
    detachedExec = true;
    return this;
  }

  public ReplicationBuilder relayLogFile(String file) {
    relayLogFile = file;
    return this;
  }

  public ReplicationBuilder hearing(Hearing newHearing) {
    hearing = Optional.of(newHearing);
    return this;
  }

  public ReplicationBuilder notHearing() {
    hearing = Optional.empty();
    return this;
  }

  public ReplicationBuilder withoutUser() {
    user = "";
    return this;
  }

  Replication build() {
    return new Replication(
        source,
        sourceUuid,
        user,
        ioThread,
        sqlThread,
        read,
        executed,
        BinlogCoordinates.relay(relayLogFile, 1000),
        retrieved,
        lastIoError,
        lastSqlError,
        secondsBehindSource,
        lagSeconds,
        delaySeconds,
        filters,
        autoPosition,
        mariaDbGtid,
        detachedExec,
        ReplicationTls.NONE,
        hearing);
  }
}
