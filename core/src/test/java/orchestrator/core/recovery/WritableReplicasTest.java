package orchestrator.core.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import orchestrator.core.facts.DemotedMaster;
import orchestrator.core.facts.JournalEntry;
import orchestrator.core.facts.KeptReadOnly;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.recovery.WritableReplicas.Finding;
import orchestrator.core.recovery.WritableReplicas.Verdict;
import orchestrator.core.testing.InstanceBuilder;
import orchestrator.core.testing.States;
import orchestrator.core.testing.TicketBuilder;
import orchestrator.core.testing.TopologyBuilder;
import orchestrator.core.topology.InstanceKey;
import org.junit.jupiter.api.Test;

/** The former master {@code old} replicates from {@code m}, and so does {@code other}. */
class WritableReplicasTest {
  private static final InstanceKey OLD = TopologyBuilder.key("old");
  private static final KeptReadOnly KEPT = new KeptReadOnly(OLD, "1:x", TopologyBuilder.NOW);

  private final States states = new States().keptReadOnly(KEPT);
  private final TopologyBuilder servers =
      new TopologyBuilder()
          .with("m", InstanceBuilder::writable)
          .with("old", s -> s.replicatesFrom("m").writable())
          .with("other", s -> s.replicatesFrom("m").writable());

  private List<Verdict> found() {
    return WritableReplicas.among(servers.build(), states.build(), TopologyBuilder.NOW);
  }

  private void assertFound(Finding finding) {
    assertThat(found()).extracting(Verdict::server).containsExactly(KEPT);
    assertThat(found()).extracting(Verdict::finding).containsExactly(finding);
  }

  @Test
  void aFormerMasterThatTakesWritesAsAReplicaIsSetReadOnlyAndNoOtherServerIs() {
    assertFound(Finding.TAKES_WRITES);
  }

  @Test
  void itMayReplicateFromTheMasterByWayOfAnother() {
    servers
        .with("i", s -> s.replicatesFrom("m").readOnly())
        .with("old", s -> s.replicatesFrom("i"));
    assertFound(Finding.TAKES_WRITES);
    servers.with("i", InstanceBuilder::ioThreadStopped);
    assertFound(Finding.UNCLEAR);
  }

  /**
   * All restarted: the master read-only, as its file says, and those that were masters once not.
   */
  @Test
  void ofTwoBelowAMasterThatTakesNoneNeitherIsMeant() {
    servers.with("m", InstanceBuilder::readOnly);
    assertFound(Finding.UNCLEAR);

    states.keptReadOnly(new KeptReadOnly(TopologyBuilder.key("other"), "2:x", TopologyBuilder.NOW));
    assertThat(found())
        .extracting(Verdict::finding)
        .containsExactly(Finding.TAKES_WRITES, Finding.TAKES_WRITES);

    servers.with("other", InstanceBuilder::replicationStopped);
    assertThat(found())
        .extracting(Verdict::finding)
        .containsExactly(Finding.UNCLEAR, Finding.UNCLEAR);
  }

  @Test
  void oneThatTakesNoWritesIsLeftAlone() {
    servers.with("old", InstanceBuilder::readOnly);
    assertThat(found()).isEmpty();
  }

  @Test
  void nobodyActsOnWhatAServerSaidBeforeItFellSilent() {
    servers.with("old", InstanceBuilder::unreachable);
    assertThat(found()).isEmpty();
  }

  /** People stop a replica and make it writable, without a reset, when its master is dead. */
  @Test
  void oneThatDoesNotReplicateIsPerhapsTheMasterNow() {
    servers.with("old", InstanceBuilder::replicationStopped);
    assertFound(Finding.UNCLEAR);
    servers.with("m", InstanceBuilder::unreachable);
    assertFound(Finding.UNCLEAR);
  }

  @Test
  void eitherThreadIsNeeded() {
    servers.with("old", InstanceBuilder::sqlThreadStopped);
    assertFound(Finding.UNCLEAR);
    servers.with("old", s -> s.replicatesFrom("m").ioThreadStopped());
    assertFound(Finding.UNCLEAR);
  }

  /** For a while a replica of a dead master says that it replicates. */
  @Test
  void oneIsLeftAsItIsWhenNoOtherServerTakesWrites() {
    servers.with("m", InstanceBuilder::unreachable);
    assertFound(Finding.UNCLEAR);
    servers.with("old", s -> s.replicatesFrom("r")).with("r", InstanceBuilder::readOnly);
    assertFound(Finding.UNCLEAR);
  }

  @Test
  void aReplacedMasterThatCameBackWritableIsNoReasonEither() {
    InstanceKey master = TopologyBuilder.key("m");
    states.demoted(new DemotedMaster(master, "2:x", OLD, TopologyBuilder.NOW));
    assertFound(Finding.UNCLEAR);
  }

