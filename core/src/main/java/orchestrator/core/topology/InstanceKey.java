package orchestrator.core.topology;

import java.util.Locale;

/**
 * The address of a server: host and port. Ordered by host text, then port.
 *
 * <p>A host that starts with {@code //} is <em>detached</em>: a replica's source was deliberately
 * made unreachable. The host {@code _} is what a reset replica is left with. Neither is a server
 * that can be contacted, see {@link #isValid()}.
 *
 * @param hostname never blank, except in {@link #NONE}
 * @param port 0 to 65535; 0 only in keys that are not valid
 */
public record InstanceKey(String hostname, int port) implements Comparable<InstanceKey> {
  /** Stands for "no server" in the views of the API. */
  public static final InstanceKey NONE = new InstanceKey("", 0);

  private static final String DETACH_PREFIX = "//";

  public InstanceKey {
    if (port < 0 || port > 65535) {
      throw new IllegalArgumentException("port must be 0 to 65535, got " + port);
    }
  }

  /**
   * Reads {@code host}, {@code host:port}, {@code [v6]:port} or a bare IPv6 address.
   *
   * @param defaultPort used when the text names no port
   * @throws IllegalArgumentException with the offending text when it has none of these forms
   */
  public static InstanceKey parse(String text, int defaultPort) {
    String trimmed = text.trim();
    if (trimmed.startsWith("[")) {
      int end = trimmed.indexOf(']');
      if (end < 2) {
        throw malformed(text);
      }
      String rest = trimmed.substring(end + 1);
      if (!rest.isEmpty() && !rest.startsWith(":")) {
        throw malformed(text);
      }
      int port = rest.isEmpty() ? defaultPort : parsePort(rest.substring(1), text);
      return new InstanceKey(trimmed.substring(1, end), port);
    }
    long colons = trimmed.chars().filter(c -> c == ':').count();
    if (colons > 1 && trimmed.matches("[0-9a-fA-F:.]+")) {
      return new InstanceKey(trimmed, defaultPort);
    }
    int colon = trimmed.lastIndexOf(':');
    String host = colon < 0 ? trimmed : trimmed.substring(0, colon);
    if (host.isEmpty() || colons > 1 || !host.matches("(//)?[A-Za-z0-9_][A-Za-z0-9_.-]*")) {
      throw malformed(text);
    }
    return new InstanceKey(
        host, colon < 0 ? defaultPort : parsePort(trimmed.substring(colon + 1), text));
  }

  private static int parsePort(String digits, String whole) {
    if (!digits.matches("[0-9]{1,5}") || Integer.parseInt(digits) > 65535) {
      throw malformed(whole);
    }
    return Integer.parseInt(digits);
  }

  private static IllegalArgumentException malformed(String text) {
    return new IllegalArgumentException(
        "Cannot parse instance '" + text + "': use host, host:port or [ipv6]:port");
  }

  /** Whether a server can be contacted at this key. */
  public boolean isValid() {
    return !hostname.isEmpty() && !hostname.equals("_") && !isDetached() && port > 0;
  }

  public boolean isDetached() {
    return hostname.startsWith(DETACH_PREFIX);
  }

  /** The key with a host that no replica can connect to; this key itself if it already is so. */
  public InstanceKey detached() {
    return isDetached() ? this : new InstanceKey(DETACH_PREFIX + hostname, port);
  }

  /** The key that {@link #detached()} was made of. */
  public InstanceKey reattached() {
    return isDetached() ? new InstanceKey(hostname.substring(DETACH_PREFIX.length()), port) : this;
  }

  /** The same address with the host in lower case: host names are not case-sensitive. */
  public InstanceKey normalized() {
    return new InstanceKey(hostname.toLowerCase(Locale.ROOT), port);
  }

  /** {@code host:port}, or {@code [v6]:port}. */
  public String displayString() {
    return hostname.indexOf(':') >= 0 ? "[" + hostname + "]:" + port : hostname + ":" + port;
  }

  @Override
  public int compareTo(InstanceKey other) {
    int byHost = hostname.compareTo(other.hostname);
    return byHost != 0 ? byHost : Integer.compare(port, other.port);
  }

  @Override
  public String toString() {
    return displayString();
  }
}
