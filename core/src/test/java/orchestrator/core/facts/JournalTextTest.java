package orchestrator.core.facts;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import orchestrator.core.gtid.GtidDifference;
import orchestrator.core.topology.InstanceKey;
import org.junit.jupiter.api.Test;

/** The protocol of a recovery says what happened, and what cannot be known. */
class JournalTextTest {
  private static final Instant SEEN = Instant.parse("2026-01-02T12:00:00Z");
  private static final InstanceKey REPLICA = new InstanceKey("db2", 3306);

  @Test
  void lossSaysWhatIsKnownAndFromWhenOnItIsNot() {
    LossReport none = report("");
    LossReport some = report("0-1-5..7");
    assertThat(JournalText.ofLoss(none))
        .contains("No transaction is known to be lost", SEEN.toString(), "not known");
    assertThat(JournalText.ofLoss(some)).contains("0-1-5..7", SEEN.toString(), "not known");
    assertThat(JournalText.ofLoss(LossReport.UNKNOWN)).contains("not known");
  }

  @Test
  void lossThatIsExactLeavesNothingOpen() {
    LossReport exact = report("").comparedWith(GtidDifference.parse("0-1-8"));
    assertThat(JournalText.ofLoss(exact)).contains("0-1-8").doesNotContain("not known");
  }

  @Test
  void replicaThatWasLostIsNamedWithTheReason() {
    JournalEntry settled =
        new JournalEntry.ReplicaSettled(
            REPLICA, new ReplicaFate(ReplicaFate.Kind.LOST, "has transactions of its own"));
    assertThat(JournalText.of(settled))
        .isEqualTo("Replica db2:3306: lost: has transactions of its own");
  }

  @Test
  void failedHookShowsItsOutput() {
    JournalEntry failed =
        new JournalEntry.HookFinished(HookPoint.PRE_FAILOVER, 1, false, 12, "no such file\n");
    assertThat(JournalText.of(failed))
        .isEqualTo("PreFailoverProcesses/1 failed after 12 ms: no such file");
  }

  @Test
  void endNamesTheErrors() {
    assertThat(JournalText.of(new JournalEntry.Closed(false, List.of("a", "b"))))
        .isEqualTo("Recovery failed: a; b");
  }

  private static LossReport report(String missing) {
    return new LossReport(
        Optional.of(SEEN),
        Optional.of(GtidDifference.parse(missing)),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }
}
