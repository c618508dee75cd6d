package orchestrator.core.facts;

/**
 * What became of a direct replica of a failed server. Every one ends in exactly one of these.
 *
 * @param reason for people; says why it was not moved, or where it is now
 */
public record ReplicaFate(Kind kind, String reason) {
  /** The cases. */
  public enum Kind {
    /** Not settled yet. Only in a recovery that is still open, or that was aborted. */
    PENDING,
    /** It is the promoted server itself. */
    PROMOTED,
    /** Replicates from the new source, as a read showed. */
    MOVED,
    /** Stays where it is: nothing was to be moved. */
    KEPT,
    /** Cannot be moved: it holds transactions that the new source lacks, or its move failed. */
    LOST,
    /** Did not answer while the recovery ran. */
    UNREACHABLE
  }

  public static final ReplicaFate UNSETTLED = new ReplicaFate(Kind.PENDING, "");
}
