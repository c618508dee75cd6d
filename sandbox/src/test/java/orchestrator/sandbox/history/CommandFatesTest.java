package orchestrator.sandbox.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import orchestrator.sandbox.history.CommandFates.Sighting;
import orchestrator.sandbox.history.Operation.Outcome;
import org.junit.jupiter.api.Test;

class CommandFatesTest {
  private static final Sighting A = new Sighting("a", "1:7");

  @Test
  void eachCommandWhereItBelongsIsAccepted() {
    assertThat(
            CommandFates.violations(
                Map.of("a", Outcome.DONE, "b", Outcome.NOT_DONE, "c", Outcome.UNKNOWN),
                List.of(A),
                List.of(A)))
        .isEmpty();
    assertThat(CommandFates.violations(Map.of("a", Outcome.UNKNOWN), List.of(A), List.of(A)))
        .isEmpty();
  }

  @Test
  void aLostAcknowledgedCommandIsFound() {
    assertThat(CommandFates.violations(Map.of("a", Outcome.DONE), List.of(), List.of()))
        .singleElement()
        .asString()
        .contains("a was acknowledged and is lost");
  }

  @Test
  void aCommandThatIsAppliedTwiceIsFound() {
    List<Sighting> again = List.of(new Sighting("a", "2:9"));
    assertThat(CommandFates.violations(Map.of("a", Outcome.DONE), List.of(A), again))
        .singleElement()
        .asString()
        .contains("more than once", "1:7", "2:9");
  }

  @Test
  void aRefusedCommandThatShowsIsFound() {
    assertThat(CommandFates.violations(Map.of("a", Outcome.NOT_DONE), List.of(), List.of(A)))
        .singleElement()
        .asString()
        .contains("not done, and was applied");
  }

  @Test
  void aCommandThatWasSeenOnceAndIsGoneIsFoundWhateverWasAnswered() {
    assertThat(CommandFates.violations(Map.of("a", Outcome.UNKNOWN), List.of(A), List.of()))
        .containsExactly("a was seen, and is gone");
  }

  @Test
  void aCommandThatNobodySentIsFound() {
    assertThat(CommandFates.violations(Map.of(), List.of(), List.of(A)))
        .containsExactly("a was sent by nobody");
  }
}
