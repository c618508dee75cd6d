package orchestrator.server.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import orchestrator.server.config.Decoded.Invalid;
import orchestrator.server.config.Decoded.Valid;
import tools.jackson.databind.JsonNode;

/** Types of values that hold regular expressions. */
final class PatternTypes {

  private static final String EXPRESSION = "a regular expression";

  private PatternTypes() {}

  /** A regular expression; empty means none. */
  static KeyType<Optional<Pattern>> pattern() {
    return pattern(EXPRESSION, 0);
  }

  /** A regular expression that extracts something with its first group; empty means none. */
  static KeyType<Optional<Pattern>> groupPattern() {
    return pattern(EXPRESSION + " with a group in parentheses", 1);
  }

  private static KeyType<Optional<Pattern>> pattern(String allowed, int minGroups) {
    String complete = allowed + ", or empty";
    return new KeyType<>(
        JsonShape.TEXT,
        complete,
        node -> decodePattern(node.stringValue(), complete, minGroups),
        value -> value.map(Pattern::pattern).orElse(""));
  }

  private static Decoded<Optional<Pattern>> decodePattern(
      String text, String allowed, int minGroups) {
    if (text.isEmpty()) {
      return new Valid<>(Optional.empty());
    }
    try {
      Pattern pattern = GoPattern.compile(text);
      return pattern.matcher("").groupCount() >= minGroups
          ? new Valid<>(Optional.of(pattern))
          : new Invalid<>("must be " + allowed);
    } catch (PatternSyntaxException bad) {
      return new Invalid<>("must be " + allowed + ": " + bad.getDescription());
    }
  }

  /** Filters on servers. An empty entry would match every server and is an error. */
  static KeyType<HostFilter> hostFilter() {
    return filter(
        "a list of IP addresses and regular expressions on host:port, none empty",
        HostFilter::of,
        HostFilter::entries,
        false);
  }

  /** Filters on one name. An empty entry would match every name and is an error. */
  static KeyType<NameFilter> nameFilter() {
    return filter(
        "a list of regular expressions, none empty", NameFilter::of, NameFilter::entries, false);
  }

  /** Filters on clusters. */
  static KeyType<ClusterFilter> clusterFilter() {
    return filter(
        "a list of cluster names, aliases, \"*\", \"alias=NAME\", \"alias~=REGEX\" or regular"
            + " expressions on the cluster name",
        ClusterFilter::of,
        ClusterFilter::entries,
        true);
  }

  private static <T> KeyType<T> filter(
      String allowed,
      Function<List<String>, T> factory,
      Function<T, List<String>> entries,
      boolean emptyEntryAllowed) {
    return new KeyType<>(
        JsonShape.TEXT_LIST,
        allowed,
        node -> {
          var texts = new ArrayList<String>();
          node.forEach(entry -> texts.add(entry.stringValue()));
          if (!emptyEntryAllowed && texts.contains("")) {
            return new Invalid<>("must be " + allowed + ": an empty entry would match everything");
          }
          return compiled(allowed, () -> factory.apply(texts));
        },
        entries::apply);
  }

  /** Regular expressions on the cluster name with an alias each. */
  static KeyType<ClusterAliasRules> aliasRules() {
    return new KeyType<>(
        JsonShape.TEXT_MAP,
        "a map from regular expressions on the cluster name to aliases",
        node -> {
          var entries = new LinkedHashMap<String, String>();
          node.properties()
              .forEach(entry -> entries.put(entry.getKey(), entry.getValue().stringValue()));
          return compiled(
              "a map from regular expressions to aliases", () -> ClusterAliasRules.of(entries));
        },
        ClusterAliasRules::entries);
  }

  /** Cluster filters with a number of milliseconds each. */
  static KeyType<ClusterDurations> clusterMilliseconds() {
    String allowed =
        "a map from cluster filters to whole numbers of milliseconds from 0 to "
            + Integer.MAX_VALUE;
    return new KeyType<>(
        JsonShape.INTEGER_MAP,
        allowed,
        node -> decodeMilliseconds(node, allowed),
        durations -> {
          Map<String, Long> encoded = new LinkedHashMap<>();
          durations.entries().forEach((filter, time) -> encoded.put(filter, time.toMillis()));
          return encoded;
        });
  }

  private static Decoded<ClusterDurations> decodeMilliseconds(JsonNode node, String allowed) {
    var entries = new LinkedHashMap<String, Duration>();
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      JsonNode number = entry.getValue();
      if (!number.canConvertToInt() || number.intValue() < 0) {
        return new Invalid<>("must be " + allowed);
      }
      entries.put(entry.getKey(), Duration.ofMillis(number.intValue()));
    }
    return compiled(allowed, () -> ClusterDurations.of(entries));
  }

  private static <T> Decoded<T> compiled(String allowed, Supplier<T> factory) {
    try {
      return new Valid<>(factory.get());
    } catch (PatternSyntaxException bad) {
      return new Invalid<>(
          "must be %s: \"%s\" is not a regular expression: %s"
              .formatted(allowed, bad.getPattern(), bad.getDescription()));
    }
  }
}
