package orchestrator.core.relocation;

import orchestrator.core.gtid.BinlogCoordinates;
import orchestrator.core.topology.InstanceKey;

/**
 * One change of one server. Every action is idempotent: it looks at the server first, and is done
 * when the server already is as asked.
 */
public sealed interface ServerAction {
  InstanceKey target();

  /** Stops both replication threads. */
  record StopReplication(InstanceKey target) implements ServerAction {}

  /** Stops fetching; what was fetched goes on being applied. */
  record StopIoThread(InstanceKey target) implements ServerAction {}

  /** Starts fetching again. */
  record StartIoThread(InstanceKey target) implements ServerAction {}

  /** Applies what was fetched. */
  record StartSqlThread(InstanceKey target) implements ServerAction {}

  /** Starts both replication threads. */
  record StartReplication(InstanceKey target) implements ServerAction {}

  /** Stops and starts both replication threads. */
  record RestartReplication(InstanceKey target) implements ServerAction {}

  /**
   * Makes a replica replicate from {@code source}: stops both threads, changes the source, and
   * starts them again when {@code start}.
   */
  record ChangeSource(
      InstanceKey target, InstanceKey source, SourcePosition position, boolean start)
      implements ServerAction {}

  /** Forgets the source: the server is no replica any more. Stops both threads first. */
  record ResetReplication(InstanceKey target) implements ServerAction {}

  /** Keeps the source's name but makes it unreachable: {@code //host}. */
  record DetachSource(InstanceKey target) implements ServerAction {}

  /** Undoes {@link DetachSource}. */
  record ReattachSource(InstanceKey target) implements ServerAction {}

  /**
   * @param withSuperReadOnly also {@code super_read_only}, where the flavour has it
   */
  record SetReadOnly(InstanceKey target, boolean readOnly, boolean withSuperReadOnly)
      implements ServerAction {}

  /**
   * Ends the connections of clients, whatever they may do there. Those of the manager's own user,
   * of replicas and of the server itself stay.
   */
  record EndClients(InstanceKey target) implements ServerAction {}

  /**
   * Runs a statement that leaves a Pseudo-GTID marker in the binary log. Refused by a server that
   * is read-only, whatever our user may do there.
   */
  record InjectMarker(InstanceKey target, String statement) implements ServerAction {}

  /** Switches the master side of semi-synchronous replication. */
  record SetSemiSyncMaster(InstanceKey target, boolean enabled) implements ServerAction {}

  /**
   * Switches the replica side of semi-synchronous replication, which takes effect when the replica
   * connects again: so an IO thread that runs is restarted.
   */
  record SetSemiSyncReplica(InstanceKey target, boolean enabled) implements ServerAction {}

  /** Where to go on reading at the new source. */
  sealed interface SourcePosition {
    /** MySQL: {@code MASTER_AUTO_POSITION=1}. */
    record OracleAuto() implements SourcePosition {}

    /** MariaDB: {@code MASTER_USE_GTID=slave_pos}. */
    record MariaDbSlavePos() implements SourcePosition {}

    /** MariaDB: {@code MASTER_USE_GTID=current_pos}, for a former master. */
    record MariaDbCurrentPos() implements SourcePosition {}

    record FileAndPosition(BinlogCoordinates coordinates) implements SourcePosition {}
  }
}
