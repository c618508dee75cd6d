package orchestrator.server.engine;

import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;

/** What came of a probe. */
public sealed interface ProbeResult {
  /**
   * The server answered.
   *
   * @param instance as read now; its key is the resolved one, which may differ from the asked one
   */
  record Seen(Instance instance) implements ProbeResult {}

  /**
   * The server did not answer as it should.
   *
   * @param reason for people: names the server and what happened
   * @param partialSuccess whether the main variables had arrived
   */
  record Failed(InstanceKey key, Failure failure, String reason, boolean partialSuccess)
      implements ProbeResult {}

  /** The server is not to be known: its replication user or name is filtered. */
  record Skipped(InstanceKey key, String reason) implements ProbeResult {}

  /** Kinds of failure, by what they say about the server. */
  enum Failure {
    /** Nothing listens: the process is gone. Seen at once. */
    CONNECTION_REFUSED,
    /** No answer in time: host gone, network cut, or the server hangs. */
    TIMEOUT,
    /** The connection ended in the middle. */
    CONNECTION_LOST,
    /** The server is alive and does not let us in. */
    ACCESS_DENIED,
    /** The server is alive and too busy to let us in (1040, 1203 …). */
    TOO_MANY_CONNECTIONS,
    /** The name does not resolve. */
    UNKNOWN_HOST,
    /** A statement failed, or the answer made no sense. */
    BAD_ANSWER
  }
}
