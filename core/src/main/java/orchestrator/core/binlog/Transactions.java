package orchestrator.core.binlog;

/** Follows a log, and tells where transactions end. */
final class Transactions {
  private boolean within;
  private boolean between = true;

  /** Takes the next event. Returns whether a transaction is complete with it. */
  boolean completes(LogEvent event) {
    if (EventText.isControl(event)) {
      return false;
    }
    switch (EventText.role(event, within)) {
      case BEGINS -> {
        within = true;
        between = false;
      }
      case ENDS, ALONE -> {
        within = false;
        between = true;
        return true;
      }
      case WITHIN -> between = false;
    }
    return false;
  }

  /** Whether the last event taken ended a transaction. */
  boolean isBetween() {
    return between;
  }
}
