package orchestrator.sandbox.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import orchestrator.sandbox.history.Failovers.Failover;
import org.junit.jupiter.api.Test;

class FailoversTest {
  @Test
  void aChainOfMastersIsAccepted() {
    assertThat(
            Failovers.violations(
                "A",
                List.of(
                    new Failover("1", "A", "B"),
                    new Failover("2", "B", "C"),
                    new Failover("3", "C", "A"),
                    new Failover("4", "A", "B"))))
        .isEmpty();
  }

  @Test
  void aFailureThatIsFailedOverTwiceIsFound() {
    assertThat(
            Failovers.violations(
                "A", List.of(new Failover("1", "A", "B"), new Failover("2", "A", "C"))))
        .singleElement()
        .asString()
        .contains("2 replaced A by C when B was the master");
  }

  @Test
  void aFailoverThatIsToldTwiceIsFound() {
    assertThat(
            Failovers.violations(
                "A", List.of(new Failover("1", "A", "B"), new Failover("1", "B", "C"))))
        .containsExactly("Failover 1 is told twice");
  }

  @Test
  void theFailoverOfAServerThatWasNeverMasterIsFound() {
    assertThat(Failovers.violations("A", List.of(new Failover("1", "B", "C")))).hasSize(1);
  }
}
