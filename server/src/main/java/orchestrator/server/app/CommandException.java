package orchestrator.server.app;

/** A command cannot be carried out: the message is for the person who asked. */
final class CommandException extends Exception {
  private static final long serialVersionUID = 1;

  private final int status;

  CommandException(String message) {
    this(message, 0);
  }

  /**
   * @param status of the HTTP answer; 0 when it was not the API that refused
   */
  CommandException(String message, int status) {
    super(message);
    this.status = status;
  }

  int status() {
    return status;
  }

  String text() {
    return String.valueOf(getMessage());
  }
}
