package orchestrator.core.topology;

import java.util.Locale;
import java.util.Optional;

/** How much a server is wanted as a master; best first. */
public enum PromotionRule {
  MUST,
  PREFER,
  NEUTRAL,
  PREFER_NOT,
  MUST_NOT;

  private final String displayName = name().toLowerCase(Locale.ROOT);

  /** {@code must}, {@code prefer}, {@code neutral}, {@code prefer_not} or {@code must_not}. */
  public static Optional<PromotionRule> parse(String text) {
    for (PromotionRule rule : values()) {
      if (rule.displayName().equals(text)) {
        return Optional.of(rule);
      }
    }
    return Optional.empty();
  }

  public String displayName() {
    return displayName;
  }

  public boolean isBetterThan(PromotionRule other) {
    return compareTo(other) < 0;
  }
}
