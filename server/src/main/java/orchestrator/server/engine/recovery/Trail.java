package orchestrator.server.engine.recovery;

import orchestrator.core.topology.InstanceKey;

/** Where it is recorded for people what was seen and done: the audit. */
@FunctionalInterface
public interface Trail {
  /**
   * @param type what it was, as audits name it
   */
  void record(String type, InstanceKey key, String message);
}
