package orchestrator.sandbox.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import orchestrator.sandbox.history.Leaders.Claim;
import org.junit.jupiter.api.Test;

class LeadersTest {
  private static Claim leads(String node, long term, long asked, long answered) {
    return new Claim(node, term, false, asked, answered);
  }

  private static Claim ready(String node, long term, long asked, long answered) {
    return new Claim(node, term, true, asked, answered);
  }

  @Test
  void oneLeaderAfterTheOtherIsAccepted() {
    assertThat(
            Leaders.violations(
                List.of(
                    ready("n1", 1, 0, 1),
                    leads("n1", 1, 0, 9),
                    ready("n2", 2, 2, 3),
                    leads("n2", 2, 2, 9),
                    ready("n1", 4, 5, 6))))
        .isEmpty();
  }

  @Test
  void aDeposedLeaderThatDoesNotKnowItYetIsAcceptedWhileItIsNotReady() {
    assertThat(Leaders.violations(List.of(ready("n2", 2, 0, 1), leads("n1", 1, 2, 3)))).isEmpty();
  }

  @Test
  void twoLeadersInOneTermAreFoundWhoeverTellsOfThem() {
    assertThat(Leaders.violations(List.of(ready("n1", 3, 0, 1), leads("n2", 3, 0, 1))))
        .containsExactly("n1 and n2 both lead in term 3");
  }

  @Test
  void aLeaderThatIsReadyAfterItsSuccessorWasIsFound() {
    assertThat(Leaders.violations(List.of(ready("n1", 3, 4, 5), ready("n2", 4, 1, 2))))
        .singleElement()
        .asString()
        .contains("n1 was ready in term 3", "term 4");
  }

  @Test
  void answersThatOverlapProveNothing() {
    assertThat(Leaders.violations(List.of(ready("n1", 3, 0, 5), ready("n2", 4, 1, 2)))).isEmpty();
  }
}
