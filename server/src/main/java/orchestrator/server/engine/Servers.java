package orchestrator.server.engine;

import java.time.Duration;
import java.util.List;
import orchestrator.core.binlog.LogReader;
import orchestrator.core.recovery.TakeoverSurvey;
import orchestrator.core.relocation.ActionOutcome;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;

/** The topology servers, as the engine reads, watches and changes them. Every call is bounded. */
public interface Servers extends AutoCloseable {

  /**
   * Reads a server: one packet on one persistent connection.
   *
   * @param depth {@link ProbeDepth#FULL} refreshes static facts and classification as well
   * @param deadline the longest time to wait for the whole probe
   */
  ProbeResult probe(InstanceKey key, ProbeDepth depth, Duration deadline);

  /**
   * Changes a server, and reads it afterwards. Holds the server's named lock while it works: after
   * ending the session of a former holder, so that a manager which was thought dead cannot act any
   * more.
   *
   * @param fence who acts; kept in the lock's session for people to see
   */
  ActionOutcome perform(ServerAction action, Fence fence, Duration deadline);

  /**
   * Asks a server what our user may do there, and what would be in the way of a planned change.
   * Changes nothing.
   */
  TakeoverSurvey survey(InstanceKey key, Duration deadline);

  /**
   * The binary and relay logs of all servers.
   *
   * @param deadline for all that is read by it
   */
  LogReader logs(Duration deadline);

  /** The statements that {@link #perform} would send to a server in this state. */
  List<String> statementsOf(ServerAction action, Instance target);

  /**
   * Keeps a second connection waiting in the server; its end is an event.
   *
   * @param onEnd called once per end of the connection, on a thread of the adapter, with the
   *     reason; the watch then reconnects by itself, with back-off, until closed
   */
  Watch watch(InstanceKey key, WatchListener onEnd);

  /** Drops connections and cached facts of a server that was forgotten. */
  void forget(InstanceKey key);

  @Override
  void close();

  /** How much a probe reads. */
  enum ProbeDepth {
    /** What changes: status, positions, replication, and what is due of the rest. */
    REGULAR,
    /**
     * As much, for somebody who doubts that the server is alive: an open connection that is silent
     * is given up soon for a new one, and a probe that is under way already is not waited for.
     */
    URGENT,
    /** Everything, ignoring caches: asked for by a person. */
    FULL
  }

  /** A watch that goes on until it is closed. */
  interface Watch extends AutoCloseable {
    @Override
    void close();
  }

  /** Told when a waiting connection begins and ends. */
  interface WatchListener {
    /** The connection that waited in {@code key} has ended: a reason to look, never a verdict. */
    void onConnectionLost(InstanceKey key, String reason);

    /** A waiting connection stands (again). */
    default void onConnected(InstanceKey key) {}
  }
}
