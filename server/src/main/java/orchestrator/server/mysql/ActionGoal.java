package orchestrator.server.mysql;

import java.util.Optional;
import java.util.function.Function;
import orchestrator.core.gtid.BinlogCoordinates;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.relocation.ServerAction.SourcePosition;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.Replication;
import orchestrator.core.topology.ThreadState;

/** Whether a server is as an action asks. Pure. */
final class ActionGoal {
  private final Instance server;
  private final Optional<Replication> replication;
  private final Function<InstanceKey, InstanceKey> resolve;

  private ActionGoal(Instance server, Function<InstanceKey, InstanceKey> resolve) {
    this.server = server;
    this.replication = server.replication();
    this.resolve = resolve;
  }

  /**
   * @param resolve to the name under which probes report a source
   */
  static boolean isReached(
      ServerAction action, Instance server, Function<InstanceKey, InstanceKey> resolve) {
    return new ActionGoal(server, resolve).isReached(action);
  }

  private boolean isReached(ServerAction action) {
    return switch (action) {
      case ServerAction.StopReplication ignored -> isOff(ioThread()) && isOff(sqlThread());
      case ServerAction.StopIoThread ignored -> isOff(ioThread());
      case ServerAction.StartIoThread ignored -> isOn(ioThread());
      case ServerAction.StartSqlThread ignored -> isOn(sqlThread());
      case ServerAction.StartReplication ignored -> isOn(ioThread()) && isOn(sqlThread());
      case ServerAction.RestartReplication ignored -> isOn(ioThread()) && isOn(sqlThread());
      case ServerAction.ChangeSource change -> isChanged(change);
      case ServerAction.ResetReplication ignored -> replication.filter(r -> !isReset(r)).isEmpty();
      case ServerAction.DetachSource ignored ->
          replication.filter(r -> r.source().isDetached()).isPresent();
      case ServerAction.ReattachSource ignored ->
          replication.filter(r -> !r.source().isDetached()).isPresent();
      case ServerAction.SetReadOnly set -> isReadOnlyAsAsked(set);
      // No read of the server tells who is connected.
      case ServerAction.EndClients ignored -> false;
      case ServerAction.InjectMarker ignored -> false;
      case ServerAction.SetSemiSyncMaster set -> server.semiSync().masterEnabled() == set.enabled();
      case ServerAction.SetSemiSyncReplica set -> isInEffect(set);
    };
  }

  /** The replica side is what it was when the IO thread connected, whatever was set since. */
  private boolean isInEffect(ServerAction.SetSemiSyncReplica set) {
    boolean connected = ioThread() == ThreadState.RUNNING;
    return server.semiSync().replicaEnabled() == set.enabled()
        && (!connected || server.semiSync().replicaStatus() == set.enabled());
  }

  /**
   * Whether all was done that is up to the server: a source that knows no semi-synchronous
   * replication is asked in vain, and may come to know it.
   */
  static boolean isDone(
      ServerAction action, Instance server, Function<InstanceKey, InstanceKey> resolve) {
    return action instanceof ServerAction.SetSemiSyncReplica set
        ? server.semiSync().replicaEnabled() == set.enabled()
        : isReached(action, server, resolve);
  }

  private boolean isReadOnlyAsAsked(ServerAction.SetReadOnly set) {
    boolean readOnly = server.readOnly() == set.readOnly();
    // A server that is writable cannot be super-read-only; a read-only one may have no such thing.
    return readOnly && (set.readOnly() || !server.superReadOnly());
  }

  private boolean isChanged(ServerAction.ChangeSource change) {
    return replication.filter(r -> isAtSource(r, change)).isPresent()
        && (change.start()
            ? isOn(ioThread()) && isOn(sqlThread())
            : isOff(ioThread()) && isOff(sqlThread()));
  }

  private boolean isAtSource(Replication r, ServerAction.ChangeSource change) {
    boolean sameSource =
        r.source().equals(change.source()) || r.source().equals(resolve.apply(change.source()));
    return sameSource
        && switch (change.position()) {
          case SourcePosition.OracleAuto ignored -> r.autoPosition();
          case SourcePosition.MariaDbSlavePos ignored -> r.mariaDbGtid();
          case SourcePosition.MariaDbCurrentPos ignored -> r.mariaDbGtid();
          case SourcePosition.FileAndPosition file ->
              !r.usesGtid() && isAtOrAfter(r.executed(), file.coordinates());
        };
  }

  /**
   * A replica that went on from the position after the change is still as asked. It is never taken
   * back: that would apply transactions twice.
   */
  static boolean isAtOrAfter(BinlogCoordinates at, BinlogCoordinates asked) {
    return !at.isBefore(BinlogCoordinates.binary(asked.logFile(), asked.logPos()));
  }

  private static boolean isReset(Replication r) {
    return r.source().hostname().isEmpty() || r.source().hostname().equals("_");
  }

  private ThreadState ioThread() {
    return replication.map(Replication::ioThread).orElse(ThreadState.NONE);
  }

  private ThreadState sqlThread() {
    return replication.map(Replication::sqlThread).orElse(ThreadState.NONE);
  }

  private static boolean isOff(ThreadState state) {
    return state == ThreadState.STOPPED || state == ThreadState.NONE;
  }

  /**
   * Also a thread that is still connecting: whether the source answers is not up to this server.
   */
  private static boolean isOn(ThreadState state) {
    return state == ThreadState.RUNNING || state == ThreadState.OTHER;
  }

  /** Whether what an action asks for takes the server a moment. */
  static boolean startsThreads(ServerAction action) {
    return switch (action) {
      case ServerAction.StartReplication ignored -> true;
      case ServerAction.RestartReplication ignored -> true;
      case ServerAction.StartIoThread ignored -> true;
      case ServerAction.StartSqlThread ignored -> true;
      case ServerAction.ChangeSource change -> change.start();
      case ServerAction.SetSemiSyncReplica ignored -> true;
      case ServerAction.StopReplication ignored -> false;
      case ServerAction.StopIoThread ignored -> false;
      case ServerAction.ResetReplication ignored -> false;
      case ServerAction.DetachSource ignored -> false;
      case ServerAction.ReattachSource ignored -> false;
      case ServerAction.SetReadOnly ignored -> false;
      case ServerAction.EndClients ignored -> false;
      case ServerAction.InjectMarker ignored -> false;
      case ServerAction.SetSemiSyncMaster ignored -> false;
    };
  }

  /** Whether the IO thread is past connecting: at work, or stopped by an error. */
  static boolean isSettled(Instance server) {
    return server.replication().filter(r -> r.ioThread() == ThreadState.OTHER).isEmpty();
  }

  /** What keeps the server from being as asked, as far as it says. */
  static String obstacle(Instance server) {
    String io = server.replication().map(Replication::lastIoError).orElse("");
    String sql = server.replication().map(Replication::lastSqlError).orElse("");
    if (server.replication().isEmpty() && !server.semiSync().available()) {
      return "it is no replica, and has no semi-synchronous replication";
    }
    return io.isEmpty() && sql.isEmpty()
        ? "done, but the server is not as asked afterwards"
        : "done, but the server is not as asked: " + (io + " " + sql).strip();
  }
}
