package orchestrator.server.config;

import java.net.Inet6Address;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * A host name or IP address with an optional port, as in {@code db1}, {@code db1:3306}, {@code
 * 10.0.0.1:3306}, {@code ::1} and {@code [::1]:3306}.
 *
 * @param host never empty; an IPv6 address without brackets
 * @param port 1 to 65535
 */
public record HostPort(String host, OptionalInt port) {

  private static final Pattern HOST = Pattern.compile("[\\p{L}\\p{N}_]([\\p{L}\\p{N}._-]*)");
  private static final Pattern PORT = Pattern.compile("\\d{1,5}");

  public HostPort {
    if (!isHost(host)) {
      throw new IllegalArgumentException("not a host: " + host);
    }
    if (port.isPresent() && (port.getAsInt() < 1 || port.getAsInt() > 65_535)) {
      throw new IllegalArgumentException("not a port: " + port.getAsInt());
    }
  }

  /** Parses a text; empty when it is not a host with an optional port. */
  public static Optional<HostPort> parse(String text) {
    if (isIpv6(text)) {
      return Optional.of(new HostPort(text, OptionalInt.empty()));
    }
    if (text.startsWith("[")) {
      int end = text.indexOf(']');
      if (end < 0 || !isIpv6(text.substring(1, end))) {
        return Optional.empty();
      }
      return withPort(text.substring(1, end), text.substring(end + 1));
    }
    int colon = text.indexOf(':');
    return colon < 0
        ? withPort(text, "")
        : withPort(text.substring(0, colon), text.substring(colon));
  }

  private static Optional<HostPort> withPort(String host, String colonAndPort) {
    if (!isHost(host)) {
      return Optional.empty();
    }
    if (colonAndPort.isEmpty()) {
      return Optional.of(new HostPort(host, OptionalInt.empty()));
    }
    if (!colonAndPort.startsWith(":")) {
      return Optional.empty();
    }
    return parsePort(colonAndPort.substring(1))
        .filter(number -> number > 0)
        .map(number -> new HostPort(host, OptionalInt.of(number)));
  }

  /** A number from 0 to 65535. */
  static Optional<Integer> parsePort(String text) {
    return Optional.of(text)
        .filter(digits -> PORT.matcher(digits).matches())
        .map(Integer::valueOf)
        .filter(number -> number <= 65_535);
  }

  static boolean isHost(String text) {
    return HOST.matcher(text).matches() || isIpv6(text);
  }

  private static boolean isIpv6(String text) {
    if (text.indexOf(':') < 0 || text.startsWith("[")) {
      return false;
    }
    try {
      Inet6Address.ofLiteral(text);
      return true;
    } catch (IllegalArgumentException _) {
      return false;
    }
  }

  /** The port, or another one where none is written. */
  public int portOr(int otherwise) {
    return port.orElse(otherwise);
  }

  /** As it is written in a file. */
  @Override
  public String toString() {
    if (port.isEmpty()) {
      return host;
    }
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port.getAsInt();
  }
}
