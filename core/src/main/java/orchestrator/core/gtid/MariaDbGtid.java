package orchestrator.core.gtid;

import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One transaction of MariaDB: {@code domain-server-sequence}.
 *
 * @param domainId the stream of transactions it belongs to, 0 … 2^32 − 1
 * @param serverId the server that wrote it first, 0 … 2^32 − 1
 * @param sequence its number in the domain, 0 … 2^63 − 1; 0 stands for "nothing yet". The server
 *     would go up to 2^64 − 1, which no counter reaches
 */
public record MariaDbGtid(long domainId, long serverId, long sequence)
    implements Comparable<MariaDbGtid> {
  private static final long MAX_ID = 0xFFFF_FFFFL;
  private static final Pattern FORM =
      Pattern.compile("([0-9]{1,20})\\s*-\\s*([0-9]{1,20})\\s*-\\s*([0-9]{1,20})");
  private static final Comparator<MariaDbGtid> ORDER =
      Comparator.comparingLong(MariaDbGtid::domainId)
          .thenComparingLong(MariaDbGtid::serverId)
          .thenComparingLong(MariaDbGtid::sequence);

  /**
   * @throws GtidParseException if a part is out of range
   */
  public MariaDbGtid {
    if (!isId(domainId) || !isId(serverId) || sequence < 0) {
      throw outOfRange(domainId + "-" + serverId + "-" + sequence);
    }
  }

  /**
   * @throws GtidParseException naming the text
   */
  public static MariaDbGtid parse(String text) {
    Matcher parts = FORM.matcher(text.strip());
    if (!parts.matches()) {
      throw new GtidParseException("Bad MariaDB GTID: expected domain-server-sequence", text);
    }
    try {
      return new MariaDbGtid(
          Long.parseLong(parts.group(1)),
          Long.parseLong(parts.group(2)),
          Long.parseLong(parts.group(3)));
    } catch (NumberFormatException tooLarge) {
      GtidParseException failure = outOfRange(text);
      failure.initCause(tooLarge);
      throw failure;
    }
  }

  /** Whether the text looks like one; a UUID of digits alone does not, it has more parts. */
  static boolean hasForm(String text) {
    return FORM.matcher(text.strip()).matches();
  }

  private static boolean isId(long id) {
    return id >= 0 && id <= MAX_ID;
  }

  private static GtidParseException outOfRange(String text) {
    return new GtidParseException(
        "Bad MariaDB GTID: expected ids up to 2^32-1 and a sequence number up to 2^63-1", text);
  }

  @Override
  public int compareTo(MariaDbGtid other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return domainId + "-" + serverId + "-" + sequence;
  }
}
