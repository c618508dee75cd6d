package orchestrator.core.recovery;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import orchestrator.core.relocation.CanReplicate;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import org.jspecify.annotations.Nullable;

/**
 * Orders the replicas of a dead master as candidates for promotion.
 *
 * <p>Who may not be promoted is left out first ({@link Eligibility}): constraints are part of the
 * choice, never a veto after servers were changed. The rest is ordered by the {@link Criterion}s,
 * the first that differs decides; the key is the last one, so the order is total.
 */
final class CandidateChoice {
  /**
   * The input.
   *
   * @param live the replicas that answered, as they are now, and servers below those that did not
   * @param silent the others, and why
   * @param excluded servers that failed as candidates in this recovery, and why
   * @param stuck servers that turned out not to apply what they have fetched
   * @param unfeedable pairs (replica, source) between which a catch-up failed
   */
  record Question(
      Circumstances circumstances,
      Optional<InstanceKey> designated,
      Map<InstanceKey, Instance> live,
      Map<InstanceKey, String> silent,
      Map<InstanceKey, String> excluded,
      Set<InstanceKey> stuck,
      Set<Feed> unfeedable,
      Measure measure) {}

  /** A replica that fetches from a sibling. */
  record Feed(InstanceKey replica, InstanceKey source) {}

  /** The facts about an eligible server that the criteria compare. */
  record Facts(
      Instance instance,
      Instance failed,
      Circumstances circumstances,
      boolean stuck,
      boolean errant,
      Optional<InstanceKey> feeder,
      Progress.Gap lost,
      Progress.Gap toFetch,
      Progress.Gap toApply,
      int followers,
      int others) {}

  private final Question question;
  private final Survivors survivors;
  private final Progress target;
  private final List<Sibling> siblings;

  /** Made when somebody asks: every replica is compared with every other. */
  private @Nullable Ranking ranking;

  /**
   * @param eligible best first
   * @param rejected and why
   */
  private record Ranking(List<Facts> eligible, Map<InstanceKey, String> rejected) {}

  /**
   * A server that answered.
   *
   * @param kind the same number for all that can have the same: of many replicas most do
   */
  private record Sibling(Instance instance, Progress attainable, int kind) {}

  CandidateChoice(Question question) {
    this.question = question;
    this.survivors =
        new Survivors(
            question.circumstances(), question.live(), question.stuck(), question.measure());
    this.target = survivors.target();
    this.siblings = siblings();
  }

  private List<Sibling> siblings() {
    Map<Progress, Integer> kinds = new HashMap<>();
    List<Sibling> all = new ArrayList<>();
    for (Instance instance : question.live().values()) {
      Progress attainable = survivors.attainable(instance);
      int kind = kinds.computeIfAbsent(attainable, progress -> kinds.size());
      all.add(new Sibling(instance, attainable, kind));
    }
    return all;
  }

  private Ranking ranking() {
    Ranking made = ranking;
    if (made == null) {
      made = rank();
      ranking = made;
    }
    return made;
  }

  private Ranking rank() {
    Eligibility eligibility = new Eligibility(question);
    List<Facts> eligible = new ArrayList<>();
    Map<InstanceKey, String> rejected = new TreeMap<>();
    for (InstanceKey key : question.circumstances().failure().replicas()) {
      Optional<String> refusal = eligibility.refusal(key);
      if (refusal.isPresent()) {
        rejected.put(key, refusal.get());
      } else {
        Instance instance = question.live().get(key);
        if (instance != null) {
          eligible.add(factsOf(instance));
        }
      }
    }
    eligible.sort(ORDER);
    return new Ranking(eligible, rejected);
  }

  private static final Comparator<Facts> ORDER = order();

  private static Comparator<Facts> order() {
    Comparator<Facts> byKey = Comparator.comparing(facts -> facts.instance().key());
    Comparator<Facts> order = byKey;
    for (Criterion criterion : List.of(Criterion.values()).reversed()) {
      Comparator<Facts> rest = order;
      order = Comparator.<Facts>comparingLong(criterion::cost).thenComparing(rest);
    }
    return order;
  }

  Survivors survivors() {
    return survivors;
  }

  /** All that can be rescued from the servers that answered. */
  Progress target() {
    return target;
  }

  /** The best candidate; empty when none is eligible. */
  Optional<Instance> best() {
    return ranking().eligible().stream().findFirst().map(Facts::instance);
  }

