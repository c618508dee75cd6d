package orchestrator.server.config;

/** Whether a key acts in this version. */
public enum KeyStatus {
  /** It acts. */
  IN_EFFECT("in effect"),
  /** Some of what it asks for is done; a value other than the default is reported once. */
  PARTLY("in part"),
  /** It is checked, but nothing reads it yet; a value other than the default is reported once. */
  LATER("not yet in effect"),
  /**
   * It restricts, protects or fences, and is not built yet: with a value other than the default the
   * server refuses to start rather than run unprotected.
   */
  PROTECTIVE_LATER("refused until built"),
  /** An old name, folded into another key. */
  ALIAS("old name"),
  /** It never has an effect. */
  DEAD("no effect");

  private final String label;

  KeyStatus(String label) {
    this.label = label;
  }

  /** A few words for the reference. */
  public String label() {
    return label;
  }
}
