package orchestrator.server.engine;

/**
 * Who asks for a change; recorded in the audit and shown in the sessions on servers.
 *
 * @param name the authenticated user, else the owner they named, else the node's host name
 */
public record Requester(String name) {}
