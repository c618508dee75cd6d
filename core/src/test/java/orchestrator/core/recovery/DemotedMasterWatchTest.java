package orchestrator.core.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import orchestrator.core.facts.DemotedMaster;
import orchestrator.core.facts.JournalEntry;
import orchestrator.core.facts.KeptReadOnly;
import orchestrator.core.facts.LossReport;
import orchestrator.core.facts.PromotionBase;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.gtid.BinlogCoordinates;
import orchestrator.core.gtid.GtidDifference;
import orchestrator.core.gtid.MariaDbGtidSet;
import orchestrator.core.gtid.OracleGtidSet;
import orchestrator.core.recovery.DemotedMasterWatch.Finding;
import orchestrator.core.recovery.DemotedMasterWatch.Verdict;
import orchestrator.core.relocation.CanReplicate;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.state.Command;
import orchestrator.core.testing.InstanceBuilder;
import orchestrator.core.testing.States;
import orchestrator.core.testing.TicketBuilder;
import orchestrator.core.testing.TopologyBuilder;
import orchestrator.core.topology.InstanceKey;
import org.junit.jupiter.api.Test;

/** A demoted master never takes writes again by itself. */
class DemotedMasterWatchTest {
  private static final InstanceKey OLD = TopologyBuilder.key("m");
  private static final InstanceKey NEW = TopologyBuilder.key("r1");
  private static final String UUID = InstanceBuilder.uuidOf(OLD);

  private RecoveryTicket ticket = TicketBuilder.of("1:x", OLD).replicas(NEW).promoted(NEW);

  private final TopologyBuilder servers =
      new TopologyBuilder()
          .with("m", m -> m.oracleGtid(UUID + ":1-103").readOnly())
          .with("r1", r -> r.oracleGtid(UUID + ":1-100"));

  private DemotedMaster demoted = new DemotedMaster(OLD, "1:x", NEW, TopologyBuilder.NOW);
  private SafetyPolicy safety = SafetyPolicy.DEFAULT;
  private final States said = new States().downtime("m");

  private Verdict judge() {
    return DemotedMasterWatch.judge(
        demoted,
        servers.instance("m"),
        servers.build(),
        said.recovery(ticket).build(),
        new DemotedMasterWatch.Rules(true, safety, CanReplicate.Policy.DEFAULT),
        TopologyBuilder.NOW);
  }

  private static GtidDifference set(String numbers) {
    return OracleGtidSet.parse(numbers.isEmpty() ? "" : UUID + ":" + numbers);
  }

  private static DemotedMaster.Comparison comparison(String numbers) {
    return new DemotedMaster.Comparison(set(numbers), TopologyBuilder.NOW);
  }

  @Test
  void setsItReadOnlyOnSight() {
    servers.with("m", InstanceBuilder::writable);
    assertThat(judge().actions())
        .startsWith(new ServerAction.SetReadOnly(OLD, true, true))
        .hasSizeLessThanOrEqualTo(2);
    assertThat(judge().commands()).isEmpty();
    assertThat(judge().findings()).singleElement().isInstanceOf(Finding.Writable.class);
  }

  /** It was not reached at the failover: some of them may write to read-only servers. */
  @Test
  void disconnectsItsClientsOnceItIsReadOnly() {
    servers.with("m", InstanceBuilder::writable);
    ServerAction hold = new ServerAction.SetReadOnly(OLD, true, true);
    assertThat(judge().actions()).containsExactly(hold, new ServerAction.EndClients(OLD));
    safety = safety.leavingClients();
    assertThat(judge().actions()).containsExactly(hold);
  }

  @Test
  void tellsExactlyWhatWasLostOnceItIsReadOnly() {
    assertThat(judge().commands())
        .containsExactly(
            new Command.ReviseLoss("1:x", ticket.loss().comparedWith(set("101-103"))),
            new Command.CompareDemotedMaster(OLD, "1:x", comparison("101-103")));
    assertThat(judge().findings())
        .singleElement()
        .isInstanceOfSatisfying(
            Finding.Compared.class,
            found -> {
              assertThat(found.lossless()).isFalse();
              assertThat(found.text()).contains("Only m:3306 has " + UUID + ":101-103");
            });
  }

