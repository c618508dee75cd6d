package orchestrator.server.engine;

import java.util.Optional;

/**
 * Who asks for a change; recorded in the audit and shown in the sessions on servers.
 *
 * @param name the authenticated user, else the owner they named, else the node's host name
 * @param commandId under which what they ask for is committed, if it is one command: made by the
 *     node that they asked, which can then tell it to them whatever becomes of the leader
 */
public record Requester(String name, Optional<String> commandId) {
  public Requester(String name) {
    this(name, Optional.empty());
  }
}
