package orchestrator.core.gtid;

import java.util.Collection;
import java.util.Collections;
import java.util.Locale;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A GTID set of MySQL and Percona Server, such as {@code gtid_executed}, tags (MySQL 8.3 and newer)
 * included. Immutable and canonical. UUIDs given as arguments may be in any case.
 */
public final class OracleGtidSet implements GtidSet, GtidDifference {
  public static final OracleGtidSet EMPTY = new OracleGtidSet(Collections.emptySortedMap());

  /** Without empty interval sets; never altered. */
  private final SortedMap<Origin, IntervalSet> intervals;

  private OracleGtidSet(SortedMap<Origin, IntervalSet> intervals) {
    this.intervals = intervals;
  }

  /** Takes the map over; it must hold no empty interval set. */
  static OracleGtidSet ofCanonical(SortedMap<Origin, IntervalSet> intervals) {
    return intervals.isEmpty() ? EMPTY : new OracleGtidSet(intervals);
  }

  /**
   * Reads the text form of the server; blank text is the empty set.
   *
   * @throws GtidParseException naming the part that is wrong
   */
  public static OracleGtidSet parse(String text) {
    return new OracleGtidSetParser(text).parse();
  }

  public static OracleGtidSet of(OracleGtid... transactions) {
    OracleGtidSet set = EMPTY;
    for (OracleGtid transaction : transactions) {
      set = set.plus(transaction);
    }
    return set;
  }

  @Override
  public boolean isEmpty() {
    return intervals.isEmpty();
  }

  @Override
  public long transactionCount() {
    long count = 0;
    for (IntervalSet set : intervals.values()) {
      count += set.size();
      if (count < 0) {
        return Long.MAX_VALUE;
      }
    }
    return count;
  }

