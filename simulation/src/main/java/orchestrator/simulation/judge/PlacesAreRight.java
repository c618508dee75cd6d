package orchestrator.simulation.judge;

import java.util.Optional;

/**
 * I15: a replica that replicates by file and position applies nothing twice, and goes on nowhere
 * without having all that is before that place.
 */
public final class PlacesAreRight implements Invariant {
  @Override
  public String name() {
    return "I15 places are right";
  }

  @Override
  public Optional<String> see(Fact fact, Truth truth) {
    return truth.misplaced();
  }

  @Override
  public boolean looks() {
    return true;
  }

  @Override
  public Optional<String> look(Truth truth) {
    return truth.misplaced();
  }
}
