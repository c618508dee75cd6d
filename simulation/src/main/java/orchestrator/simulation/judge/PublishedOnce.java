package orchestrator.simulation.judge;

import java.util.Comparator;
import java.util.Optional;
import orchestrator.core.state.LogPosition;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.state.ReplicatedState.KeyValue;
import orchestrator.core.topology.InstanceKey;

/**
 * I10: applications are never told of a demoted server, and what they are told only grows newer.
 */
public final class PublishedOnce implements Invariant {
  private static final Comparator<LogPosition> ORDER =
      Comparator.comparingLong(LogPosition::term).thenComparingLong(LogPosition::index);

  @Override
  public String name() {
    return "I10 published masters";
  }

  @Override
  public Optional<String> see(Fact fact, Truth truth) {
    if (!(fact instanceof Fact.Committed entry)) {
      return Optional.empty();
    }
    Optional<InstanceKey> master = Commits.published(entry.after());
    // Between intent and promotion the old master is watched already, and not yet replaced.
    boolean replaced =
        master
            .flatMap(key -> Optional.ofNullable(entry.after().demoted().get(key)))
            .flatMap(demoted ->
                Optional.ofNullable(entry.after().recoveries().get(demoted.recoveryUid())))
            .filter(ticket -> ticket.promoted().isPresent())
            .isPresent();
    if (replaced) {
      return Optional.of("applications are told of " + master.get() + ", which was demoted");
    }
    Optional<KeyValue> before = value(entry.before());
    Optional<KeyValue> after = value(entry.after());
    boolean older =
        before.isPresent()
            && (after.isEmpty()
                || ORDER.compare(after.get().written(), before.get().written()) < 0);
    return older ? Optional.of("what applications are told became older") : Optional.empty();
  }

  private static Optional<KeyValue> value(ReplicatedState state) {
    return Optional.ofNullable(state.keyValues().get(Commits.MASTER_KEY));
  }
}
