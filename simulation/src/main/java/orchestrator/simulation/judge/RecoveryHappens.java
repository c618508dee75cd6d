package orchestrator.simulation.judge;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import orchestrator.core.facts.RecoveryBrake;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.PromotionRule;

/**
 * I12: with a manager that may act and a replica that may be promoted, a dead master is replaced in
 * bounded time, or a reason is stated. And when all is mended, clients write again.
 */
public final class RecoveryHappens implements Invariant {
  private static final long LIMIT_MILLIS = 30_000;
  private static final long CALM_MILLIS = 25_000;

  /** One that failed is not tried again before. */
  private static final Duration RETRY = Duration.ofMinutes(1);

  private ReplicatedState state = ReplicatedState.EMPTY;
  private Optional<InstanceKey> master = Optional.empty();
  private long excusedAt;
  private int actor = -1;

  @Override
  public String name() {
    return "I12 recovery happens";
  }

  @Override
  public Optional<String> see(Fact fact, Truth truth) {
    switch (fact) {
      case Fact.Committed entry -> {
        state = entry.after();
        master = Commits.published(state);
      }
      case Fact.Ended ignored -> {
        return atTheEnd(truth);
      }
      default -> {}
    }
    return Optional.empty();
  }

  @Override
  public boolean looks() {
    return true;
  }

  @Override
  public Optional<String> look(Truth truth) {
    int acts = truth.acting().size() == 1 ? truth.acting().getFirst() : -1;
    if (master.isEmpty()
        || truth.isWell(master.get())
        || acts < 0
        || acts != actor
        || isExcused(master.get(), truth, acts)) {
      actor = acts;
      excusedAt = truth.now();
      return Optional.empty();
    }
    return truth.now() - excusedAt > LIMIT_MILLIS
        ? Optional.of(master.get() + " is dead, and nothing happens")
        : Optional.empty();
  }

  private boolean isExcused(InstanceKey master, Truth truth, int acts) {
    boolean said =
        !state.recoveriesEnabled()
            || state.brake().filter(RecoveryBrake::isOn).isPresent()
            || state.downtimes().containsKey(master)
            || !state.pauses().isEmpty()
            || state.recoveries().values().stream()
                .anyMatch(ticket -> isReason(ticket, truth.instant()));
    boolean all = true;
    boolean any = false;
    for (InstanceKey key : truth.servers()) {
      if (!key.equals(master)) {
        boolean calm =
            truth.calmSince(key) <= truth.now() - CALM_MILLIS
                && truth.calmToManager(acts, key) <= truth.now() - CALM_MILLIS;
        all &= calm;
        any |=
            calm
                && truth.isQuick(key)
                && mayLead(key)
                && truth.mayReplace(master, key)
                && !state.demoted().containsKey(key);
      }
    }
    return said || !all || !any;
  }

  /** It goes on, blocks others, or failed and is tried again after a while. */
  static boolean isReason(RecoveryTicket ticket, Instant now) {
    return ticket.isOpen()
        || ticket.isBlocking(now)
        || (!ticket.successful() && now.isBefore(ticket.ended().orElse(now).plus(RETRY)));
  }

  private boolean mayLead(InstanceKey key) {
    return Optional.ofNullable(state.candidates().get(key))
        .filter(candidate -> candidate.rule() == PromotionRule.MUST_NOT)
        .isEmpty();
  }

  private Optional<String> atTheEnd(Truth truth) {
    boolean reasonStated =
        state.recoveries().values().stream()
            .filter(ticket ->
                master.filter(ticket.failed()::equals).isPresent()
                    || master.equals(ticket.promoted()))
            .max(Comparator.comparingLong(RecoveryTicket::id))
            .filter(ticket -> !ticket.isOpen() && !ticket.errors().isEmpty())
            .isPresent();
    boolean written = master.filter(truth::isWrittenTo).isPresent();
    return written || reasonStated
        ? Optional.empty()
        : Optional.of("all is mended, and clients cannot write to " + master);
  }
}
