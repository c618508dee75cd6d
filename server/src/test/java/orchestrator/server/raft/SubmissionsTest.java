package orchestrator.server.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import orchestrator.server.engine.Consensus.Submission;
import org.junit.jupiter.api.Test;

/** What a submitter is told when its entry is not applied where it waits. */
class SubmissionsTest {
  private final Submissions submissions = new Submissions();
  private final RecentCommands recent = new RecentCommands();
  private final CommandId id = CommandId.of(3);
  private final Submissions.Waiting waiting = submissions.expect(id);

  private Submission outcome() {
    return submissions.await(id, waiting, Duration.ofMillis(10));
  }

  @Test
  void whatAnotherLeaderCommittedIsNotCalledUndoneByTheSnapshotThatHoldsIt() {
    recent.add(id, true);
    submissions.onSnapshot(5, recent);
    assertThat(outcome())
        .isInstanceOfSatisfying(
            Submission.Unknown.class,
            unknown -> assertThat(unknown.commandId()).isEqualTo(Optional.of(id.toString())));
  }

  @Test
  void whatASnapshotOfALaterTermLacksIsNotDone() {
    recent.add(CommandId.of(3), true);
    submissions.onSnapshot(5, recent);
    assertThat(outcome()).isInstanceOf(Submission.Rejected.class);
  }

  @Test
  void whatMayHaveBeenForgottenMeanwhileIsUnknown() {
    recent.replaceWith(new RecentCommands.Stored(List.of(), 3));
    submissions.onSnapshot(5, recent);
    assertThat(outcome())
        .isInstanceOfSatisfying(
            Submission.Unknown.class,
            unknown -> assertThat(unknown.reason()).contains("decided while this node was behind"));
  }

  @Test
  void whatASnapshotOfTheSameTermLacksMayStillCome() {
    submissions.onSnapshot(3, recent);
    assertThat(outcome())
        .isInstanceOfSatisfying(
            Submission.Unknown.class,
            unknown -> assertThat(unknown.reason()).contains("Not decided within"));
  }

  @Test
  void anEntryOfANewerTermShowsThatItNeverComes() {
    submissions.onTerm(4);
    assertThat(outcome()).isInstanceOf(Submission.Rejected.class);
  }
}