  /** What is broken above the one that followed the successor hides who the master is. */
  @Test
  void itIsSetReadOnlyBesideWhoeverReplacedItsSuccessorAndIsFollowedByThatOne() {
    servers
        .with("newer", InstanceBuilder::writable)
        .with("m", s -> s.replicatesFrom("newer").readOnly().ioThreadStopped());
    states
        .recovery(promoted("1:x", "m"))
        .recovery(promoted(TicketBuilder.of("2:x", TopologyBuilder.key("m")).build(), "newer"));
    assertFound(Finding.UNCLEAR);

    states.keptReadOnly(new KeptReadOnly(TopologyBuilder.key("m"), "2:x", TopologyBuilder.NOW));
    assertThat(found()).extracting(Verdict::finding).containsExactly(Finding.TAKES_WRITES);
  }

  /** It was given up, died, and came back with the source that it had: a dead one. */
  @Test
  void itIsSetReadOnlyWhileTheServerThatWasPromotedInsteadTakesWrites() {
    servers
        .with("new", InstanceBuilder::writable)
        .with("m", InstanceBuilder::unreachable)
        .with("old", InstanceBuilder::replicationStopped);
    assertFound(Finding.UNCLEAR);

    states.recovery(promoted("1:x", "new"));
    assertFound(Finding.TAKES_WRITES);

    servers.with("new", InstanceBuilder::readOnly);
    assertFound(Finding.UNCLEAR);

    servers.with("newer", InstanceBuilder::writable);
    InstanceKey replaced = TopologyBuilder.key("new");
    states.demoted(
        new DemotedMaster(replaced, "2:x", TopologyBuilder.key("newer"), TopologyBuilder.NOW));
    assertFound(Finding.TAKES_WRITES);
  }

  /** The recovery took its source away: so it is not the master of a cluster of its own. */
  @Test
  void oneThatWasGivenUpNeedsNoSourceForThat() {
    servers
        .with("new", InstanceBuilder::writable)
        .with("m", InstanceBuilder::unreachable)
        .with("old", InstanceBuilder::withoutReplication);
    states.recovery(promoted("1:x", "new"));
    assertFound(Finding.TAKES_WRITES);
    assertThat(found())
        .extracting(Verdict::master)
        .containsExactly(Optional.of(TopologyBuilder.key("new")));

    servers.with("new", InstanceBuilder::readOnly);
    assertFound(Finding.UNCLEAR);
  }

  /** It was a recovery that has detached it, and no person. */
  @Test
  void norDoesALostReplicaWhoseSourceWasDetached() {
    servers.with("old", s -> s.replicatesFrom("//m")).with("other", s -> s.replicatesFrom("old"));
    assertFound(Finding.IS_MASTER);

    replaceTheMaster();
    assertFound(Finding.TAKES_WRITES);
  }

  /** A former master replicated when it was last seen to: a person has ended that. */
  @Test
  void aFormerMasterWithoutASourceIsPerhapsWhatPeopleMadeIt() {
    servers.with("new", InstanceBuilder::writable).with("old", InstanceBuilder::withoutReplication);
    states.recovery(
        TicketBuilder.of("1:x", OLD)
            .build()
            .with(
                new JournalEntry.Promoted(TopologyBuilder.key("new"), "", Optional.empty()),
                TopologyBuilder.NOW));
    assertFound(Finding.UNCLEAR);
  }

  /**
   * The target of a takeover, which died when it had been reset: the master was left the master.
   */
  @Test
  void oneThatWasGivenUpByATakeoverIsSetReadOnlyBesideTheMasterThatWasLeft() {
    InstanceKey left = TopologyBuilder.key("m");
    servers.with("old", InstanceBuilder::withoutReplication);
    states.recovery(
        openRecovery("1:x").with(new JournalEntry.PromotionIntended(left), TopologyBuilder.NOW));
    assertFound(Finding.TAKES_WRITES);
  }

  /** The recovery had moved {@code other} below it already, and then promoted nobody. */
  @Test
  void oneThatWasGivenUpByAFailedRecoveryIsNoMasterBecauseOthersFollowIt() {
    servers
        .with("old", InstanceBuilder::withoutReplication)
        .with("other", s -> s.replicatesFrom("old").readOnly());
    states.recovery(
        openRecovery("1:x").with(new JournalEntry.Closed(false, List.of()), TopologyBuilder.NOW));
    assertFound(Finding.TAKES_WRITES);

    servers.with("m", InstanceBuilder::unreachable);
    assertFound(Finding.UNCLEAR);
  }

