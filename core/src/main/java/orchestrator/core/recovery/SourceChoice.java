package orchestrator.core.recovery;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import orchestrator.core.facts.ReplicaFate;
import orchestrator.core.gtid.GtidSet;
import orchestrator.core.gtid.OracleGtidSet;
import orchestrator.core.relocation.CanReplicate;
import orchestrator.core.topology.Classification;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.PromotionRule;
import orchestrator.core.topology.Replication;
import org.jspecify.annotations.Nullable;

/**
 * Finds a new source for each replica of a dead server that was no master. In this order: the
 * siblings of the dead server in its data center; where there is none, one of the replicas itself,
 * which then takes the others; the siblings elsewhere; the source of the dead server. For a member
 * of a replication group, its other members.
 */
final class SourceChoice {
  /** Where a replica is to go. */
  sealed interface Destination {
    record To(InstanceKey source) implements Destination {}

    /**
     * Not now.
     *
     * @param behind servers that have not got yet what the replica has, or get everything through
     *     it, or tell what becomes of their source
     */
    record Later(Set<InstanceKey> behind, String reason) implements Destination {}

    /**
     * @param reason why each server was ruled out
     * @param isAhead whether it has what the source of all now will never get
     */
    record Nowhere(String reason, boolean isAhead) implements Destination {}
  }

  private final RecoveryState state;
  private final Circumstances circumstances;
  private final Classification failed;
  private final Eligibles eligibles;
  private final Surplus surplus;
  private final IdleRing ring;
  private final List<Instance> orphans;

  SourceChoice(RecoveryState state) {
    this.state = state;
    this.circumstances = state.circumstances;
    this.failed = circumstances.failedServer().classification();
    this.eligibles = new Eligibles(state);
    this.surplus = new Surplus(state);
    this.ring = new IdleRing(state);
    this.orphans = state.replicas().stream().map(state.live::get).filter(Objects::nonNull).toList();
  }

  /** All servers around, best first, then the rejected ones by key. */
  List<Consideration> considerations() {
    List<Consideration> all = new ArrayList<>();
    List<Consideration> rejected = new ArrayList<>();
    for (Instance server : around()) {
      Optional<String> refusal = eligibles.refusal(server.key());
      if (refusal.isPresent()) {
        rejected.add(consideration(server.key(), false, refusal.get()));
      } else {
        long takes =
            orphans.stream()
                .filter(orphan -> isAllowed(orphan, server) && !ring.isClosedBy(orphan, server))
                .count();
        String place = isNear(server) ? "same data center" : "another data center";
        all.add(
            consideration(
                server.key(),
                true,
                "%s; %d of %d replicas can replicate from it"
                    .formatted(isSource(server) ? "the source" : place, takes, orphans.size())));
      }
    }
    all.addAll(rejected);
    return all;
  }

  private static Consideration consideration(InstanceKey key, boolean eligible, String reason) {
    return new Consideration(key, eligible, List.of(reason), Optional.empty(), 0);
  }

  /** As they are now, those that do not answer as last read; best first. */
  private List<Instance> around() {
    List<Instance> all = new ArrayList<>(ranked(eligibles.siblings()));
    circumstances.surroundings().source().ifPresent(all::add);
    return all.stream()
        .map(server -> state.live.getOrDefault(server.key(), server))
        .distinct()
        .toList();
  }

  private List<Instance> ranked(List<Instance> servers) {
    return servers.stream()
        .map(server -> state.live.getOrDefault(server.key(), server))
        .sorted(
            Comparator.<Instance>comparingInt(server -> isNear(server) ? 0 : 1)
                .thenComparing(server -> !server.classification().region().equals(failed.region()))
                .thenComparing(server -> circumstances.downtimed().contains(server.key()))
                .thenComparing(
                    server -> !orphans.stream().allMatch(orphan -> isAllowed(orphan, server)))
                .thenComparing(server -> circumstances.ruleOf(server.key()))
                .thenComparing(server ->
                    !server
                        .classification()
                        .physicalEnvironment()
                        .equals(failed.physicalEnvironment()))
                .thenComparing(server -> !Surplus.isFetching(server))
                .thenComparing(this::isLagging)
                .thenComparingLong(this::missing)
                .thenComparing(Instance::key))
        .toList();
  }

  private boolean isLagging(Instance server) {
    long limit = circumstances.policy().waits().withoutProgress().toSeconds();
    return server.replication().map(Replication::lagSeconds).stream()
        .anyMatch(lag -> lag.orElse(0) > limit);
  }

