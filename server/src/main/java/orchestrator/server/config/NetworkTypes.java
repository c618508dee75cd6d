package orchestrator.server.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Types of values that hold names and addresses. */
final class NetworkTypes {

  private NetworkTypes() {}

  /** A host without a port; empty means none. */
  static KeyType<Optional<String>> host() {
    return KeyTypes.optionalText(
        "a host name or IP address",
        text -> Optional.of(text).filter(HostPort::isHost),
        Function.identity());
  }

  /** A host with an optional port; empty means none. */
  static KeyType<Optional<HostPort>> address() {
    return KeyTypes.optionalText(
        "a host name or IP address with an optional port (1 to 65535)",
        HostPort::parse,
        HostPort::toString);
  }

  /** Hosts with optional ports. */
  static KeyType<List<HostPort>> addresses() {
    return KeyTypes.list(
        "host names or IP addresses with an optional port (1 to 65535)",
        HostPort::parse,
        HostPort::toString);
  }

  /** Members of a group. */
  static KeyType<List<RaftNode>> raftNodes() {
    return KeyTypes.list(
        "host names or IP addresses with an optional port (1 to 65535) and an optional name, such"
            + " as \"node1:10008\" or \"east=node1:10008\"",
        RaftNode::parse,
        RaftNode::toString);
  }

  /** Where to listen. */
  static KeyType<ListenAddress> listener() {
    return KeyTypes.parsedText(
        "an optional host and a port (0 to 65535), such as \":3000\" or \"127.0.0.1:3000\"",
        ListenAddress::parse,
        ListenAddress::toString);
  }

  /** A base URL with scheme, host and port and nothing behind it; empty means none. */
  static KeyType<Optional<URI>> baseUrl() {
    return KeyTypes.optionalText(
        "a URL with scheme (http or https), host and port and without a path, such as"
            + " \"https://node1.example.com:3000\"",
        NetworkTypes::parseBaseUrl,
        URI::toString);
  }

  private static Optional<URI> parseBaseUrl(String text) {
    try {
      URI url = new URI(text);
      boolean complete =
          ("http".equals(url.getScheme()) || "https".equals(url.getScheme()))
              && url.getHost() != null
              && url.getPort() > 0
              && url.getPort() <= 65_535;
      boolean bare =
          (url.getRawPath() == null || url.getRawPath().isEmpty())
              && url.getRawQuery() == null
              && url.getRawFragment() == null
              && url.getRawUserInfo() == null;
      return complete && bare ? Optional.of(url) : Optional.empty();
    } catch (URISyntaxException _) {
      return Optional.empty();
    }
  }

  /** A path prefix: slashes at both ends are dropped, one is put in front; empty stays empty. */
  static KeyType<String> pathPrefix() {
    return KeyTypes.parsedText(
        "a path such as \"/orchestrator\", or empty",
        text -> Optional.of(text).filter(NetworkTypes::isPath).map(NetworkTypes::normalizedPrefix),
        Function.identity());
  }

  private static boolean isPath(String text) {
    return text.chars().noneMatch(c -> c <= ' ' || c == '?' || c == '#' || c == '\\');
  }

  private static String normalizedPrefix(String text) {
    String bare = text.replaceAll("^/+|/+$", "");
    return bare.isEmpty() ? "" : "/" + bare;
  }

  /** An absolute path of an HTTP endpoint. */
  static KeyType<String> endpoint() {
    return KeyTypes.checkedText(
        "a path that starts with a slash", text -> text.startsWith("/") && isPath(text));
  }

  /** A prefix of keys in a store: exactly one slash at its end. */
  static KeyType<String> keyPrefix() {
    return KeyTypes.parsedText(
        "a text",
        text -> Optional.of(text.equals("/") ? text : text.replaceAll("/+$", "") + "/"),
        Function.identity());
  }
}
