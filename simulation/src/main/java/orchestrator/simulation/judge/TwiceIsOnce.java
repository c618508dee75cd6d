package orchestrator.simulation.judge;

import java.util.Optional;
import orchestrator.core.state.Command;
import orchestrator.core.state.StateMachine;

/**
 * I7: an entry that is applied a second time changes nothing. But for the passage of time, which
 * takes in two strides what has ended and is to be seen so.
 */
public final class TwiceIsOnce implements Invariant {
  @Override
  public String name() {
    return "I7 twice equals once";
  }

  @Override
  public Optional<String> see(Fact fact, Truth truth) {
    if (fact instanceof Fact.Committed entry
        && entry.commands().stream().noneMatch(Command.Expire.class::isInstance)) {
      var again = StateMachine.applyAll(entry.after(), entry.commands(), entry.position());
      if (!again.next().equals(entry.after())) {
        return Optional.of("applied again it changes the state: " + entry.commands());
      }
    }
    return Optional.empty();
  }
}
