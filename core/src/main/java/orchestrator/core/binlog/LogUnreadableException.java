package orchestrator.core.binlog;

/** A log could not be read, or not in time. The message names the server and what it said. */
public final class LogUnreadableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean absent;

  public LogUnreadableException(String reason) {
    this(reason, false);
  }

  /**
   * @param absent whether the server answered that it has no such file
   */
  public LogUnreadableException(String reason, boolean absent) {
    super(reason);
    this.absent = absent;
  }

  boolean isAbsent() {
    return absent;
  }

  /** What went wrong. */
  public String reason() {
    return String.valueOf(getMessage());
  }
}
