package orchestrator.core.binlog;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Markers in binary logs that are the same on every server of a topology, and how logs are read to
 * find them.
 *
 * @param pattern {@code PseudoGTIDPattern}
 * @param monotonicHint {@code PseudoGTIDMonotonicHint}: markers with this text in them grow
 * @param chunkSize {@code BinlogEventsChunkSize}: events read at a time
 * @param ignored {@code SkipBinlogEventsContaining}: texts of events that may be in one log alone
 */
public record PseudoGtid(
    Pattern pattern, Optional<String> monotonicHint, int chunkSize, List<String> ignored) {

  /** Of the views that never were. */
  public static final String SCHEMA = "_pseudo_gtid_";

  /** What the markers look like that {@link #injection} makes. */
  public static final String INJECTED_PATTERN = "drop view if exists `" + SCHEMA + "`";

  public static final String INJECTED_HINT = "asc:";

  public PseudoGtid {
    ignored = List.copyOf(ignored);
    if (chunkSize < 1) {
      throw new IllegalArgumentException("chunkSize must be 1 or more, got " + chunkSize);
    }
  }

  /** Markers as {@link #injection} makes them. */
  public static PseudoGtid injected(int chunkSize) {
    Pattern literally = Pattern.compile(INJECTED_PATTERN, Pattern.LITERAL);
    return new PseudoGtid(literally, Optional.of(INJECTED_HINT), chunkSize, List.of());
  }

  boolean isMarker(LogEvent event) {
    return EventText.isQuery(event) && pattern.matcher(event.info()).find();
  }

  boolean isIgnored(LogEvent event) {
    return ignored.stream().anyMatch(event.info()::contains);
  }

  /** Whether the left of two markers is known to be the later one. */
  boolean isLater(String left, String right) {
    return monotonicHint
        .filter(hint -> left.contains(hint) && right.contains(hint))
        .filter(hint -> afterHint(left, hint).compareTo(afterHint(right, hint)) > 0)
        .isPresent();
  }

  private static String afterHint(String marker, String hint) {
    return marker.substring(marker.indexOf(hint));
  }

  /**
   * The statement that writes a marker into the log of a master: it drops a view that never was.
   *
   * @param unixSeconds later markers are greater as texts
   * @param serverId of the master
   * @param random 64 bits, so that no two are the same
   */
  public static String injection(long unixSeconds, long serverId, long random) {
    return "%s.`_%s%08x:%08x:%016x`"
        .formatted(INJECTED_PATTERN, INJECTED_HINT, unixSeconds, serverId, random);
  }
}