  /** How much of what the replicas have it lacks. */
  private long missing(Instance server) {
    return orphans.stream()
        .mapToLong(orphan -> missing(orphan.gtid().executed(), server.gtid().executed()))
        .sum();
  }

  private static long missing(Optional<GtidSet> all, Optional<GtidSet> had) {
    return all.isPresent() && had.isPresent()
        ? all.get().missingFrom(had.get()).transactionCount()
        : 0;
  }

  private boolean isNear(Instance server) {
    return server.classification().dataCenter().equals(failed.dataCenter());
  }

  private boolean isSource(Instance server) {
    return circumstances
        .surroundings()
        .source()
        .map(Instance::key)
        .equals(Optional.of(server.key()));
  }

  private boolean isAllowed(Instance orphan, Instance server) {
    return RelocatingByPosition.verdict(circumstances, orphan, server).isAllowed();
  }

  // Per replica

  /** Where to go now, by what was tried and learnt so far. */
  Destination destinationOf(Instance orphan) {
    List<String> refusals = new ArrayList<>();
    Set<InstanceKey> behind = new HashSet<>();
    Optional<InstanceKey> near = first(orphan, siblings(true), refusals, behind);
    if (near.isPresent()) {
      return new Destination.To(near.get());
    }
    if (behind.isEmpty() && !orphan.key().equals(leader().orElse(null))) {
      Optional<InstanceKey> leader = leader().filter(key -> regroups(orphan));
      List<Instance> moved = leader.map(state.live::get).stream().filter(this::isMoved).toList();
      if (leader.filter(key -> !hasMoved(key)).isPresent() && moved.isEmpty()) {
        return new Destination.Later(Set.of(), "it waits for " + leader.get());
      }
      Optional<InstanceKey> below = first(orphan, moved, refusals, behind);
      if (below.isPresent()) {
        return new Destination.To(below.get());
      }
    }
    List<Instance> rest = new ArrayList<>(siblings(false));
    circumstances.surroundings().source().ifPresent(rest::add);
    return first(orphan, rest, refusals, behind)
        .<Destination>map(Destination.To::new)
        .orElseGet(() -> none(orphan, refusals, behind));
  }

  /** One that was moved, and fell silent afterwards, is not waited for. */
  private boolean hasMoved(InstanceKey key) {
    ReplicaFate fate = state.settled.get(key);
    return fate != null && fate.kind() == ReplicaFate.Kind.MOVED;
  }

  private Destination none(Instance orphan, List<String> refusals, Set<InstanceKey> behind) {
    String reasons = refusals.isEmpty() ? "no server is known" : String.join("; ", refusals);
    if (SilentSource.isUndecided(state)) {
      return new Destination.Later(SilentSource.witnesses(state), reasons);
    }
    return behind.isEmpty()
        ? new Destination.Nowhere(
            "nobody can be its source: " + reasons, !surplus.lost(orphan).isEmpty())
        : new Destination.Later(behind, reasons);
  }

  private List<Instance> siblings(boolean near) {
    return ranked(eligibles.siblings()).stream().filter(s -> isNear(s) == near).toList();
  }

  private Optional<InstanceKey> first(
      Instance orphan, List<Instance> servers, List<String> refusals, Set<InstanceKey> behind) {
    for (Instance known : servers) {
      Optional<String> refusal = refusal(orphan, known.key());
      Optional<String> awaited = awaited(orphan, known.key());
      if (refusal.isPresent()) {
        refusals.add(refusal.get());
      } else if (awaited.isPresent()) {
        behind.add(known.key());
        refusals.add(known.key() + " has not got yet " + awaited.get());
      } else {
        return Optional.of(known.key());
      }
    }
    return Optional.empty();
  }

  private Optional<String> refusal(Instance orphan, InstanceKey source) {
    Instance server = state.live.get(source);
    return Optional.ofNullable(
            state.refusedSources.get(new CandidateChoice.Feed(orphan.key(), source)))
        .or(() ->
            state.ticket.fates().containsKey(source)
                ? Optional.empty()
                : eligibles.refusal(source).map(reason -> source + ": " + reason))
        .or(() -> server == null ? Optional.of(source + " does not answer") : Optional.empty())
        .or(() -> refusalBySettings(orphan, server))
        .or(() -> refusalByData(orphan, server));
  }

