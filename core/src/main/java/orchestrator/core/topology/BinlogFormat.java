package orchestrator.core.topology;

import java.util.Locale;

/** Ordered as a replica may log: a replica's format must not be smaller than its source's. */
public enum BinlogFormat {
  STATEMENT,
  MIXED,
  ROW,
  /** A binlog server passes on what it gets. */
  INHERIT,
  UNKNOWN;

  public static BinlogFormat of(String text) {
    return switch (text.toUpperCase(Locale.ROOT)) {
      case "STATEMENT" -> STATEMENT;
      case "MIXED" -> MIXED;
      case "ROW" -> ROW;
      case "INHERIT" -> INHERIT;
      default -> UNKNOWN;
    };
  }

  /** The text the API shows: empty when unknown. */
  public String displayName() {
    return this == UNKNOWN ? "" : name();
  }
}
