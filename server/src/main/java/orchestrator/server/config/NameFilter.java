package orchestrator.server.config;

import java.util.List;
import java.util.regex.Pattern;

/** A list of regular expressions, each of which may match anywhere in a name. */
public final class NameFilter {

  private final List<Pattern> patterns;
  private final List<String> entries;

  private NameFilter(List<String> entries) {
    this.entries = List.copyOf(entries);
    this.patterns = entries.stream().map(GoPattern::compile).toList();
  }

  /**
   * Compiles the entries.
   *
   * @throws java.util.regex.PatternSyntaxException when an entry is not a regular expression
   */
  public static NameFilter of(List<String> entries) {
    return new NameFilter(entries);
  }

  /** Whether any entry matches this name. */
  public boolean matches(String name) {
    for (Pattern pattern : patterns) {
      if (pattern.matcher(name).find()) {
        return true;
      }
    }
    return false;
  }

  /** Whether there is nothing to match. */
  public boolean isEmpty() {
    return entries.isEmpty();
  }

  /** The entries as written. */
  public List<String> entries() {
    return entries;
  }

  @Override
  public String toString() {
    return entries.toString();
  }
}
