package orchestrator.server.engine;

/**
 * Who changes a server: shown in the named lock's session. A later term ends the sessions of an
 * earlier one.
 *
 * @param node the name of the acting manager
 * @param right by which it acts; asked again when the lock is held, right before anything is sent
 * @param purpose for example {@code recovery <uid>} or {@code user}
 */
public record Fence(String node, Leadership right, String purpose) {
  /** Grows with each leader. */
  public long term() {
    return right.term();
  }
}
