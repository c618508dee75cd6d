package orchestrator.core.gtid;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Where a MariaDB server stands: {@code gtid_current_pos}, {@code gtid_slave_pos}, {@code
 * gtid_binlog_pos} (one GTID per domain), or {@code gtid_binlog_state} (the last GTID of each
 * server per domain). Immutable; of several GTIDs of the same domain and server the last counts.
 *
 * <p>MariaDB's GTID names a position, not a member of a set: whoever stands at {@code 0-1-100} is
 * taken to have everything of domain 0 up to 100, whichever server wrote it. So a GTID is covered
 * by a higher sequence number of its domain, or by the same or a higher one of its own server.
 *
 * <p>What this cannot see: two servers that wrote different transactions under the same sequence
 * numbers look diverged only while their positions are equal in number and differ in server; once
 * one of them has gone further it seems to cover the other. And without {@code gtid_strict_mode}
 * sequence numbers of a domain may fall, for instance with two writers; then the highest one is not
 * the last, and positions tell little.
 */
public final class MariaDbGtidSet implements GtidSet {
  public static final MariaDbGtidSet EMPTY = new MariaDbGtidSet(new TreeMap<>());

  /** Per domain the last GTID of each server, in order of server id; no list is empty. */
  private final SortedMap<Long, List<MariaDbGtid>> domains;

  private MariaDbGtidSet(SortedMap<Long, List<MariaDbGtid>> domains) {
    this.domains = domains;
  }

  /** GTIDs with sequence number 0 say nothing and are left out. */
  public static MariaDbGtidSet of(Collection<MariaDbGtid> gtids) {
    SortedMap<Long, List<MariaDbGtid>> domains = new TreeMap<>();
    List<MariaDbGtid> ordered =
        gtids.stream().filter(gtid -> gtid.sequence() > 0).sorted().toList();
    for (MariaDbGtid gtid : ordered) {
      List<MariaDbGtid> domain = domains.computeIfAbsent(gtid.domainId(), key -> new ArrayList<>());
      if (!domain.isEmpty() && domain.getLast().serverId() == gtid.serverId()) {
        domain.removeLast();
      }
      domain.add(gtid);
    }
    domains.replaceAll((domain, list) -> List.copyOf(list));
    return domains.isEmpty() ? EMPTY : new MariaDbGtidSet(domains);
  }

  /**
   * Reads GTIDs separated by commas; blank text is the empty set.
   *
   * @throws GtidParseException naming the part that is wrong
   */
  public static MariaDbGtidSet parse(String text) {
    if (text.isBlank()) {
      return EMPTY;
    }
    List<MariaDbGtid> gtids = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      if (part.isBlank()) {
        throw new GtidParseException("Bad MariaDB GTID list: expected a GTID at each comma", text);
      }
      gtids.add(MariaDbGtid.parse(part));
    }
    return of(gtids);
  }

  static boolean startsLikeOne(String text) {
    return MariaDbGtid.hasForm(text.split(",", 2)[0]);
  }

  @Override
  public boolean isEmpty() {
    return domains.isEmpty();
  }

  public SortedSet<Long> domainIds() {
    return new TreeSet<>(domains.keySet());
  }

  /** All GTIDs in order of domain and server. */
  public List<MariaDbGtid> gtids() {
    return domains.values().stream().flatMap(List::stream).toList();
  }

  /** The GTID with the highest sequence number of a domain; of two, the one of the lower server. */
  public Optional<MariaDbGtid> position(long domainId) {
    return Optional.ofNullable(domains.get(domainId)).map(MariaDbGtidSet::highest);
  }

  /** One GTID per domain, fit for {@code gtid_slave_pos}. */
  public MariaDbGtidSet positions() {
    return of(domains.values().stream().map(MariaDbGtidSet::highest).toList());
  }

  /** Per domain and server the later GTID of both. */
  public MariaDbGtidSet union(MariaDbGtidSet other) {
    List<MariaDbGtid> both = new ArrayList<>(gtids());
    both.addAll(other.gtids());
    return of(both);
  }

  public MariaDbGtidSet plus(MariaDbGtid gtid) {
    return union(of(List.of(gtid)));
  }

  /** Without these domains, which a replica may have been told to ignore. */
  public MariaDbGtidSet withoutDomains(Collection<Long> domainIds) {
    return of(gtids().stream().filter(gtid -> !domainIds.contains(gtid.domainId())).toList());
  }

  public boolean covers(MariaDbGtid gtid) {
    return gtid.sequence() == 0
        || domains.getOrDefault(gtid.domainId(), List.of()).stream()
            .anyMatch(own ->
                own.sequence() > gtid.sequence()
                    || (own.sequence() == gtid.sequence() && own.serverId() == gtid.serverId()));
  }

  @Override
  public boolean covers(GtidSet other) {
    return switch (other) {
      case MariaDbGtidSet mariaDb -> mariaDb.gtids().stream().allMatch(this::covers);
      case OracleGtidSet oracle -> oracle.isEmpty();
    };
  }

  /**
   * {@inheritDoc}
   *
   * <p>Per domain the sequence numbers after the other's highest one. Where both stand at the same
   * number, written by different servers, it is that number.
   */
  @Override
  public MariaDbGtidDifference missingFrom(GtidSet other) {
    return switch (other) {
      case MariaDbGtidSet mariaDb -> subtract(mariaDb);
      case OracleGtidSet oracle -> subtract(EMPTY);
    };
  }

  private MariaDbGtidDifference subtract(MariaDbGtidSet other) {
    List<MariaDbGtidDifference.Range> ranges = new ArrayList<>();
    domains.forEach((domain, gtids) -> {
      List<MariaDbGtid> uncovered = gtids.stream().filter(gtid -> !other.covers(gtid)).toList();
      if (!uncovered.isEmpty()) {
        MariaDbGtid last = highest(uncovered);
        long othersLast = other.position(domain).map(MariaDbGtid::sequence).orElse(0L);
        boolean conflict = uncovered.stream().anyMatch(gtid -> gtid.sequence() == othersLast);
        long first = conflict ? othersLast : othersLast + 1;
        ranges.add(
            new MariaDbGtidDifference.Range(domain, last.serverId(), first, last.sequence()));
      }
    });
    return new MariaDbGtidDifference(ranges);
  }

  /**
   * Domains in which both stand at the same sequence number, written by different servers: proof
   * that the two have different histories.
   */
  public SortedSet<Long> conflictingDomains(MariaDbGtidSet other) {
    return domains.keySet().stream()
        .filter(domain -> conflicts(domain, other))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private boolean conflicts(long domainId, MariaDbGtidSet other) {
    Optional<MariaDbGtid> own = position(domainId);
    Optional<MariaDbGtid> others = other.position(domainId);
    return own.isPresent()
        && others.isPresent()
        && own.get().sequence() == others.get().sequence()
        && !(covers(others.get()) && other.covers(own.get()));
  }

  private static MariaDbGtid highest(List<MariaDbGtid> gtids) {
    return gtids.stream()
        .max(
            Comparator.comparingLong(MariaDbGtid::sequence)
                .thenComparing(MariaDbGtid::serverId, Comparator.reverseOrder()))
        .orElseThrow();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof MariaDbGtidSet set && domains.equals(set.domains);
  }

  @Override
  public int hashCode() {
    return domains.hashCode();
  }

  /** As the server prints it, {@code 0-1-100,1-2-5}, in order of domain and server. */
  @Override
  public String toString() {
    return gtids().stream().map(MariaDbGtid::toString).collect(Collectors.joining(","));
  }
}
