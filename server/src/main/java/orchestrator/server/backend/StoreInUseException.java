package orchestrator.server.backend;

/** Another process holds the store: a manager runs on it, or a command. */
public final class StoreInUseException extends BackendException {
  public StoreInUseException(String message) {
    super(message);
  }
}
