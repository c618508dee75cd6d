package orchestrator.core.state;

/**
 * Where in the log a command stands: the same on every node.
 *
 * @param term of the leader that put it there
 * @param index grows by one with each entry
 */
public record LogPosition(long term, long index) {
  /** For what is applied to see what it would come to, and for what was written long ago. */
  public static final LogPosition NONE = new LogPosition(0, 0);
}
