package orchestrator.simulation.judge;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.topology.InstanceKey;

/**
 * I12, of servers that are no masters: the replicas of a dead one get another source in bounded
 * time, or a reason is stated.
 */
public final class OrphansAreAdopted implements Invariant {
  private static final long LIMIT_MILLIS = 30_000;
  private static final long CALM_MILLIS = 25_000;

  /** Nothing of this changes from one event to the next. */
  private static final long INTERVAL_MILLIS = 500;

  private final Map<InstanceKey, Long> excusedAt = new HashMap<>();
  private ReplicatedState state = ReplicatedState.EMPTY;
  private int actor = -1;
  private long lookedAt;

  @Override
  public String name() {
    return "I12 orphans are adopted";
  }

  @Override
  public Optional<String> see(Fact fact, Truth truth) {
    if (fact instanceof Fact.Committed entry) {
      state = entry.after();
    }
    return Optional.empty();
  }

  @Override
  public boolean looks() {
    return true;
  }

  @Override
  public Optional<String> look(Truth truth) {
    List<Integer> acting = truth.acting();
    int acts = acting.size() == 1 ? acting.getFirst() : -1;
    boolean same = acts >= 0 && acts == actor;
    if (same && truth.now() - lookedAt < INTERVAL_MILLIS) {
      return Optional.empty();
    }
    actor = acts;
    lookedAt = truth.now();
    for (InstanceKey server : truth.servers()) {
      if (!same || truth.isWell(server) || isExcused(server, truth)) {
        excusedAt.put(server, truth.now());
      } else if (truth.now() - excusedAt.getOrDefault(server, 0L) > LIMIT_MILLIS) {
        return Optional.of(server + " is dead, and nobody cares for its replicas");
      }
    }
    return Optional.empty();
  }

  private boolean isExcused(InstanceKey dead, Truth truth) {
    boolean isMaster =
        truth.sourceOf(dead).isEmpty() || Commits.published(state).equals(Optional.of(dead));
    boolean said =
        !state.recoveriesEnabled()
            || state.downtimes().containsKey(dead)
            || state.demoted().containsKey(dead)
            || !state.pauses().isEmpty()
            || state.recoveries().values().stream()
                .anyMatch(ticket -> RecoveryHappens.isReason(ticket, truth.instant()));
    if (isMaster || said) {
      return true;
    }
    boolean orphans = false;
    for (InstanceKey key : truth.servers()) {
      if (!key.equals(dead) && !isCalm(key, truth)) {
        return true;
      }
      orphans |= truth.isWell(key) && truth.sourceOf(key).equals(Optional.of(dead));
    }
    return !orphans;
  }

  private boolean isCalm(InstanceKey key, Truth truth) {
    long since = truth.now() - CALM_MILLIS;
    return truth.calmSince(key) <= since && truth.calmToManager(actor, key) <= since;
  }
}
