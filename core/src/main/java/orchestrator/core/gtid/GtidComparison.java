package orchestrator.core.gtid;

/** How the transactions of one server relate to those of another; seen from the first one. */
public enum GtidComparison {
  /** Both have the same transactions. */
  EQUAL,
  /** The first has everything of the second, and more. */
  SUPERSET,
  /** The second has everything of the first, and more. */
  SUBSET,
  /** Each has something that the other lacks. */
  DIVERGED
}
