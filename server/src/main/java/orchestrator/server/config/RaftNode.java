package orchestrator.server.config;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A member of the raft group, as {@code node1:10008} or {@code name=node1:10008}.
 *
 * @param name stays when the address changes; empty when the address is the name
 */
public record RaftNode(Optional<String> name, HostPort address) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

  /** Parses a text; empty when it is no member. */
  public static Optional<RaftNode> parse(String text) {
    int equals = text.indexOf('=');
    if (equals < 0) {
      return HostPort.parse(text).map(address -> new RaftNode(Optional.empty(), address));
    }
    String name = text.substring(0, equals);
    return HostPort.parse(text.substring(equals + 1))
        .filter(address -> NAME.matcher(name).matches())
        .map(address -> new RaftNode(Optional.of(name), address));
  }

  /** As it is written in a file. */
  @Override
  public String toString() {
    return name.map(text -> text + "=").orElse("") + address;
  }
}
