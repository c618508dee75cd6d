package orchestrator.server.backend;

/** Another process holds the data file: a manager runs on it, or a command. */
public final class DataFileInUseException extends BackendException {
  public DataFileInUseException(String message) {
    super(message);
  }
}
