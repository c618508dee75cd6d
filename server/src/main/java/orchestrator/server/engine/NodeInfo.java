package orchestrator.server.engine;

import java.time.Instant;

/**
 * A manager node, as it introduces itself.
 *
 * @param token 64 hexadecimal digits, new with each start
 * @param version of the program
 * @param backend {@code sqlite} or {@code mysql}
 */
public record NodeInfo(
    String hostname, String token, String version, String backend, Instant started) {}
