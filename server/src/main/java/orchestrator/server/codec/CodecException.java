package orchestrator.server.codec;

/** Stored bytes cannot be read: damaged, or written by a newer version. The message says which. */
public final class CodecException extends RuntimeException {
  public CodecException(String message) {
    super(message);
  }

  public CodecException(String message, Throwable cause) {
    super(message, cause);
  }
}
