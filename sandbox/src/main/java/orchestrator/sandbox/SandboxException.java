package orchestrator.sandbox;

import java.io.Serial;

/**
 * A server of the sandbox could not be fetched, started or spoken to; the message says what to do
 * about it.
 */
public class SandboxException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  public SandboxException(String message) {
    super(message);
  }

  public SandboxException(String message, Throwable cause) {
    super(message, cause);
  }
}
