package orchestrator.server.engine;

/**
 * Who changes a server: shown in the named lock's session. A later term ends the sessions of an
 * earlier one.
 *
 * @param node the acting manager node
 * @param term the term of its leadership; grows with each leader
 * @param purpose for example {@code recovery <uid>} or {@code user}
 */
public record Fence(String node, long term, String purpose) {}