  /**
   * The sibling from which a server should fetch what it lacks; empty when it lacks nothing, or
   * nobody can give it more.
   */
  Optional<Instance> feederOf(Instance replica) {
    Progress own = survivors.attainable(replica);
    long before = missing(own).size();
    if (before == 0) {
      return Optional.empty();
    }
    long[] byKind = new long[siblings.size()];
    Arrays.fill(byKind, -1);
    return siblings.stream()
        .map(source -> new Supply(source.instance(), missingWith(own, source, byKind)))
        .filter(supply -> supply.missing() < before && canFeed(replica, supply.source()))
        .min(
            Comparator.comparingLong(Supply::missing)
                .thenComparing(supply -> !survivors.errant(supply.source()).isEmpty())
                .thenComparing(supply -> supply.source().key()))
        .map(Supply::source);
  }

  /**
   * @param byKind what was found out before; negative for nothing
   */
  private long missingWith(Progress own, Sibling source, long[] byKind) {
    if (byKind[source.kind()] < 0) {
      byKind[source.kind()] = missing(own.join(source.attainable())).size();
    }
    return byKind[source.kind()];
  }

  /**
   * What a sibling can give to a replica.
   *
   * @param missing how many transactions that can be rescued the replica would lack then
   */
  private record Supply(Instance source, long missing) {}

  /** Whether a replica would still get something from this sibling. */
  boolean helps(Instance replica, Instance source) {
    Progress own = survivors.attainable(replica);
    return canFeed(replica, source) && missing(with(own, source)).size() < missing(own).size();
  }

  /** Eligible servers, best first; then the rejected ones by key. */
  List<Consideration> considerations() {
    List<Facts> ranked = ranking().eligible();
    List<Consideration> all = new ArrayList<>();
    for (int i = 0; i < ranked.size(); i++) {
      Facts facts = ranked.get(i);
      List<String> reasons = new ArrayList<>();
      for (Criterion criterion : Criterion.values()) {
        criterion.explain(facts).ifPresent(reasons::add);
      }
      if (i > 0) {
        reasons.add(behind(ranked.get(i - 1), facts));
      }
      all.add(
          new Consideration(
              facts.instance().key(), true, reasons, facts.feeder(), transactions(facts.lost())));
    }
    ranking()
        .rejected()
        .forEach((key, reason) ->
            all.add(new Consideration(key, false, List.of(reason), Optional.empty(), 0)));
    return all;
  }

  private static long transactions(Progress.Gap gap) {
    return gap instanceof Progress.Gap.Counted ? gap.size() : 0;
  }

  private static String behind(Facts better, Facts worse) {
    for (Criterion criterion : Criterion.values()) {
      if (criterion.cost(better) != criterion.cost(worse)) {
        return "comes after " + better.instance().key() + " because of " + criterion.subject();
      }
    }
    return "comes after " + better.instance().key() + " by name only";
  }

  private Facts factsOf(Instance instance) {
    Progress own = survivors.attainable(instance);
    int followers = 0;
    int others = 0;
    for (Sibling other : siblings) {
      if (!other.instance().key().equals(instance.key())) {
        others++;
        followers += canFollow(other.instance(), instance) ? 1 : 0;
      }
    }
    return new Facts(
        instance,
        question.circumstances().failedServer(),
        question.circumstances(),
        survivors.isStuck(instance),
        !survivors.errant(instance).isEmpty(),
        feederOf(instance).map(Instance::key),
        missing(reach(instance, own)),
        missing(own),
        survivors.fetched(instance).beyond(survivors.executed(instance)),
        followers,
        others);
  }

  /** What a server can have once its siblings have given it what they can. */
  private Progress reach(Instance instance, Progress own) {
    if (missing(own).isEmpty()) {
      return own;
    }
    Progress reach = own;
    boolean[] covered = new boolean[siblings.size()];
    for (Sibling other : siblings) {
      if (!covered[other.kind()]
          && (reach.covers(other.attainable()) || canFeed(instance, other.instance()))) {
        reach = reach.covers(other.attainable()) ? reach : reach.join(other.attainable());
        covered[other.kind()] = true;
      }
    }
    return reach;
  }

  private Progress.Gap missing(Progress had) {
    return target.beyond(had);
  }

  private Progress with(Progress own, Instance source) {
    return own.join(survivors.attainable(source));
  }

  private boolean canFeed(Instance replica, Instance source) {
    // Without GTIDs a replica of a sibling could not be compared with the others any more.
    return !question.measure().isPosition()
        && !question.unfeedable().contains(new Feed(replica.key(), source.key()))
        && !survivors.isStuck(replica)
        && CanReplicate.byGtid(replica, source, question.circumstances().policy().replication())
            .isAllowed();
  }

  /** Whether a sibling could replicate from the candidate once that has everything. */
  private boolean canFollow(Instance replica, Instance candidate) {
    CanReplicate.Policy policy = question.circumstances().policy().replication();
    boolean byPosition = question.measure().isPosition() && !Method.USES_GTID.test(replica);
    return (byPosition
            ? CanReplicate.from(replica, candidate, policy)
            : CanReplicate.byGtid(replica, candidate, policy))
        .isAllowed();
  }
}
