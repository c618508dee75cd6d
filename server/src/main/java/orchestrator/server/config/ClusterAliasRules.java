package orchestrator.server.config;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Regular expressions on the cluster name with the alias each gives; the first in the file wins.
 */
public final class ClusterAliasRules {

  private final Map<String, String> entries;
  private final Map<Pattern, String> rules = new LinkedHashMap<>();

  private ClusterAliasRules(Map<String, String> entries) {
    this.entries = new LinkedHashMap<>(entries);
    entries.forEach((pattern, alias) -> rules.put(GoPattern.compile(pattern), alias));
  }

  /**
   * Compiles the rules.
   *
   * @throws java.util.regex.PatternSyntaxException when a key is not a regular expression
   */
  public static ClusterAliasRules of(Map<String, String> entries) {
    return new ClusterAliasRules(entries);
  }

  /** The alias for a cluster name, if a rule matches. */
  public Optional<String> aliasFor(String clusterName) {
    return rules.entrySet().stream()
        .filter(rule -> rule.getKey().matcher(clusterName).find())
        .map(Map.Entry::getValue)
        .findFirst();
  }

  Map<String, String> entries() {
    return entries;
  }
}
