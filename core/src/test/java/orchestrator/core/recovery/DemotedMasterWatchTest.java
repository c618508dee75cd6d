package orchestrator.core.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import orchestrator.core.facts.DemotedMaster;
import orchestrator.core.facts.JournalEntry;
import orchestrator.core.facts.RecoveryOrigin;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.recovery.DemotedMasterWatch.Finding;
import orchestrator.core.recovery.DemotedMasterWatch.Verdict;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.state.Command;
import orchestrator.core.testing.InstanceBuilder;
import orchestrator.core.testing.TopologyBuilder;
import orchestrator.core.topology.InstanceKey;
import org.junit.jupiter.api.Test;

/** A demoted master never takes writes again by itself. */
class DemotedMasterWatchTest {
  private static final InstanceKey OLD = TopologyBuilder.key("m");
  private static final InstanceKey NEW = TopologyBuilder.key("r1");
  private static final String UUID = InstanceBuilder.uuidOf(OLD);

  private RecoveryTicket ticket =
      RecoveryTicket.begun(
              "1:x",
              OLD,
              "DeadMaster",
              "",
              "m:3306",
              "",
              "",
              RecoveryOrigin.AUTOMATIC,
              TopologyBuilder.NOW,
              TopologyBuilder.NOW,
              0,
              "manager",
              List.of(NEW))
          .with(new JournalEntry.Promoted(NEW, "", Optional.empty()), TopologyBuilder.NOW);

  private final TopologyBuilder servers =
      new TopologyBuilder()
          .with("m", m -> m.oracleGtid(UUID + ":1-103").readOnly())
          .with("r1", r -> r.oracleGtid(UUID + ":1-100"));

  private Verdict judge() {
    return DemotedMasterWatch.judge(
        new DemotedMaster(OLD, "1:x", NEW, TopologyBuilder.NOW),
        servers.instance("m"),
        servers.build(),
        Optional.of(ticket),
        true);
  }

  @Test
  void setsItReadOnlyOnSight() {
    servers.with("m", InstanceBuilder::writable);
    assertThat(judge().actions()).containsExactly(new ServerAction.SetReadOnly(OLD, true, true));
    assertThat(judge().commands()).isEmpty();
    assertThat(judge().findings()).singleElement().isInstanceOf(Finding.Writable.class);
  }

  @Test
  void tellsExactlyWhatWasLostOnceItIsReadOnly() {
    assertThat(judge().commands())
        .singleElement()
        .isInstanceOfSatisfying(
            Command.ReviseLoss.class,
            revised ->
                assertThat(revised.loss().exact()).hasToString("Optional[" + UUID + ":101-103]"));
    assertThat(judge().findings())
        .containsExactly(new Finding.Compared("Only m:3306 has " + UUID + ":101-103", false));
  }

  @Test
  void tellsItOnce() {
    ticket =
        ticket.with(
            new JournalEntry.LossAssessed(
                ticket
                    .loss()
                    .comparedWith(orchestrator.core.gtid.OracleGtidSet.parse(UUID + ":101-103"))),
            TopologyBuilder.NOW);
    assertThat(judge()).isEqualTo(Verdict.NOTHING);
  }

  @Test
  void cannotTellWhileTheSuccessorIsNotSeen() {
    servers.with("r1", InstanceBuilder::unreachable);
    assertThat(judge()).isEqualTo(Verdict.NOTHING);
  }

  @Test
  void isReleasedWhenItReplicatesFromItsSuccessor() {
    servers.with("m", m -> m.replicatesFrom("r1"));
    assertThat(judge().commands()).contains(new Command.ReleaseDemotedMaster(OLD));
    assertThat(judge().findings()).last().isInstanceOf(Finding.Rejoined.class);
  }

  @Test
  void isReleasedFurtherBelowToo() {
    servers.with("r2", r -> r.replicatesFrom("r1")).with("m", m -> m.replicatesFrom("r2"));
    assertThat(judge().commands()).contains(new Command.ReleaseDemotedMaster(OLD));
  }

  @Test
  void isNotReleasedWhileItOnlyClaimsToReplicate() {
    servers.with("m", m -> m.replicatesFrom("r1").ioThreadStopped());
    assertThat(judge().commands()).doesNotContain(new Command.ReleaseDemotedMaster(OLD));
  }

  @Test
  void isNotReleasedWhileItIsWritable() {
    servers.with("m", m -> m.replicatesFrom("r1").writable());
    assertThat(judge().commands()).isEmpty();
    assertThat(judge().actions()).isNotEmpty();
  }
}
