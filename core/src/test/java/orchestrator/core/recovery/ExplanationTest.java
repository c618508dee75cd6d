package orchestrator.core.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import orchestrator.core.facts.Acknowledgement;
import orchestrator.core.facts.Detection;
import orchestrator.core.facts.JournalEntry;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.testing.States;
import orchestrator.core.testing.TicketBuilder;
import orchestrator.core.testing.TopologyBuilder;
import orchestrator.core.topology.InstanceKey;
import org.junit.jupiter.api.Test;

/** A person is told why a failure is recovered from or not, whichever way it is. */
class ExplanationTest {
  private static final InstanceKey MASTER = TopologyBuilder.key("m");

  private static final List<Gate> GATES =
      List.of(
          new Gate("leader", true, false, "this manager leads"),
          new Gate("pause", false, false, "paused by ann"),
          new Gate("downtime", false, false, "downtimed by bob"));

  private static final RecoveryTicket OPEN = TicketBuilder.of("1:x", MASTER).build().withIds(7, 0);

  private static RecoveryTicket ended(boolean successful, JournalEntry... before) {
    RecoveryTicket ticket = OPEN;
    for (JournalEntry entry : before) {
      ticket = ticket.with(entry, TopologyBuilder.NOW);
    }
    List<String> errors = successful ? List.of() : List.of("no replica can be promoted");
    return ticket.with(
        new JournalEntry.Closed(successful, errors), TopologyBuilder.NOW.plusSeconds(2));
  }

  private static Explanation explain(boolean failed, List<Gate> gates, ReplicatedState state) {
    return Explanation.of(MASTER, TopologyBuilder.NOW, failed, gates, state);
  }

  @Test
  void firstClosedGateIsTheVerdictAndAllGatesFollowInOrder() {
    Explanation explanation = explain(true, GATES, ReplicatedState.EMPTY);
    assertThat(explanation.lines())
        .containsExactly(
            "m:3306 is not recovered from: pause: paused by ann",
            "leader: yes: this manager leads",
            "pause: NO: paused by ann",
            "downtime: NO: downtimed by bob");
  }

  @Test
  void openRecoveryIsTheVerdictWhateverTheGatesSay() {
    Explanation explanation = explain(true, GATES, new States().recovery(OPEN).build());
    assertThat(explanation.verdict()).isEqualTo("m:3306 is being recovered from: recovery 1:x");
    assertThat(explanation.lines()).last().asString().contains("recovery 7", "1:x", "open");
  }

  @Test
  void failureThatIsOverIsToldWithItsEnd() {
    RecoveryTicket well =
        ended(true, new JournalEntry.Promoted(TopologyBuilder.key("r1"), "", Optional.empty()));
    assertThat(explain(false, List.of(), new States().recovery(well).build()).verdict())
        .contains("No failure", "ended well", "r1:3306 was promoted");
  }

  @Test
  void recoveryWithoutSuccessIsToldWithItsErrorsAndWhoHasSeenIt() {
    RecoveryTicket failed =
        ended(false).acknowledged(new Acknowledgement("ann", "seen", TopologyBuilder.NOW));
    assertThat(explain(true, GATES, new States().recovery(failed).build()).lines())
        .last()
        .asString()
        .contains("without success", "no replica can be promoted", "acknowledged by ann");
  }

  @Test
  void recoveryThatOnlyTheHistoryKnowsIsToldIfThereIsNoOther() {
    Explanation explanation = explain(false, List.of(), ReplicatedState.EMPTY);
    assertThat(explanation.withRecovery(Optional.of(ended(true))).recovery()).isPresent();
    Explanation known = explain(true, GATES, new States().recovery(OPEN).build());
    assertThat(known.withRecovery(Optional.of(ended(true))).recovery()).contains(OPEN);
  }

  @Test
  void latestDetectionIsTold() {
    Detection detection =
        new Detection(
            3,
            "d",
            MASTER,
            "DeadMaster",
            "",
            "m:3306",
            "",
            List.of(),
            true,
            TopologyBuilder.NOW,
            Optional.empty(),
            "manager");
    assertThat(explain(true, GATES, new States().detection(detection).build()).lines())
        .last()
        .asString()
        .contains("DeadMaster", "detection 3", "active");
  }

  @Test
  void failureThatNothingHoldsBackIsSaidToBeSo() {
    assertThat(explain(true, GATES.subList(0, 1), ReplicatedState.EMPTY).verdict())
        .contains("Nothing keeps m:3306");
  }
}
