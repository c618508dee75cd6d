package orchestrator.core.gtid;

/**
 * A text that is no GTID, GTID set or binlog position. The message quotes the part that is wrong.
 */
public final class GtidParseException extends IllegalArgumentException {
  private static final int MAX_QUOTED_CHARACTERS = 80;

  private final String offendingText;

  /**
   * @param problem what was expected, as the start of a sentence: {@code "Bad GTID set: expected
   *     …"}
   * @param offendingText the part of the input that was found instead; quoted shortened
   */
  public GtidParseException(String problem, String offendingText) {
    super(problem + ", found \"" + shorten(offendingText) + "\"");
    this.offendingText = offendingText;
  }

  /** The part of the input that could not be understood, unabridged. */
  public String offendingText() {
    return offendingText;
  }

  private static String shorten(String text) {
    return text.length() <= MAX_QUOTED_CHARACTERS
        ? text
        : text.substring(0, MAX_QUOTED_CHARACTERS) + "…";
  }
}
