package orchestrator.core.gtid;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A place in a server's binary or relay log.
 *
 * <p>Ordered by the log's base name, then by the number of its file, then by the position: {@code
 * bin.999999} is before {@code bin.1000000}, which texts would put the other way round. The order
 * means something only between coordinates in the logs of one server.
 *
 * @param logFile name of the file, empty when unknown; {@code //file:position} in coordinates that
 *     were detached
 * @param logPos offset in bytes, 0 or more
 */
public record BinlogCoordinates(String logFile, long logPos, Type type)
    implements Comparable<BinlogCoordinates> {

  /** Which log; the codes are those of the JSON form. */
  public enum Type {
    BINARY(0),
    RELAY(1);

    private final int code;

    Type(int code) {
      this.code = code;
    }

    public int code() {
      return code;
    }

    /** Empty for an unknown code. */
    public static Optional<Type> ofCode(int code) {
      return switch (code) {
        case 0 -> Optional.of(BINARY);
        case 1 -> Optional.of(RELAY);
        default -> Optional.empty();
      };
    }
  }

  /** Not known, or no log at all. */
  public static final BinlogCoordinates UNKNOWN = new BinlogCoordinates("", 0, Type.BINARY);

  /** The first event of a log file comes after its four bytes of magic number. */
  public static final long FIRST_EVENT_POSITION = 4;

  /** A file has a gigabyte, and one more transaction. */
  private static final int BITS_OF_A_FILE = 40;

  private static final Pattern NUMBERED_FILE = Pattern.compile("(.*)\\.([0-9]+)", Pattern.DOTALL);
  private static final Pattern TEXT = Pattern.compile("([^\\s:][^:]*):([0-9]{1,18})");
  private static final Pattern DETACHED_FILE = Pattern.compile("//([^/:\\s]+):([0-9]{1,18})");
  private static final Pattern DETACHED_TEXT =
      Pattern.compile("(" + DETACHED_FILE.pattern() + ")(:\\3)?");

  private static final Comparator<BinlogCoordinates> ORDER =
      Comparator.comparing(BinlogCoordinates::baseName)
          .thenComparing(BinlogCoordinates::fileDigits, BinlogCoordinates::compareDigits)
          .thenComparingLong(BinlogCoordinates::logPos)
          .thenComparing(BinlogCoordinates::type)
          .thenComparing(BinlogCoordinates::logFile);

  /**
   * @throws IllegalArgumentException if the position is negative
   */
  public BinlogCoordinates {
    if (logPos < 0) {
      throw new IllegalArgumentException("Negative position " + logPos + " in log " + logFile);
    }
  }

  public static BinlogCoordinates binary(String logFile, long logPos) {
    return new BinlogCoordinates(logFile, logPos, Type.BINARY);
  }

  public static BinlogCoordinates relay(String logFile, long logPos) {
    return new BinlogCoordinates(logFile, logPos, Type.RELAY);
  }

  /**
   * Reads {@code file:position} as coordinates in a binary log, and {@code //file:position} as
   * detached ones.
   *
   * @throws GtidParseException naming the text
   */
  public static BinlogCoordinates parse(String text) {
    Matcher detached = DETACHED_TEXT.matcher(text.strip());
    if (detached.matches()) {
      return binary(detached.group(1), Long.parseLong(detached.group(3)));
    }
    Matcher parts = TEXT.matcher(text.strip());
    if (!parts.matches()) {
      throw new GtidParseException(
          "Bad binlog coordinates: expected file:position, such as mysql-bin.000123:4567", text);
    }
    return binary(parts.group(1), Long.parseLong(parts.group(2)));
  }

  /** Whether they say nothing: no file is known. */
  public boolean isUnknown() {
    return logFile.isEmpty();
  }

  /** {@code file:position}. */
  public String displayString() {
    return logFile + ":" + logPos;
  }

  public boolean isBefore(BinlogCoordinates other) {
    return compareTo(other) < 0;
  }

  /** Whether their order means something: files of the same name, but for the number. */
  public boolean isInLogOf(BinlogCoordinates other) {
    return type == other.type && !isUnknown() && baseName().equals(other.baseName());
  }

  /**
   * How far this is beyond {@code earlier}, a place in the same log: bytes within a file. Of places
   * in different files a number that only says which of two distances is greater.
   */
  public long distanceFrom(BinlogCoordinates earlier) {
    return ((fileNumber() - earlier.fileNumber()) << BITS_OF_A_FILE) + logPos - earlier.logPos;
  }

  private long fileNumber() {
    String digits = fileDigits();
    return digits.isEmpty() || digits.length() > 18 ? 0 : Long.parseLong(digits);
  }

  /** The start of the file that follows this one; empty if the file has no number. */
  public Optional<BinlogCoordinates> nextFile() {
    return fileAtDistance(1);
  }

  /** The start of the file before this one; empty if the file has no number or is the first. */
  public Optional<BinlogCoordinates> previousFile() {
    return fileAtDistance(-1);
  }

  private Optional<BinlogCoordinates> fileAtDistance(int distance) {
    String digits = fileDigits();
    // Servers end at 2^31-1; 18 digits always fit a long.
    if (digits.isEmpty() || digits.length() > 18) {
      return Optional.empty();
    }
    long number = Long.parseLong(digits) + distance;
    if (number < 1) {
      return Optional.empty();
    }
    String text = Long.toString(number);
    String padded = "0".repeat(Math.max(0, digits.length() - text.length())) + text;
    return Optional.of(
        new BinlogCoordinates(baseName() + "." + padded, FIRST_EVENT_POSITION, type));
  }

  /** Whether the file has the form {@code //file:position}, which stops a replica reversibly. */
  public boolean isDetached() {
    return DETACHED_FILE.matcher(logFile).matches();
  }

  /** The detached form of these coordinates; themselves if they are detached. */
  public BinlogCoordinates detached() {
    return isDetached() ? this : new BinlogCoordinates("//" + displayString(), logPos, type);
  }

  /** What was detached; empty if these coordinates are not in detached form. */
  public Optional<BinlogCoordinates> attached() {
    Matcher parts = DETACHED_FILE.matcher(logFile);
    return parts.matches()
        ? Optional.of(new BinlogCoordinates(parts.group(1), Long.parseLong(parts.group(2)), type))
        : Optional.empty();
  }

  @Override
  public int compareTo(BinlogCoordinates other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return displayString();
  }

  private String baseName() {
    Matcher parts = NUMBERED_FILE.matcher(logFile);
    return parts.matches() ? parts.group(1) : logFile;
  }

  /** The digits after the last dot; empty if there are none. */
  private String fileDigits() {
    Matcher parts = NUMBERED_FILE.matcher(logFile);
    return parts.matches() ? parts.group(2) : "";
  }

  /** Compares as numbers, of any length. */
  private static int compareDigits(String left, String right) {
    String leftNumber = left.replaceFirst("^0+", "");
    String rightNumber = right.replaceFirst("^0+", "");
    return leftNumber.length() != rightNumber.length()
        ? Integer.compare(leftNumber.length(), rightNumber.length())
        : leftNumber.compareTo(rightNumber);
  }
}
