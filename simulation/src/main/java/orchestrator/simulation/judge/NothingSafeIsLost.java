package orchestrator.simulation.judge;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import orchestrator.core.facts.Candidate;
import orchestrator.core.facts.LossReport;
import orchestrator.core.facts.RecoveryKind;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.facts.ReplicaFate;
import orchestrator.core.relocation.ServerAction.SetReadOnly;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.PromotionRule;

/**
 * I5: what undisturbed replicas have, or had when the recovery began, is there when a server is
 * promoted, which the failed one is not that a failing recovery gives back its writes; and a
 * transaction that was acknowledged under semi-synchronous replication is on the last master, or is
 * named by a loss report.
 */
public final class NothingSafeIsLost implements Invariant {
  private static final long CALM_MILLIS = 6000;

  /** So long after a replaced master is back it has been compared. */
  private static final long COMPARED_MILLIS = 60_000;

  private ReplicatedState state = ReplicatedState.EMPTY;
  private final Map<String, RecoveryTicket> tickets = new HashMap<>();
  private final Map<String, Long> openedAt = new HashMap<>();

  /** By recovery and replica: what that had when the recovery was opened. */
  private final Map<String, Map<InstanceKey, Set<Integer>>> fetchedAtFirst = new HashMap<>();

  /** By recovery: who might not be promoted by the rules that it goes by, which may run out. */
  private final Map<String, Set<InstanceKey>> bannedAtFirst = new HashMap<>();

  @Override
  public String name() {
    return "I5 nothing safe is lost";
  }

  @Override
  public Optional<String> see(Fact fact, Truth truth) {
    switch (fact) {
      case Fact.Committed entry -> {
        state = entry.after();
        tickets.putAll(entry.after().recoveries());
        for (RecoveryTicket ticket : Commits.unplanned(entry)) {
          openedAt.put(ticket.uid(), entry.at());
          Map<InstanceKey, Set<Integer>> fetched = new HashMap<>();
          ticket.fates().keySet().forEach(key -> fetched.put(key, truth.fetched(key)));
          fetchedAtFirst.put(ticket.uid(), fetched);
          bannedAtFirst.put(ticket.uid(), banned());
        }
      }
      case Fact.Executed executed
          when executed.action() instanceof SetReadOnly set && !set.readOnly() -> {
        return madeWritable(set.target(), executed.purpose(), truth);
      }
      case Fact.Ended ignored -> {
        return atTheEnd(truth);
      }
      default -> {}
    }
    return Optional.empty();
  }

  private Optional<String> madeWritable(InstanceKey master, String uid, Truth truth) {
    RecoveryTicket ticket = tickets.get(uid);
    Long opened = openedAt.get(uid);
    boolean isPrescribed =
        ticket != null && ticket.kind() == RecoveryKind.DEAD_CO_MASTER && truth.onlyOtherCoMaster();
    if (ticket == null || opened == null || isPrescribed || ticket.failed().equals(master)) {
      return Optional.empty();
    }
    Set<InstanceKey> calm = new HashSet<>();
    Set<Integer> all = new HashSet<>();
    for (InstanceKey replica : ticket.fates().keySet()) {
      if (truth.calmSince(replica) <= opened - CALM_MILLIS && !Commits.isApart(replica, state)) {
        calm.add(replica);
        Set<Integer> fetched = new HashSet<>(truth.fetched(replica));
        fetched.addAll(atFirst(uid, replica));
        // A replaced master that came back may have been written to by whoever missed it.
        fetched.removeIf(
            id -> state.keptReadOnly().containsKey(replica) && truth.isOrigin(replica, id));
        all.addAll(fetched);
      }
    }
    // Whom a person named is waited for, fed by others where GTIDs allow that, and then promoted.
    if (ticket.origin().designated().equals(Optional.of(master))
        && !(truth.usesGtid() && calm.contains(master) && truth.isQuick(master))) {
      return Optional.empty();
    }
    // Nobody could know: one of them is lost whoever is promoted.
    all.removeIf(truth::isIndistinct);
    Set<Integer> forgotten = truth.forgottenBy(ticket.failed());
    if (forgotten.stream().anyMatch(truth::isIndistinct)) {
      all.removeAll(forgotten); // whoever has these lacks what was counted anew since
    }
    boolean needless =
        calm.stream()
            .anyMatch(key ->
                truth.isQuick(key)
                    && truth.mayReplace(ticket.failed(), key)
                    && !banned().contains(key)
                    && !bannedAtFirst.getOrDefault(uid, Set.of()).contains(key)
                    && (truth.fetched(key).containsAll(all) || atFirst(uid, key).containsAll(all)));
    all.removeAll(truth.fetched(master));
    return needless && !all.isEmpty()
        ? Optional.of(
            master + " was made writable without " + all.size() + " transactions of calm replicas")
        : Optional.empty();
  }

