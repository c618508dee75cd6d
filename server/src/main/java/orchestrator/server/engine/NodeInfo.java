package orchestrator.server.engine;

import java.time.Instant;

/**
 * A manager node, as it introduces itself.
 *
 * @param name unique among the managers; the host name for one that stands alone
 * @param token 64 hexadecimal digits, new with each start
 * @param version of the program
 * @param backend {@code sqlite} or {@code mysql}
 */
public record NodeInfo(
    String name, String hostname, String token, String version, String backend, Instant started) {

  /** The same under the name that its group knows it by. */
  public NodeInfo named(String newName) {
    return new NodeInfo(newName, hostname, token, version, backend, started);
  }
}
