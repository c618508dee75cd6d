package orchestrator.simulation;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import orchestrator.core.gtid.MariaDbGtidSet;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;

/** Master A with its replicas B and C: real servers, or the model of them. */
interface Stage extends AutoCloseable {
  List<String> NAMES = List.of("A", "B", "C");

  InstanceKey key(String name);

  /** Whether a client's row was taken. */
  boolean write(String name);

  void perform(ServerAction action);

  /** One whose effect may be seen to be another one, or not yet. */
  void attempt(ServerAction action);

  /** As {@code kill -9} does. */
  void kill(String name);

  void start(String name);

  /** As {@code SIGSTOP} does. */
  void freeze(String name);

  void resume(String name);

  /** As a probe reads it; empty when it does not answer. */
  Optional<Instance> read(String name);

  /** The servers' names by UUID, or by server id where there are no UUIDs. */
  Map<String, String> names();

  /** What the servers had before anything was written, so that transactions can be counted. */
  Baseline baseline();

  /**
   * Transactions that are of no interest.
   *
   * @param oracle text of a set
   * @param mariaDb the position of the only domain
   */
  record Baseline(String oracle, MariaDbGtidSet mariaDb) {}

  @Override
  void close();
}
