package orchestrator.server.mysql;

import java.util.Optional;
import orchestrator.core.gtid.GtidParseException;
import orchestrator.core.gtid.GtidSet;
import orchestrator.core.gtid.MariaDbGtidSet;
import orchestrator.core.gtid.OracleGtidSet;

/**
 * Parses the GTID set that one place of one server gives again and again: the value is kept while
 * the text stays the same. A text that is no GTID set gives an empty Optional: unknown.
 */
final class GtidTexts {
  private final boolean mariaDb;
  private String text = "";
  private Optional<GtidSet> value;

  GtidTexts(boolean mariaDb) {
    this.mariaDb = mariaDb;
    this.value = Optional.of(mariaDb ? MariaDbGtidSet.EMPTY : OracleGtidSet.EMPTY);
  }

  /** The set; blank text is the empty set. */
  Optional<GtidSet> parse(String newText) {
    if (!newText.equals(text)) {
      text = newText;
      try {
        value = Optional.of(mariaDb ? MariaDbGtidSet.parse(newText) : OracleGtidSet.parse(newText));
      } catch (GtidParseException e) {
        value = Optional.empty();
      }
    }
    return value;
  }
}