  /** The UUIDs that occur, in lower case and in order. */
  public SortedSet<String> uuids() {
    return intervals.keySet().stream()
        .map(Origin::uuid)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** The largest number under this UUID and tag (empty for none); 0 if there is no such one. */
  public long lastNumber(String uuid, String tag) {
    return intervals(Origin.of(uuid, tag)).largest();
  }

  /** All transactions one by one, in order; made while reading, since sets may be huge. */
  public Stream<OracleGtid> transactions() {
    return intervals.entrySet().stream()
        .flatMap(entry ->
            entry
                .getValue()
                .numbers()
                .mapToObj(
                    number -> new OracleGtid(entry.getKey().uuid(), entry.getKey().tag(), number)));
  }

  public boolean contains(OracleGtid transaction) {
    return intervals(transaction.origin()).contains(transaction.number());
  }

  /**
   * Whether every transaction of the other set is in this one; {@code GTID_SUBSET(other, this)}.
   */
  public boolean contains(OracleGtidSet other) {
    return other.intervals.entrySet().stream()
        .allMatch(entry -> intervals(entry.getKey()).containsAll(entry.getValue()));
  }

  public OracleGtidSet union(OracleGtidSet other) {
    if (other.isEmpty()) {
      return this;
    }
    SortedMap<Origin, IntervalSet> union = new TreeMap<>(intervals);
    other.intervals.forEach((origin, set) -> union.merge(origin, set, IntervalSet::union));
    return ofCanonical(union);
  }

  /** What is in this set and not in the other; {@code GTID_SUBTRACT(this, other)}. */
  public OracleGtidSet subtract(OracleGtidSet other) {
    if (isEmpty() || other.isEmpty()) {
      return this;
    }
    SortedMap<Origin, IntervalSet> rest = new TreeMap<>();
    intervals.forEach(
        (origin, set) -> putUnlessEmpty(rest, origin, set.subtract(other.intervals(origin))));
    return ofCanonical(rest);
  }

  public OracleGtidSet intersect(OracleGtidSet other) {
    SortedMap<Origin, IntervalSet> common = new TreeMap<>();
    intervals.forEach(
        (origin, set) -> putUnlessEmpty(common, origin, set.intersect(other.intervals(origin))));
    return ofCanonical(common);
  }

  public OracleGtidSet plus(OracleGtid transaction) {
    return plus(transaction.origin(), transaction.number(), transaction.number());
  }

  /**
   * @param tag empty for none
   * @param first number of the first transaction to add
   * @param last number of the last one, not less than {@code first}
   * @throws GtidParseException if a part is malformed or out of range
   */
  public OracleGtidSet plus(String uuid, String tag, long first, long last) {
    OracleGtid.checkNumber(first);
    OracleGtid.checkNumber(last);
    if (last < first) {
      throw new GtidParseException(
          "Bad GTID interval: expected an end not before its start", first + "-" + last);
    }
    return plus(Origin.of(uuid, tag), first, last);
  }

  private OracleGtidSet plus(Origin origin, long first, long last) {
    SortedMap<Origin, IntervalSet> sum = new TreeMap<>(intervals);
    sum.merge(origin, IntervalSet.of(first, last), IntervalSet::union);
    return ofCanonical(sum);
  }

  /** This set without all transactions of a UUID, tagged ones included. */
  public OracleGtidSet without(String uuid) {
    return without(Set.of(uuid));
  }

  /** This set without all transactions of these UUIDs, tagged ones included. */
  public OracleGtidSet without(Collection<String> uuids) {
    Set<String> unwanted = lowerCase(uuids);
    return filtered(origin -> !unwanted.contains(origin.uuid()));
  }

  /** The transactions of these UUIDs alone, tagged ones included. */
  public OracleGtidSet only(Collection<String> uuids) {
    Set<String> wanted = lowerCase(uuids);
    return filtered(origin -> wanted.contains(origin.uuid()));
  }

  /** This set without what lies beyond the other set's largest number of the same UUID and tag. */
  OracleGtidSet upToLargestOf(OracleGtidSet other) {
    SortedMap<Origin, IntervalSet> kept = new TreeMap<>();
    intervals.forEach(
        (origin, set) -> putUnlessEmpty(kept, origin, set.upTo(other.intervals(origin).largest())));
    return ofCanonical(kept);
  }

  @Override
  public boolean covers(GtidSet other) {
    return switch (other) {
      case OracleGtidSet oracle -> contains(oracle);
      case MariaDbGtidSet mariaDb -> mariaDb.isEmpty();
    };
  }

  @Override
  public OracleGtidSet missingFrom(GtidSet other) {
    return switch (other) {
      case OracleGtidSet oracle -> subtract(oracle);
      case MariaDbGtidSet mariaDb -> this;
    };
  }

  private IntervalSet intervals(Origin origin) {
    return intervals.getOrDefault(origin, IntervalSet.EMPTY);
  }

  private OracleGtidSet filtered(Predicate<Origin> wanted) {
    SortedMap<Origin, IntervalSet> kept = new TreeMap<>(intervals);
    kept.keySet().removeIf(wanted.negate());
    return ofCanonical(kept);
  }

  private static void putUnlessEmpty(
      SortedMap<Origin, IntervalSet> sets, Origin origin, IntervalSet set) {
    if (!set.isEmpty()) {
      sets.put(origin, set);
    }
  }

  private static Set<String> lowerCase(Collection<String> uuids) {
    return uuids.stream().map(uuid -> uuid.toLowerCase(Locale.ROOT)).collect(Collectors.toSet());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof OracleGtidSet set && intervals.equals(set.intervals);
  }

  @Override
  public int hashCode() {
    return intervals.hashCode();
  }

  /**
   * The server's own form on one line: {@code uuid:1-5:7:tag:1-3,uuid:9}. UUIDs in order, under
   * each the intervals without a tag first; the server itself puts a line break after each comma.
   */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    String uuid = "";
    for (var entry : intervals.entrySet()) {
      Origin origin = entry.getKey();
      if (!origin.uuid().equals(uuid)) {
        uuid = origin.uuid();
        text.append(text.isEmpty() ? "" : ",").append(uuid);
      }
      text.append(origin.tag().isEmpty() ? "" : ":" + origin.tag());
      text.append(':').append(entry.getValue());
    }
    return text.toString();
  }
}
