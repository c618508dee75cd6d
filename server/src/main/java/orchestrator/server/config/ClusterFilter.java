package orchestrator.server.config;

import java.util.List;
import java.util.function.BiPredicate;
import java.util.regex.Pattern;

/**
 * A list of filters on clusters, as in {@code RecoverMasterClusterFilters}. An entry matches when
 * it equals the cluster's name or alias, is {@code *}, is {@code alias=X} with X the alias, is
 * {@code alias~=R} with R found in the alias, or is a regular expression found in the name. An
 * empty entry matches nothing.
 */
public final class ClusterFilter {

  private static final String ALIAS_EQUALS = "alias=";
  private static final String ALIAS_MATCHES = "alias~=";

  private record Entry(String text, BiPredicate<String, String> rule) {
    boolean matches(String clusterName, String clusterAlias) {
      return !text.isEmpty()
          && (text.equals(clusterName)
              || text.equals(clusterAlias)
              || rule.test(clusterName, clusterAlias));
    }
  }

  private final List<Entry> entries;

  private ClusterFilter(List<Entry> entries) {
    this.entries = entries;
  }

  /**
   * Compiles the entries.
   *
   * @throws java.util.regex.PatternSyntaxException when an entry is not a regular expression
   */
  public static ClusterFilter of(List<String> entries) {
    return new ClusterFilter(entries.stream().map(text -> new Entry(text, rule(text))).toList());
  }

  private static BiPredicate<String, String> rule(String text) {
    if (text.equals("*")) {
      return (_, _) -> true;
    }
    if (text.startsWith(ALIAS_EQUALS)) {
      String wanted = text.substring(ALIAS_EQUALS.length());
      return (_, alias) -> !wanted.isEmpty() && alias.equals(wanted);
    }
    if (text.startsWith(ALIAS_MATCHES)) {
      Pattern pattern = GoPattern.compile(text.substring(ALIAS_MATCHES.length()));
      return (_, alias) -> pattern.matcher(alias).find();
    }
    Pattern pattern = GoPattern.compile(text);
    return (name, _) -> pattern.matcher(name).find();
  }

  /**
   * Whether any entry matches this cluster.
   *
   * @param clusterAlias empty when it has none
   */
  public boolean matches(String clusterName, String clusterAlias) {
    return entries.stream().anyMatch(entry -> entry.matches(clusterName, clusterAlias));
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
}
