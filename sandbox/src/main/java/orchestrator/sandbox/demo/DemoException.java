package orchestrator.sandbox.demo;

import java.io.Serial;

/** The demo cannot go on; the message is for the person who watches it. */
final class DemoException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  DemoException(String message) {
    super(message);
  }

  DemoException(String message, Throwable cause) {
    super(message, cause);
  }
}
