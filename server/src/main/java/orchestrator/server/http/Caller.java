package orchestrator.server.http;

import java.util.Optional;

/**
 * Who sent a request.
 *
 * @param user empty when the method of authentication tells no name
 */
record Caller(Optional<String> user, boolean mayAct) {}