  private Optional<String> refusalBySettings(Instance orphan, @Nullable Instance server) {
    return server != null
            && RelocatingByPosition.verdict(circumstances, orphan, server)
                instanceof CanReplicate.Verdict.Refused refused
        ? Optional.of(refused.reason())
        : Optional.empty();
  }

  /** Below it nobody would ever know that the replica has more. */
  private Optional<String> refusalByData(Instance orphan, @Nullable Instance server) {
    if (server == null) {
      return Optional.empty();
    }
    GtidSet lost = surplus.lostBelow(orphan, server);
    return lost.isEmpty()
        ? Optional.empty()
        : Optional.of("it has transactions that " + server.key() + " lacks: " + lost);
  }

  /** What a source must get before it can take the replica; empty for nothing. */
  Optional<String> awaited(Instance orphan, InstanceKey source) {
    Instance server = state.live.get(source);
    if (server == null) {
      return Optional.empty();
    }
    // Not for ever, perhaps: a failover lets its candidate fetch from another for a while.
    if (ring.isClosedBy(orphan, server)) {
      return Optional.of(
          "another source: it gets everything through it, and nobody in such a ring takes writes");
    }
    return lacking(orphan, server) > 0 ? Optional.of("all that it has") : Optional.empty();
  }

  /** How much each of these servers must get before it can take each replica. */
  List<Long> lacking(Set<InstanceKey> sources) {
    return orphans.stream()
        .flatMap(orphan ->
            sources.stream()
                .sorted()
                .map(state.live::get)
                .filter(Objects::nonNull)
                .map(source -> lacking(orphan, source)))
        .toList();
  }

  /**
   * MariaDB refuses a replica that is ahead of its source. With MySQL it waits until the source has
   * come so far, which may never be when that one's own source is dead.
   */
  private long lacking(Instance orphan, Instance source) {
    return orphan.usesMariaDbGtid()
        ? missing(orphan.gtid().executed(), source.gtid().executed())
        : surplus.uncertain(orphan, source).missingFrom(OracleGtidSet.EMPTY).transactionCount();
  }

  // One of the replicas takes the others

  private Optional<InstanceKey> leader() {
    return state.candidate;
  }

  /** Whether nobody in its data center can take it. */
  private boolean regroups(Instance orphan) {
    return isNear(orphan)
        && siblings(true).stream().noneMatch(s -> refusal(orphan, s.key()).isEmpty());
  }

  /**
   * The replica that takes the others, so that only one stream crosses data centers. Empty when
   * there is no need for one.
   */
  Optional<InstanceKey> newLeader() {
    List<Instance> group =
        orphans.stream()
            .filter(this::regroups)
            .filter(orphan -> !state.settled.containsKey(orphan.key()) || isMoved(orphan))
            .toList();
    if (group.size() < 2 || group.stream().allMatch(this::isMoved)) {
      return Optional.empty();
    }
    return group.stream()
        .filter(orphan -> orphan.binlog().canFeedReplicas() && !orphan.isBinlogServer())
        .filter(orphan -> circumstances.ruleOf(orphan.key()) != PromotionRule.MUST_NOT)
        .filter(orphan -> !state.excluded.containsKey(orphan.key()))
        .filter(orphan -> followers(orphan, group) > 0)
        .min(
            Comparator.<Instance>comparingInt(orphan -> isMoved(orphan) ? 0 : 1)
                .thenComparingLong(orphan -> -followers(orphan, group))
                .thenComparing(orphan -> circumstances.downtimed().contains(orphan.key()))
                .thenComparing(orphan -> circumstances.ruleOf(orphan.key()))
                .thenComparingLong(this::missing)
                .thenComparing(Instance::key))
        .map(Instance::key);
  }

  private long followers(Instance leader, List<Instance> group) {
    return group.stream().filter(orphan -> isAllowed(orphan, leader)).count();
  }

  private boolean isMoved(Instance orphan) {
    return Optional.ofNullable(state.settled.get(orphan.key()))
        .filter(fate -> fate.kind() == ReplicaFate.Kind.MOVED)
        .isPresent();
  }

  String reasonsOf(Instance leader) {
    return "no sibling in its data center can take the replicas, so %s takes %s"
        .formatted(
            leader.key(),
            orphans.stream()
                .filter(orphan -> !orphan.key().equals(leader.key()) && regroups(orphan))
                .map(orphan -> orphan.key().displayString())
                .collect(Collectors.joining(", ")));
  }
}
