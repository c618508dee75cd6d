package orchestrator.sandbox.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import orchestrator.sandbox.history.Losses.LeftBehind;
import orchestrator.sandbox.history.Losses.Report;
import org.junit.jupiter.api.Test;

class LossesTest {
  private static final Report NOTHING = new Report("1", "A", 10, true);
  private static final Report SOMETHING = new Report("2", "A", 20, false);

  @Test
  void aLossThatIsAdmittedIsAccepted() {
    assertThat(Losses.denied(List.of(SOMETHING), List.of(new LeftBehind("A", 30, Set.of(7L)))))
        .isEmpty();
  }

  @Test
  void aReportIsRightWhenNothingWasLeftBehind() {
    assertThat(Losses.denied(List.of(NOTHING), List.of(new LeftBehind("A", 30, Set.of()))))
        .isEmpty();
  }

  @Test
  void aLossThatIsDeniedIsFound() {
    assertThat(Losses.denied(List.of(NOTHING), List.of(new LeftBehind("A", 15, Set.of(7L, 8L)))))
        .singleElement()
        .asString()
        .contains("Failover 1 says that nothing was lost", "2 rows");
  }

  @Test
  void theNewestFailoverOfTheServerBeforeItWasLookedAtIsTheOneThatCounts() {
    List<Report> reports = List.of(NOTHING, SOMETHING, new Report("3", "A", 40, true));
    assertThat(Losses.denied(reports, List.of(new LeftBehind("A", 30, Set.of(7L))))).isEmpty();
    assertThat(Losses.denied(reports, List.of(new LeftBehind("B", 50, Set.of(7L))))).isEmpty();
  }
}
