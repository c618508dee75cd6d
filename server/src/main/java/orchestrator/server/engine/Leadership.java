package orchestrator.server.engine;

/**
 * The right to act. Methods that promote or change servers take one: code that has none cannot call
 * them.
 */
public interface Leadership {
  /** Grows with every leader. */
  long term();

  /** Whether the right still holds; asked again right before each action. */
  boolean isValid();
}
