package orchestrator.server.http;

import java.time.Duration;

/**
 * How the API is served.
 *
 * @param host interface to listen on; empty for all
 * @param port 0 lets the system choose
 * @param urlPrefix empty, or {@code /prefix} without a slash at its end
 * @param statusEndpoint {@code /api/status} (under the prefix), or another path (without it)
 * @param readOnly refuses every action
 * @param messagePrefix put in front of the message of every envelope; may be empty
 * @param stopTimeout how long running requests may go on after a stop was asked for
 */
public record HttpSettings(
    String host,
    int port,
    String urlPrefix,
    String statusEndpoint,
    boolean readOnly,
    Authentication authentication,
    String messagePrefix,
    Duration stopTimeout) {
  /** Path of the status check unless configured otherwise. */
  public static final String DEFAULT_STATUS_ENDPOINT = "/api/status";

  /** On loopback, at any free port, for everybody. */
  public static final HttpSettings LOCAL =
      new HttpSettings(
          "127.0.0.1",
          0,
          "",
          DEFAULT_STATUS_ENDPOINT,
          false,
          new Authentication.None(),
          "",
          Duration.ofSeconds(5));

  /** The same, for other callers. */
  public HttpSettings withAuthentication(Authentication other) {
    return new HttpSettings(
        host, port, urlPrefix, statusEndpoint, readOnly, other, messagePrefix, stopTimeout);
  }

  /** The same, refusing every action or not. */
  public HttpSettings withReadOnly(boolean other) {
    return new HttpSettings(
        host, port, urlPrefix, statusEndpoint, other, authentication, messagePrefix, stopTimeout);
  }

  /** The same, below another prefix. */
  public HttpSettings withUrlPrefix(String other) {
    return new HttpSettings(
        host, port, other, statusEndpoint, readOnly, authentication, messagePrefix, stopTimeout);
  }
}
