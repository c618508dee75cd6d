package orchestrator.simulation.judge;

import java.util.Optional;

/** Something that must never happen. Each has a memory of its own: one for each world. */
public interface Invariant {
  /** As the documentation numbers it. */
  String name();

  /** What is wrong, now that this has happened; empty when all is well. */
  default Optional<String> see(Fact fact, Truth truth) {
    return Optional.empty();
  }

  /** What is wrong at this moment; asked every few milliseconds, if {@link #looks}. */
  default Optional<String> look(Truth truth) {
    return Optional.empty();
  }

  /** Whether it asks for more than facts. */
  default boolean looks() {
    return false;
  }

  /** Whether what it looks for may last for a moment only: then it is asked after every event. */
  default boolean isMomentary() {
    return false;
  }
}