  /** It died while it fetched from {@code other}, which was moved below it at the same time. */
  @Test
  void norBecauseItIsInARingWithTheReplicaThatFedIt() {
    servers
        .with("old", s -> s.replicatesFrom("other"))
        .with("other", s -> s.replicatesFrom("old").readOnly());
    assertFound(Finding.IS_MASTER);

    states.recovery(
        openRecovery("1:x").with(new JournalEntry.Closed(false, List.of()), TopologyBuilder.NOW));
    assertFound(Finding.TAKES_WRITES);

    servers.with("m", InstanceBuilder::unreachable);
    assertFound(Finding.UNCLEAR);
  }

  /** What a dead server said of its source may be older than its own promotion. */
  @Test
  void aServerThatWasReplacedIsInNoRing() {
    servers.with("m", m -> m.replicatesFrom("old").unreachable());
    assertFound(Finding.UNCLEAR);

    replaceTheMaster();
    assertFound(Finding.TAKES_WRITES);
  }

  /** Of the recovery that it was replaced by nothing is recorded any more. */
  @Test
  void itIsSetReadOnlyWhenItsSourceWasReplacedAndWhoeverStandsInThereFollowsAMaster() {
    servers
        .with("m", InstanceBuilder::unreachable)
        .with("stand-in", s -> s.replicatesFrom("newest").readOnly())
        .with("newest", InstanceBuilder::writable);
    InstanceKey master = TopologyBuilder.key("m");
    InstanceKey standIn = TopologyBuilder.key("stand-in");
    states.demoted(new DemotedMaster(master, "2:x", standIn, TopologyBuilder.NOW));
    assertFound(Finding.UNCLEAR);

    states.recovery(promoted("2:x", "stand-in"));
    assertFound(Finding.TAKES_WRITES);

    servers.with("stand-in", InstanceBuilder::ioThreadStopped);
    assertFound(Finding.UNCLEAR);
  }

  /** {@code m} by {@code new}, in another recovery than the one that is remembered. */
  private void replaceTheMaster() {
    InstanceKey master = TopologyBuilder.key("m");
    InstanceKey successor = TopologyBuilder.key("new");
    servers.with("new", InstanceBuilder::writable);
    states.demoted(new DemotedMaster(master, "2:x", successor, TopologyBuilder.NOW));
    states.recovery(promoted("2:x", "new"));
  }

  private static RecoveryTicket promoted(String uid, String server) {
    return promoted(openRecovery(uid), server);
  }

  private static RecoveryTicket promoted(RecoveryTicket ticket, String server) {
    return ticket.with(
        new JournalEntry.Promoted(TopologyBuilder.key(server), "", Optional.empty()),
        TopologyBuilder.NOW);
  }

  @Test
  void oneThatIsInMaintenanceIsLeftToWhoeverWorksOnIt() {
    states.maintenance("old");
    assertThat(found()).isEmpty();
  }

  @Test
  void oneThatPeopleMadeTheMasterIsKeptNoLonger() {
    servers.with("old", InstanceBuilder::withoutReplication);
    assertFound(Finding.UNCLEAR);
    servers.with("other", s -> s.replicatesFrom("old"));
    assertFound(Finding.IS_MASTER);
  }

  /** So the other one may come back without replication, and this one go on as the master. */
  @Test
  void aCoMasterThatTakesTheWritesIsKeptNoLonger() {
    servers.with("m", m -> m.replicatesFrom("old").readOnly());
    assertFound(Finding.IS_MASTER);
    servers.with("m", InstanceBuilder::ioThreadStopped);
    assertFound(Finding.UNCLEAR);
  }

  @Test
  void ofTwoWritableCoMastersNobodyKnowsWhichIsMeant() {
    servers.with("m", m -> m.replicatesFrom("old"));
    assertFound(Finding.UNCLEAR);
  }

  @Test
  void noServerOfARingIsSetReadOnly() {
    servers
        .with("m", m -> m.replicatesFrom("third"))
        .with("third", s -> s.replicatesFrom("old").readOnly());
    assertFound(Finding.UNCLEAR);
  }

  @Test
  void nobodyBecomesTheMasterWhileARecoveryRuns() {
    servers.with("m", m -> m.replicatesFrom("old").readOnly());
    states.recovery(openRecovery("1:y"));
    assertFound(Finding.UNCLEAR);
  }

  private static RecoveryTicket openRecovery(String uid) {
    return TicketBuilder.of(uid, TopologyBuilder.key("m")).replicas(OLD).build();
  }

  @Test
  void oneThatIsWatchedAsADemotedMasterIsLeftToThatWatch() {
    states.demoted(new DemotedMaster(OLD, "2:x", TopologyBuilder.key("m"), TopologyBuilder.NOW));
    assertThat(found()).isEmpty();
  }

  @Test
  void eachIsToldWithTheRecoveryThatKnowsWhy() {
    for (Finding finding : Finding.values()) {
      assertThat(new Verdict(KEPT, finding, Optional.empty()).text())
          .contains("old:3306", "1:x", "read-only")
          .doesNotContain("demoted");
    }
  }
}
