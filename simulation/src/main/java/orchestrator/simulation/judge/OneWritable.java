package orchestrator.simulation.judge;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import orchestrator.core.relocation.ServerAction.SetReadOnly;
import orchestrator.core.topology.InstanceKey;

/**
 * I1: of the servers that a manager which may act can reach undisturbed, one takes writes, be the
 * others replicas or not. A master that comes back writable is noticed within seconds; one recovery
 * makes never two servers writable.
 */
public final class OneWritable implements Invariant {
  private static final long NOTICED_MILLIS = 8000;

  /** By server: the recovery that made it writable. */
  private final Map<InstanceKey, String> madeWritable = new HashMap<>();

  private long since = -1;
  private int actor = -1;

  @Override
  public String name() {
    return "I1 one writable master";
  }

  @Override
  public Optional<String> see(Fact fact, Truth truth) {
    switch (fact) {
      case Fact.Executed executed when executed.action() instanceof SetReadOnly set -> {
        if (set.readOnly()) {
          madeWritable.remove(set.target());
        } else {
          Optional<InstanceKey> other =
              madeWritable.entrySet().stream()
                  .filter(entry -> !entry.getKey().equals(set.target()))
                  .filter(entry -> entry.getValue().equals(executed.purpose()))
                  .map(Map.Entry::getKey)
                  .findFirst();
          madeWritable.put(set.target(), executed.purpose());
          return other.map(key -> "one recovery made both writable: " + key + ", " + set.target());
        }
      }
      case Fact.Crashed crashed -> madeWritable.remove(crashed.server());
      case Fact.ChangedByPerson changed -> madeWritable.remove(changed.server());
      default -> {}
    }
    return Optional.empty();
  }

  private static int countWritable(Truth truth) {
    int count = 0;
    for (InstanceKey key : truth.servers()) {
      count += truth.isWritable(key) ? 1 : 0;
    }
    return count;
  }

  @Override
  public boolean looks() {
    return true;
  }

  @Override
  public Optional<String> look(Truth truth) {
    List<Integer> acting = truth.acting();
    if (acting.size() != 1 || countWritable(truth) < 2) {
      since = -1;
      return Optional.empty();
    }
    List<InstanceKey> writable =
        truth.servers().stream()
            .filter(truth::isWritable)
            .filter(key -> truth.reach(acting.getFirst(), key))
            .filter(key -> truth.calmToManager(acting.getFirst(), key) <= truth.now())
            .toList();
    if (writable.size() < 2) {
      since = -1;
      return Optional.empty();
    }
    if (since < 0 || actor != acting.getFirst()) {
      since = truth.now();
      actor = acting.getFirst();
    }
    return truth.now() - since > NOTICED_MILLIS
        ? Optional.of("both have taken writes for " + NOTICED_MILLIS + " ms: " + writable)
        : Optional.empty();
  }
}
