package orchestrator.server.config;

import java.net.Inet6Address;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import orchestrator.core.topology.InstanceKey;

/**
 * A list of filters on servers. An entry that is an IP address matches the server whose host is
 * exactly that text; any other entry is a regular expression that may match anywhere in {@code
 * host:port}.
 */
public final class HostFilter {

  private static final Pattern IPV4 =
      Pattern.compile("((25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)(\\.(?!$)|$)){4}");

  private record Entry(String text, Optional<Pattern> pattern) {
    boolean matches(String host, String hostAndPort) {
      return pattern
          .map(expression -> expression.matcher(hostAndPort).find())
          .orElseGet(() -> text.equals(host));
    }
  }

  private final List<Entry> entries;

  private HostFilter(List<Entry> entries) {
    this.entries = entries;
  }

  /**
   * Compiles the entries.
   *
   * @throws java.util.regex.PatternSyntaxException when an entry is neither an address nor a
   *     regular expression
   */
  public static HostFilter of(List<String> entries) {
    return new HostFilter(
        entries.stream()
            .map(text ->
                new Entry(
                    text,
                    isIpAddress(text) ? Optional.empty() : Optional.of(GoPattern.compile(text))))
            .toList());
  }

  /** Whether any entry matches this server. */
  public boolean matches(InstanceKey server) {
    if (entries.isEmpty()) {
      return false;
    }
    String hostAndPort = server.displayString();
    return entries.stream().anyMatch(entry -> entry.matches(server.hostname(), hostAndPort));
  }

  /** Whether there is nothing to match. */
  public boolean isEmpty() {
    return entries.isEmpty();
  }

  /** The entries as written. */
  public List<String> entries() {
    return entries.stream().map(Entry::text).toList();
  }

  @Override
  public String toString() {
    return entries().toString();
  }

  // Stricter than Inet4Address.ofLiteral, for which "10" is an address too.
  private static boolean isIpAddress(String text) {
    if (IPV4.matcher(text).matches()) {
      return true;
    }
    if (text.indexOf(':') < 0 || text.indexOf('[') >= 0 || text.indexOf('%') >= 0) {
      return false;
    }
    try {
      Inet6Address.ofLiteral(text);
      return true;
    } catch (IllegalArgumentException _) {
      return false;
    }
  }
}
