package orchestrator.core.state;

/** What applying a command came to: the same on every node. */
public sealed interface CommandResult {
  /**
   * Applied.
   *
   * @param id the id that was given to a detection or recovery; for an acknowledgement the number
   *     of recoveries; else 0
   */
  record Done(long id) implements CommandResult {}

  /** Nothing was changed; repeating it changes nothing either. */
  record Refused(String reason) implements CommandResult {}
}
