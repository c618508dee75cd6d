package orchestrator.server.app;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import orchestrator.core.topology.InstanceKey;
import tools.jackson.databind.JsonNode;

/**
 * One run of a command: its arguments, the API to ask, and where to print.
 *
 * @param instance the one element of {@code -i} that this run is about
 * @param self what stands for a server that is not named: this host
 */
record CommandCall(
    Arguments arguments,
    Optional<String> instance,
    InstanceKey self,
    CommandSession session,
    PrintStream out,
    PrintStream err) {

  /** What a head of the API answers for a path of further segments. */
  JsonNode get(String... segments) throws CommandException {
    return session.api().details(ApiClient.path(segments));
  }

  /** As {@link #get}, for the server of {@code -i}, and what follows. */
  JsonNode ofServer(String head, String... further) throws CommandException {
    return session.api().details(serverPath(head, further));
  }

  String serverPath(String head, String... further) throws CommandException {
    InstanceKey key = server();
    List<String> segments =
        new ArrayList<>(List.of(head, key.hostname(), String.valueOf(key.port())));
    segments.addAll(List.of(further));
    return ApiClient.path(segments.toArray(String[]::new));
  }

  /** The server of {@code -i}, or this host. What cannot be read as a server is an error. */
  InstanceKey server() throws CommandException {
    return instance.isEmpty() ? self : parse(instance.get());
  }

  InstanceKey requiredServer() throws CommandException {
    if (instance.isEmpty()) {
      throw new CommandException("-i is required: the server, as host:port");
    }
    return server();
  }

  /** The server of {@code -d}, if given. */
  Optional<InstanceKey> destination() throws CommandException {
    return arguments.destination.isEmpty()
        ? Optional.empty()
        : Optional.of(parse(arguments.destination.get()));
  }

  private InstanceKey parse(String text) throws CommandException {
    try {
      return InstanceKey.parse(text.trim(), self.port());
    } catch (IllegalArgumentException e) {
      throw new CommandException("Not a server: " + text + ". Use host:port");
    }
  }

  /** {@code -alias}, else {@code -i}, else this host: the API finds the cluster it means. */
  String cluster() {
    return arguments.alias.or(() -> instance).orElse(self.displayString());
  }

  boolean namesCluster() {
    return arguments.alias.isPresent() || instance.isPresent();
  }

  String reason() throws CommandException {
    return required("--reason", arguments.reason);
  }

  String pattern() throws CommandException {
    return arguments
        .pattern
        .filter(text -> !text.isEmpty())
        .orElseThrow(() -> new CommandException("--pattern is required"));
  }

  String pool() throws CommandException {
    return required("--pool", arguments.pool);
  }

  String tag() throws CommandException {
    return required("--tag", arguments.tag);
  }

  /** A node of the group. */
  String node() throws CommandException {
    return required("--hostname", arguments.hostname);
  }

  private static String required(String option, Optional<String> value) throws CommandException {
    return value
        .filter(text -> !text.isBlank())
        .orElseThrow(() -> new CommandException(option + " is required"));
  }

  void print(String line) {
    out.println(line);
  }

  /** Prints the message with which the API answers. */
  void printMessage(String path) throws CommandException {
    // A manager may say who it is first.
    print(session.api().message(path).replaceFirst("^.* says: ", ""));
  }

  /** Prints {@code host:port}; nothing when there is none. */
  void printKey(JsonNode key) {
    String text = text(key);
    if (!text.isEmpty()) {
      print(text);
    }
  }

  /** Prints one line for each key of a list. */
  void printKeys(JsonNode keys) {
    keys.forEach(this::printKey);
  }

  /** Prints one line for each server of a list. */
  void printServers(JsonNode servers) {
    servers.forEach(server -> printKey(server.path("Key")));
  }

  /** {@code host:port}; empty for a key that names no server. */
  static String text(JsonNode key) {
    String host = key.path("Hostname").asString("");
    int port = key.path("Port").asInt(0);
    return host.isEmpty() || port == 0 ? "" : new InstanceKey(host, port).displayString();
  }
}
