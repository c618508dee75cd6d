package orchestrator.core.state;

/** What applying a command came to: the same on every node. */
public sealed interface CommandResult {
  /**
   * Applied.
   *
   * @param id the id of the detection or recovery; for an acknowledgement, an end or an expiry the
   *     number of facts that changed; for what adds or removes a fact 1, or 0 when it was so before
   */
  record Done(long id) implements CommandResult {}

  /** Nothing was changed; repeating it changes nothing either. */
  record Refused(String reason) implements CommandResult {}
}
