package orchestrator.simulation.judge;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import orchestrator.core.state.Command;
import orchestrator.core.state.ReplicatedState;

/** I3: no acknowledged command is lost, doubled or reordered. */
public final class NothingAgreedIsLost implements Invariant {
  private final Map<Long, List<Command>> log = new HashMap<>();
  private final Set<Long> acknowledged = new HashSet<>();
  private ReplicatedState last = ReplicatedState.EMPTY;
  private long lastIndex;

  @Override
  public String name() {
    return "I3 nothing agreed is lost";
  }

  @Override
  public Optional<String> see(Fact fact, Truth truth) {
    switch (fact) {
      case Fact.Committed entry -> {
        long index = entry.position().index();
        if (index != lastIndex + 1) {
          return Optional.of("entry " + index + " follows entry " + lastIndex);
        }
        if (!entry.before().equals(last)) {
          return Optional.of("entry " + index + " was not applied to what was agreed before it");
        }
        lastIndex = index;
        last = entry.after();
        log.put(index, entry.commands());
      }
      case Fact.Acknowledged answer -> {
        if (!answer.commands().equals(log.get(answer.index()))) {
          return Optional.of("acknowledged as entry " + answer.index() + ", and not there");
        }
        if (!acknowledged.add(answer.index())) {
          return Optional.of("entry " + answer.index() + " was acknowledged twice");
        }
      }
      default -> {}
    }
    return Optional.empty();
  }
}
