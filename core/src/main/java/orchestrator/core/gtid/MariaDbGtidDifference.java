package orchestrator.core.gtid;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Transactions that one MariaDB server has and another lacks: at most one range per domain, in
 * order of the domains.
 */
public record MariaDbGtidDifference(List<Range> ranges) implements GtidDifference {
  private static final Pattern RANGE =
      Pattern.compile("([0-9]+-[0-9]+-)([0-9]+)(?:\\.\\.([0-9]+))?");

  public MariaDbGtidDifference {
    ranges = List.copyOf(ranges);
  }

  /**
   * Reads what {@link #toString} gave.
   *
   * @throws GtidParseException naming the part that is wrong
   */
  public static MariaDbGtidDifference parse(String text) {
    return new MariaDbGtidDifference(
        text.isEmpty()
            ? List.of()
            : Stream.of(text.split(",", -1)).map(MariaDbGtidDifference::parseRange).toList());
  }

  static boolean startsLikeOne(String text) {
    return RANGE.matcher(text.split(",", 2)[0]).matches();
  }

  private static Range parseRange(String text) {
    Matcher parts = RANGE.matcher(text);
    if (!parts.matches()) {
      throw new GtidParseException(
          "Bad MariaDB GTID range: expected domain-server-first..last", text);
    }
    Optional<String> lastText = Optional.ofNullable(parts.group(3));
    MariaDbGtid first = MariaDbGtid.parse(parts.group(1) + parts.group(2));
    MariaDbGtid last = MariaDbGtid.parse(parts.group(1) + lastText.orElse(parts.group(2)));
    if (first.sequence() < 1 || last.sequence() < first.sequence()) {
      throw new GtidParseException(
          "Bad MariaDB GTID range: expected an end not before its start, and a start from 1", text);
    }
    return new Range(first.domainId(), first.serverId(), first.sequence(), last.sequence());
  }

  @Override
  public boolean isEmpty() {
    return ranges.isEmpty();
  }

  /** Of each domain one range, which has both and what is between them. */
  MariaDbGtidDifference with(MariaDbGtidDifference other) {
    SortedMap<Long, Range> all = new TreeMap<>();
    Stream.of(ranges, other.ranges)
        .flatMap(List::stream)
        .forEach(range -> all.merge(range.domainId(), range, Range::with));
    return new MariaDbGtidDifference(List.copyOf(all.values()));
  }

  /** An upper bound: the sequence numbers of a domain may have gaps. */
  @Override
  public long transactionCount() {
    long count = 0;
    for (Range range : ranges) {
      count += range.last() - range.first() + 1;
      if (count < 0) {
        return Long.MAX_VALUE;
      }
    }
    return count;
  }

  @Override
  public String toString() {
    return ranges.stream().map(Range::toString).collect(Collectors.joining(","));
  }

  /**
   * Sequence numbers of one domain.
   *
   * @param first the lowest one, 1 or more
   * @param last the highest one
   * @param lastServerId the server that wrote the last one; who wrote the others is not known
   */
  public record Range(long domainId, long lastServerId, long first, long last) {
    public Range {
      if (first < 1 || last < first) {
        throw new IllegalArgumentException(
            "Not a range of sequence numbers: " + first + ".." + last);
      }
    }

    private Range with(Range other) {
      Range later = other.last > last ? other : this;
      return new Range(domainId, later.lastServerId, Math.min(first, other.first), later.last);
    }

    /** {@code domain-server-first..last}, or a plain GTID when it is only one. */
    @Override
    public String toString() {
      String text = domainId + "-" + lastServerId + "-" + first;
      return first == last ? text : text + ".." + last;
    }
  }
}
