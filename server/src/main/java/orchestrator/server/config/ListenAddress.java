package orchestrator.server.config;

import java.util.Optional;

/**
 * Where a service listens: {@code :3000} is every interface, {@code 127.0.0.1:3000} is one.
 *
 * @param host empty for every interface
 * @param port 0 to 65535; 0 lets the system choose
 */
public record ListenAddress(Optional<String> host, int port) {

  /** Parses a text; empty when it is not an optional host and a port. */
  public static Optional<ListenAddress> parse(String text) {
    int colon = text.lastIndexOf(':');
    if (colon < 0) {
      return Optional.empty();
    }
    Optional<Integer> port = HostPort.parsePort(text.substring(colon + 1));
    String host = text.substring(0, colon);
    if (host.isEmpty()) {
      return port.map(number -> new ListenAddress(Optional.empty(), number));
    }
    // An IPv6 address without brackets would swallow the port.
    if (host.indexOf(':') >= 0 && !host.startsWith("[")) {
      return Optional.empty();
    }
    return HostPort.parse(host)
        .flatMap(
            address -> port.map(number -> new ListenAddress(Optional.of(address.host()), number)));
  }

  /** As it is written in a file. */
  @Override
  public String toString() {
    return host.map(name -> name.indexOf(':') < 0 ? name : "[" + name + "]").orElse("")
        + ":"
        + port;
  }
}