  @Test
  void tellsItOnce() {
    ticket =
        ticket.with(
            new JournalEntry.LossAssessed(ticket.loss().comparedWith(set("101-103"))),
            TopologyBuilder.NOW);
    demoted = demoted.comparedAs(comparison("101-103"));
    assertThat(judge()).isEqualTo(Verdict.NOTHING);
  }

  @Test
  void cannotTellWhileTheSuccessorIsNotSeen() {
    servers.with("r1", InstanceBuilder::unreachable);
    assertThat(judge()).isEqualTo(Verdict.NOTHING);
  }

  @Test
  void isReleasedWhenItReplicatesFromItsSuccessor() {
    servers.with("m", m -> m.replicatesFrom("r1").oracleGtid(UUID + ":1-100"));
    assertThat(judge().commands())
        .contains(new Command.ReleaseDemotedMaster(OLD))
        .contains(new Command.KeepReadOnly(new KeptReadOnly(OLD, "1:x", TopologyBuilder.NOW)));
    assertThat(judge().findings()).last().isInstanceOf(Finding.Rejoined.class);
  }

  @Test
  void isReleasedFurtherBelowToo() {
    servers
        .with("r2", r -> r.replicatesFrom("r1"))
        .with("m", m -> m.replicatesFrom("r2").oracleGtid(UUID + ":1-100"));
    assertThat(judge().commands()).contains(new Command.ReleaseDemotedMaster(OLD));
  }

  /** As a co-master does by itself when it comes back. */
  @Test
  void isQuarantinedWhileItReplicatesAndHasTransactionsOfItsOwn() {
    servers.with("m", m -> m.replicatesFrom("r1"));
    assertThat(judge().commands())
        .contains(new Command.CompareDemotedMaster(OLD, "1:x", comparison("101-103")))
        .doesNotContain(new Command.ReleaseDemotedMaster(OLD));
  }

  /** One failed look at the successor must not make a replica in good standing of it. */
  @Test
  void isNotReleasedUncompared() {
    servers.with("m", m -> m.replicatesFrom("r1")).with("r1", InstanceBuilder::unreachable);
    assertThat(judge()).isEqualTo(Verdict.NOTHING);
  }

  @Test
  void isReleasedUncomparedWhenItCountsNothingByGtid() {
    servers
        .with("m", m -> m.replicatesFrom("r1").oracleGtid(""))
        .with("r1", InstanceBuilder::unreachable);
    assertThat(judge().commands()).contains(new Command.ReleaseDemotedMaster(OLD));
  }

