package orchestrator.server.backend;

/** The store cannot be used. The message names the file and says what to do. */
public class BackendException extends RuntimeException {
  public BackendException(String message) {
    super(message);
  }

  public BackendException(String message, Throwable cause) {
    super(message, cause);
  }
}
