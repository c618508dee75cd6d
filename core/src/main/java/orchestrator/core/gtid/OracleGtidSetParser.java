package orchestrator.core.gtid;

import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Reads what servers print and people type: {@code uuid:1-5:7,uuid:tag:1-3:other_tag:9}. Blanks and
 * line breaks may stand between any two parts, and commas may be stray ones, as for the server.
 * Unlike the server it refuses an interval whose end is before its start: no server prints one.
 */
final class OracleGtidSetParser {
  private static final String BLANKS = " \t\r\n";

  private final String text;
  private final SortedMap<Origin, IntervalSet.Builder> intervals = new TreeMap<>();
  private int position;

  OracleGtidSetParser(String text) {
    this.text = text;
  }

  OracleGtidSet parse() {
    skipBlanks();
    while (position < text.length()) {
      if (!accept(',')) {
        parseOrigin();
        if (position < text.length() && text.charAt(position) != ',') {
          throw failure("expected a comma or a colon");
        }
      }
    }
    SortedMap<Origin, IntervalSet> sets = new TreeMap<>();
    intervals.forEach((origin, builder) -> sets.put(origin, builder.build()));
    return OracleGtidSet.ofCanonical(sets);
  }

  private void parseOrigin() {
    String uuid = Origin.checkedUuid(word(true));
    String tag = "";
    boolean complete = false;
    while (accept(':')) {
      if (startsWithDigit()) {
        parseInterval(Origin.of(uuid, tag));
        complete = true;
      } else if (startsWithTag() && (complete || tag.isEmpty())) {
        tag = Origin.checkedTag(word(false));
        complete = false;
      } else {
        throw failure(complete ? "expected an interval or a tag" : "expected an interval");
      }
    }
    if (!complete) {
      throw failure("expected an interval");
    }
  }

  private void parseInterval(Origin origin) {
    int start = position;
    long first = number();
    long last = accept('-') ? number() : first;
    if (last < first) {
      throw new GtidParseException(
          "Bad GTID set: expected an interval whose end is not before its start",
          text.substring(start, position));
    }
    intervals.computeIfAbsent(origin, key -> new IntervalSet.Builder()).add(first, last);
  }

  private long number() {
    String digits = word(false);
    try {
      long number = Long.parseLong(digits);
      OracleGtid.checkNumber(number);
      return number;
    } catch (NumberFormatException notANumber) {
      GtidParseException failure =
          new GtidParseException("Bad GTID set: expected a transaction number", digits);
      failure.initCause(notANumber);
      throw failure;
    }
  }

  private boolean startsWithDigit() {
    return position < text.length() && isDigit(text.charAt(position));
  }

  private boolean startsWithTag() {
    return position < text.length() && isPartOfWord(text.charAt(position), false);
  }

  /** Everything up to the next separator, and the blanks after it. */
  private String word(boolean withDashes) {
    int start = position;
    while (position < text.length() && isPartOfWord(text.charAt(position), withDashes)) {
      position++;
    }
    String word = text.substring(start, position);
    skipBlanks();
    return word;
  }

  private static boolean isPartOfWord(char character, boolean withDashes) {
    return character != ','
        && character != ':'
        && (withDashes || character != '-')
        && BLANKS.indexOf(character) < 0;
  }

  private static boolean isDigit(char character) {
    return character >= '0' && character <= '9';
  }

  private boolean accept(char separator) {
    if (position == text.length() || text.charAt(position) != separator) {
      return false;
    }
    position++;
    skipBlanks();
    return true;
  }

  private void skipBlanks() {
    while (position < text.length() && BLANKS.indexOf(text.charAt(position)) >= 0) {
      position++;
    }
  }

  private GtidParseException failure(String expectation) {
    return new GtidParseException(
        "Bad GTID set: " + expectation + " at character " + (position + 1),
        position < text.length() ? text.substring(position) : text);
  }
}