  @Test
  void mariaDbIsNotReleasedEitherWhileItHasTransactionsOfItsOwn() {
    returnedMariaDb("0-1-103,0-2-500");
    assertThat(judge().commands()).doesNotContain(new Command.ReleaseDemotedMaster(OLD));
    returnedMariaDb("0-1-100,0-2-500");
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

  // ---- quarantined, or a replica again ----

  private void hasNothingOfItsOwn() {
    servers.with("m", m -> m.oracleGtid(UUID + ":1-100").readOnly());
  }

  @Test
  void oneThatTheSuccessorCoversIsOfferedForReattachment() {
    hasNothingOfItsOwn();
    assertThat(judge().commands())
        .contains(new Command.CompareDemotedMaster(OLD, "1:x", comparison("")));
    assertThat(judge().actions()).isEmpty();
    assertThat(judge().findings())
        .singleElement()
        .satisfies(found -> assertThat(found.text()).contains("reattach-demoted-master"));
  }

  @Test
  void oneThatTheSuccessorCoversIsReattachedIfConfigured() {
    hasNothingOfItsOwn();
    safety = safety.withReattaching();
    assertThat(judge().actions())
        .containsExactly(
            new ServerAction.ChangeSource(
                OLD, NEW, new ServerAction.SourcePosition.OracleAuto(), true));
  }

  @Test
  void oneWithTransactionsOfItsOwnIsNeverReattached() {
    safety = safety.withReattaching();
    assertThat(judge().actions()).isEmpty();
  }

  /** Nobody can compare them, but for where its log ends. */
  @Test
  void withoutGtidsOneThatWroteNothingMoreIsReattachedAtTheRecordedPlace() {
    BinlogCoordinates end = BinlogCoordinates.binary("master-bin.000009", 900);
    BinlogCoordinates place = BinlogCoordinates.binary("r1-bin.000004", 4711);
    safety = safety.withReattaching();
    ticket =
        ticket.with(
            new JournalEntry.BaseTaken(new PromotionBase(NEW, end, Optional.of(place))),
            TopologyBuilder.NOW);
    servers
        .with("m", m -> m.oracleGtid("").gtidMode("OFF"))
        .with("r1", r -> r.oracleGtid("").gtidMode("OFF"))
        .with("m", m -> m.binlogPosition(end.logFile(), end.logPos()));
    assertThat(judge().actions())
        .containsExactly(
            new ServerAction.ChangeSource(
                OLD, NEW, new ServerAction.SourcePosition.FileAndPosition(place), true));
    servers.with("m", m -> m.binlogPosition(end.logFile(), end.logPos() + 1));
    assertThat(judge().actions()).isEmpty();
  }

  @Test
  void itIsReattachedOnlyWhenItsRecoveryIsOver() {
    hasNothingOfItsOwn();
    safety = safety.withReattaching();
    ticket = TicketBuilder.of("1:x", OLD).replicas(NEW).build();
    assertThat(judge().actions()).isEmpty();
  }

  @Test
  void itFollowsWhoeverReplacedItsSuccessorMeanwhile() {
    hasNothingOfItsOwn();
    safety = safety.withReattaching();
    servers.with("r2", r -> r.oracleGtid(UUID + ":1-120").writable());
    said.demoted(new DemotedMaster(NEW, "2:y", TopologyBuilder.key("r2"), TopologyBuilder.NOW));
    assertThat(judge().actions())
        .singleElement()
        .isInstanceOfSatisfying(
            ServerAction.ChangeSource.class,
            change -> assertThat(change.source()).isEqualTo(TopologyBuilder.key("r2")));
  }

  @Test
  void itIsNotReattachedWhereTransactionsThatItLacksWerePurged() {
    hasNothingOfItsOwn();
    safety = safety.withReattaching();
    servers.with("r1", r -> r.oracleGtid(UUID + ":1-200").purged(UUID + ":1-150"));
    assertThat(judge().actions()).isEmpty();
  }

  @Test
  void quarantinedOneIsDowntimedIfItIsNot() {
    said.endDowntime("m");
    assertThat(judge().commands())
        .filteredOn(Command.BeginDowntime.class::isInstance)
        .singleElement()
        .satisfies(
            c -> assertThat(((Command.BeginDowntime) c).downtime().isLostInRecovery()).isTrue());
  }

  /** Its recovery may yet give up, and it would stay the master, in a downtime of a year. */
  @Test
  void untilSomebodyWasPromotedItIsKeptReadOnlyAndNotTakenForLost() {
    said.endDowntime("m");
    ticket = TicketBuilder.of("1:x", OLD).replicas(NEW).build();
    assertThat(judge().commands()).isEmpty();
    assertThat(judge().findings()).isEmpty();
    servers.with("m", InstanceBuilder::writable);
    assertThat(judge().actions()).startsWith(new ServerAction.SetReadOnly(OLD, true, true));
  }

  @Test
  void aSetThatGrewIsToldAgain() {
    demoted = demoted.comparedAs(comparison("101-102"));
    assertThat(judge().commands())
        .contains(new Command.CompareDemotedMaster(OLD, "1:x", comparison("101-103")));
    assertThat(judge().findings()).hasSize(1);
  }

  @Test
  void mariaDbIsComparedWithWhatTheSuccessorHadWhenItWasPromoted() {
    returnedMariaDb("0-1-103");
    servers.with("m", InstanceBuilder::withoutReplication);
    assertThat(judge().findings())
        .singleElement()
        .satisfies(found -> assertThat(found.text()).contains("0-1-101..103"));
  }

  /** It replicates from its successor, which had 0-1-100 when it was promoted. */
  private void returnedMariaDb(String executed) {
    servers
        .with("m", m -> m.replicatesFrom("r1").mariaDbGtid(executed).serverId(1).readOnly())
        .with("r1", r -> r.mariaDbGtid("0-2-500").serverId(2));
    ticket =
        ticket.with(
            new JournalEntry.LossAssessed(
                new LossReport(
                    Optional.empty(),
                    Optional.empty(),
                    Optional.of(MariaDbGtidSet.parse("0-1-100")),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty())),
            TopologyBuilder.NOW);
  }
}
