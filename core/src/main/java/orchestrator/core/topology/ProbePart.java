package orchestrator.core.topology;

/** The parts of a probe that succeed or fail on their own. */
public enum ProbePart {
  /** Variables, status, replica status, binary log position: the health of the server. */
  CORE,
  /** The configured lag query. */
  LAG,
  /** Registered replicas or dump threads. */
  REPLICAS,
  /** The configured {@code Detect…} queries. */
  CLASSIFICATION,
  /** Members of the replication group. */
  GROUP
}