  private Set<Integer> atFirst(String uid, InstanceKey replica) {
    return fetchedAtFirst.getOrDefault(uid, Map.of()).getOrDefault(replica, Set.of());
  }

  private Set<InstanceKey> banned() {
    return state.candidates().values().stream()
        .filter(candidate -> candidate.rule() == PromotionRule.MUST_NOT)
        .map(Candidate::key)
        .collect(Collectors.toSet());
  }

  private Optional<String> atTheEnd(Truth truth) {
    Optional<InstanceKey> master = Commits.published(state).filter(truth::isWell);
    if (master.isEmpty()) {
      return Optional.empty();
    }
    Set<Integer> missing = new HashSet<>(truth.acknowledgedBySemiSync());
    missing.removeAll(truth.executed(master.get()));
    Set<Integer> forgotten = new HashSet<>(truth.forgottenInCrash());
    truth.servers().forEach(server -> forgotten.removeAll(truth.executed(server)));
    missing.removeAll(forgotten);
    // It came back without them, and no recovery had a say in it.
    missing.removeAll(truth.forgottenBy(master.get()));
    missing.removeIf(truth::isIndistinct);
    missing.removeIf(transaction ->
        tickets.values().stream().anyMatch(ticket -> isExcused(ticket, transaction, truth)));
    return missing.isEmpty()
        ? Optional.empty()
        : Optional.of("acknowledged, not on " + master.get() + ", and named nowhere: " + missing);
  }

  /**
   * As long as the old master does not come back, nobody knows what it had alone. Without GTIDs
   * nobody ever does: told is from which place of its log on, whose end it may have forgotten.
   */
  private static boolean isUnknowable(RecoveryTicket ticket, int transaction, Truth truth) {
    if (ticket.promoted().isEmpty() || ticket.loss().exact().isPresent()) {
      return false;
    }
    boolean isAway = truth.calmSince(ticket.failed()) > truth.now() - COMPARED_MILLIS;
    return isAway
        || ticket
            .loss()
            .log()
            .filter(log ->
                truth.isLoggedFrom(ticket.failed(), log.executed(), transaction)
                    || truth.forgottenBy(ticket.failed()).contains(transaction))
            .isPresent();
  }

  private static boolean isExcused(RecoveryTicket ticket, int transaction, Truth truth) {
    LossReport loss = ticket.loss();
    boolean named =
        Stream.of(loss.exact(), loss.knownMissing(), loss.unapplied())
            .flatMap(Optional::stream)
            .anyMatch(set -> truth.names(set, transaction));
    // A replica that was given up for what only it has tells so in its fate.
    boolean onLostReplica =
        ticket.fates().entrySet().stream()
            .anyMatch(fate ->
                fate.getValue().kind() != ReplicaFate.Kind.MOVED
                    && fate.getValue().kind() != ReplicaFate.Kind.PROMOTED
                    && truth.executed(fate.getKey()).contains(transaction));
    return named || onLostReplica || isUnknowable(ticket, transaction, truth);
  }
}
