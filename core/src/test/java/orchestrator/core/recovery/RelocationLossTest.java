package orchestrator.core.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import orchestrator.core.facts.DemotedMaster;
import orchestrator.core.facts.JournalEntry;
import orchestrator.core.facts.LossReport;
import orchestrator.core.facts.RecoveryOrigin;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.facts.ReplicaFate;
import orchestrator.core.gtid.GtidDifference;
import orchestrator.core.gtid.GtidSet;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.state.Command;
import orchestrator.core.state.LogPosition;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.state.StateMachine;
import orchestrator.core.testing.InstanceBuilder;
import orchestrator.core.testing.TicketBuilder;
import orchestrator.core.testing.TopologyBuilder;
import orchestrator.core.topology.InstanceKey;
import org.junit.jupiter.api.Test;

/**
 * The master {@code m} died together with the intermediate master {@code im}, and {@code n} was
 * promoted, which had not got all that {@code a}, a replica of {@code im}, has.
 */
class RelocationLossTest {
  private static final String UUID = InstanceBuilder.uuidOf(key("m"));

  private ReplicatedState state = replaced(LossReport.UNKNOWN);
  private final TopologyBuilder servers =
      new TopologyBuilder()
          .with("m", m -> m.oracleGtid(UUID + ":1-85").unreachable())
          .with(
              "im", r -> r.replicatesFrom("m").readOnly().oracleGtid(UUID + ":1-85").unreachable())
          .with("n", n -> n.oracleGtid(UUID + ":1-90," + own("n")))
          .with("s", s -> s.replicatesFrom("n").readOnly().oracleGtid(UUID + ":1-90," + own("n")))
          .with("a", a -> orphan(a).oracleGtid(UUID + ":1-100"))
          .with("b", b -> orphan(b).oracleGtid(UUID + ":1-90"));

  private static InstanceBuilder orphan(InstanceBuilder server) {
    return server.replicatesFrom("im").readOnly().failingToConnect();
  }

  private static InstanceKey key(String server) {
    return TopologyBuilder.key(server);
  }

  private static String own(String server) {
    return InstanceBuilder.uuidOf(key(server)) + ":1-3";
  }

  private static ReplicatedState replaced(LossReport loss) {
    RecoveryTicket ticket =
        TicketBuilder.of("0:y", key("m"))
            .replicas(key("n"), key("im"))
            .cluster("m:3306", "main")
            .build();
    List<JournalEntry> entries = new ArrayList<>();
    entries.add(new JournalEntry.PromotionIntended(key("n")));
    entries.add(new JournalEntry.Promoted(key("n"), "", Optional.empty()));
    entries.add(new JournalEntry.LossAssessed(loss));
    return StateMachine.applyAll(
            ReplicatedState.EMPTY,
            List.of(
                new Command.OpenRecovery(ticket),
                new Command.WatchDemotedMaster(
                    new DemotedMaster(key("m"), "0:y", key("n"), TopologyBuilder.NOW)),
                new Command.Journal("0:y", entries, TopologyBuilder.NOW)),
            LogPosition.NONE)
        .next();
  }

  private Stage stage() {
    return stage(RecoveryOrigin.AUTOMATIC);
  }

  private Stage stage(RecoveryOrigin origin) {
    return new Stage(servers, "im", "DeadIntermediateMaster", RecoveryPolicy.DEFAULT, origin, state)
        .silent("m")
        .silent("im");
  }

  private static Stream<String> moves(Stage stage) {
    return stage
        .actions()
        .filter(ServerAction.ChangeSource.class::isInstance)
        .map(ServerAction.ChangeSource.class::cast)
        .map(move -> move.target().hostname() + ">" + move.source().hostname());
  }

  private static ReplicaFate fate(Stage stage, String replica) {
    return stage.ticket.fates().getOrDefault(key(replica), ReplicaFate.UNSETTLED);
  }

  private static Stream<InstanceKey> downtimed(Stage stage) {
    return stage
        .commands()
        .filter(Command.BeginDowntime.class::isInstance)
        .map(command -> ((Command.BeginDowntime) command).downtime().key());
  }

  @Test
  void aReplicaThatHasMoreThanTheNewMasterIsMovedNeitherBelowItNorBelowItsReplicas() {
    Stage stage = stage().start();
    assertThat(moves(stage)).containsExactly("b>s");
    assertThat(fate(stage, "a").kind()).isEqualTo(ReplicaFate.Kind.LOST);
    assertThat(fate(stage, "a").reason()).contains("n:3306 lacks: " + UUID + ":91-100");
  }

  @Test
  void whatOnlyItHasIsInTheLossReportAndItIsInDowntime() {
    Stage stage = stage().start();
    assertThat(stage.ticket.loss().knownMissing()).contains(GtidDifference.parse(UUID + ":91-100"));
    assertThat(downtimed(stage)).containsExactly(key("a"));
  }

  /** The dead server is back, and passes on what it got: after the replica was read. */
  @Test
  void aReplicaThatGetsMoreWhileItIsMovedIsStoppedAndInTheLossReport() {
    servers.with("a", a -> a.oracleGtid(UUID + ":1-90"));
    Stage stage = stage();
    stage.answering(
        Effect.Perform.class,
        effect -> {
          if (((Effect.Perform) effect).action()
                  instanceof ServerAction.ChangeSource(InstanceKey target, _, _, _)
              && target.equals(key("a"))) {
            stage.change("a", a -> a.oracleGtid(UUID + ":1-95"));
          }
          return Optional.empty();
        });
    stage.start();
    assertThat(fate(stage, "a").kind()).isEqualTo(ReplicaFate.Kind.LOST);
    assertThat(fate(stage, "a").reason()).contains("s:3306", UUID + ":91-95", "stopped");
    assertThat(stage.actions()).contains(new ServerAction.StopReplication(key("a")));
    assertThat(stage.ticket.loss().knownMissing()).contains(GtidDifference.parse(UUID + ":91-95"));
    assertThat(downtimed(stage)).containsExactly(key("a"));
  }

  @Test
  void theLossReportNamesWhatSeveralOfThemHave() {
    servers.with("b", b -> b.oracleGtid(UUID + ":1-89:101"));
    Stage stage = stage().start();
    assertThat(stage.ticket.loss().knownMissing()).contains(GtidDifference.parse(UUID + ":91-101"));
    assertThat(downtimed(stage)).containsExactlyInAnyOrder(key("a"), key("b"));
  }

  @Test
  void whatTheMasterNeverHadIsErrantAndKeepsNobodyBack() {
    servers.with(
        "a", a -> a.oracleGtid(UUID + ":1-90," + own("a") + "," + own("im") + "," + own("x")));
    Stage stage = stage().start();
    assertThat(moves(stage)).containsExactlyInAnyOrder("a>s", "b>s");
    assertThat(downtimed(stage)).isEmpty();
  }

  /** A co-master that was replaced by the other one: its replicas may have what that never got. */
  @Test
  void whatAFormerMasterWroteItselfIsNoErrantTransaction() {
    state = ReplicatedState.EMPTY;
    servers
        .with("n", n -> n.oracleGtid(UUID + ":1-90"))
        .with("s", s -> s.oracleGtid(UUID + ":1-90"))
        .with("im", r -> r.replicatesFrom("n").writable())
        .with("a", a -> a.oracleGtid(UUID + ":1-90," + own("im")));
    Stage stage = stage().start();
    assertThat(moves(stage)).containsExactly("b>s");
    assertThat(fate(stage, "a").reason()).contains("lacks: " + own("im"));
    assertThat(downtimed(stage)).containsExactly(key("a"));
  }

  @Test
  void whatTheMasterHadFromItsPredecessorsIsNoErrantTransaction() {
    servers
        .with("m", m -> m.oracleGtid(UUID + ":1-85," + own("x")))
        .with("a", a -> a.oracleGtid(UUID + ":1-90," + own("x")));
    assertThat(fate(stage().start(), "a").reason()).contains(own("x"));
  }

  @Test
  void aSiblingThatHasItTakesIt() {
    servers.with("s2", s -> s.replicatesFrom("m").readOnly().failingToConnect());
    servers.with("s2", s -> s.oracleGtid(UUID + ":1-100"));
    assertThat(moves(stage().start())).containsExactlyInAnyOrder("a>s2", "b>s");
  }

  @Test
  void whileTheMasterIsNotReplacedASourceThatLacksSomethingIsWaitedForInVain() {
    masterIsDead();
    Stage stage = stage().start();
    assertThat(moves(stage)).containsExactly("b>s");
    assertThat(fate(stage, "a").reason()).contains("did not get in time");
    assertThat(downtimed(stage)).as("nobody knows yet who is to be the master").isEmpty();
  }

  @Test
  void whatIsLeftThenHoldsBackNoNextRecovery() {
    masterIsDead();
    assertThat(acknowledgements(stage().start())).hasSize(1);
  }

  @Test
  void oneThatWaitsGivesWayToAPersonsRecovery() {
    masterIsDead();
    Stage stage = stage().asked(Duration.ofMinutes(1)).start();
    assertThat(moves(stage)).containsExactly("b>s");
    assertThat(fate(stage, "a").reason()).contains("a person asked for");
    assertThat(downtimed(stage)).isEmpty();
    assertThat(acknowledgements(stage)).hasSize(1);
    assertThat(stage.end().closed()).isTrue();
    assertThat(stage.now).isBefore(TopologyBuilder.NOW.plus(Duration.ofMinutes(2)));
  }

  @Test
  void oneThatIsAtWorkGivesNoWay() {
    Stage stage = stage().asked(Duration.ZERO).start();
    assertThat(moves(stage)).containsExactly("b>s");
    assertThat(fate(stage, "a").reason()).contains("n:3306 lacks");
  }

  @Test
  void aPersonsRecoveryWaitsForSecondsOnly() {
    masterIsDead();
    Stage stage = stage(new RecoveryOrigin(false, "", Optional.empty(), false)).start();
    assertThat(moves(stage)).containsExactly("b>s");
    assertThat(fate(stage, "a").reason()).contains("did not get in time");
    assertThat(stage.now).isBefore(TopologyBuilder.NOW.plus(Duration.ofMinutes(1)));
  }

  private static Stream<Command> acknowledgements(Stage stage) {
    return stage.commands().filter(Command.AcknowledgeRecoveries.class::isInstance);
  }

  @Test
  void aSourceThatBelievesTheDeadMasterAliveIsNoBetter() {
    masterIsDead();
    servers.without("s").with("s", s -> s.replicatesFrom("m").readOnly());
    servers.with("s", s -> s.oracleGtid(UUID + ":1-90"));
    assertThat(moves(stage().start())).containsExactly("b>s");
  }

  @Test
  void aSourceThatGetsItMeanwhileTakesTheReplicaHoweverLongTheMastersFailoverTakes() {
    masterIsDead();
    Stage stage = stage();
    later(stage, s -> s.oracleGtid(UUID + ":1-100"));
    assertThat(moves(stage.start())).containsExactlyInAnyOrder("a>s", "b>s");
    assertThat(acknowledgements(stage)).isEmpty();
  }

  @Test
  void whileTheMastersFailoverHasStoppedAllSourcesNoReplicaIsGivenUp() {
    masterIsDead();
    servers.with("s", InstanceBuilder::ioThreadStopped);
    Stage stage = stage();
    later(stage, s -> s.failingToConnect().oracleGtid(UUID + ":1-100"));
    assertThat(moves(stage.start())).containsExactlyInAnyOrder("a>s", "b>s");
  }

  /** The failover lets the only candidate fetch from a replica of the intermediate master. */
  @Test
  void aSourceThatFetchesFromTheReplicaItselfHasNotGotItYet() {
    masterIsDead();
    Stage stage = stage();
    stage.change("s", s -> s.replicatesFrom("a"));
    stage.answering(
        Effect.Probe.class,
        effect ->
            Optional.of(effect)
                .filter(probe -> ((Effect.Probe) probe).key().equals(key("s")))
                .map(probe -> new Event.Probed(probe.id(), stage.server("s"))));
    assertThat(moves(stage.start())).containsExactly("b>s");
    assertThat(fate(stage, "a").reason()).contains("did not get in time");
  }

  @Test
  void onceTheMasterIsReplacedTheNextRecoverySeesByWhom() {
    masterIsDead();
    Stage stage = stage();
    later(stage, s -> s.replicatesFrom("n"));
    stage.start();
    assertThat(fate(stage, "a").kind()).isEqualTo(ReplicaFate.Kind.LOST);
    assertThat(downtimed(stage)).isEmpty();
    assertThat(acknowledgements(stage)).hasSize(1);
    assertThat(stage.now).isBefore(TopologyBuilder.NOW.plus(Duration.ofMinutes(2)));
  }

  @Test
  void aMasterThatIsBackAfterItWasReplacedTakesNoReplica() {
    ReplicatedState replaced = state;
    masterIsDead();
    servers.without("s");
    Stage stage = stage().agreedAfter(Duration.ofMinutes(1), replaced, "m").start();
    assertThat(moves(stage)).isEmpty();
    assertThat(fate(stage, "a").reason()).contains("left to the next recovery: n:3306");
    assertThat(acknowledgements(stage)).hasSize(1);
  }

  /** A new leader may believe what it read before the dead server was moved. */
  @Test
  void aSourceThatIsBehindItsOwnSourceIsWaitedForAsWell() {
    state = ReplicatedState.EMPTY;
    servers
        .without("n")
        .without("s")
        .without("m")
        .with("top", t -> t.oracleGtid(own("top")).unreachable())
        .with("m", m -> m.replicatesFrom("top").readOnly().failingToConnect())
        .with("m", m -> m.oracleGtid(UUID + ":1-90"))
        .with("a", a -> a.oracleGtid(UUID + ":1-90," + own("top")));
    Stage stage =
        new Stage(
                servers,
                "im",
                "DeadIntermediateMaster",
                RecoveryPolicy.DEFAULT,
                RecoveryOrigin.AUTOMATIC,
                state)
            .silent("im")
            .start();
    assertThat(moves(stage)).containsExactly("b>m");
    assertThat(fate(stage, "a").reason()).contains("did not get in time");
  }

  /** After a minute. */
  private static void later(Stage stage, Consumer<InstanceBuilder> change) {
    stage.answering(
        Effect.Probe.class,
        effect -> {
          if (stage.now.isAfter(TopologyBuilder.NOW.plus(Duration.ofMinutes(1)))) {
            stage.change("s", change);
          }
          return Optional.empty();
        });
  }

  /** And not replaced. */
  private void masterIsDead() {
    state = ReplicatedState.EMPTY;
    servers
        .without("n")
        .with("s", s -> s.replicatesFrom("m").failingToConnect().oracleGtid(UUID + ":1-90"));
  }

  @Test
  void ofMariaDbCountsWhatTheMasterHadWhenItWasPromoted() {
    state =
        replaced(
            new LossReport(
                Optional.empty(),
                Optional.empty(),
                Optional.of(GtidSet.parse("0-1-90")),
                Optional.empty(),
                Optional.empty(),
                Optional.empty()));
    mariaDb("m", 1, "0-1-85");
    mariaDb("im", 2, "0-1-85");
    mariaDb("n", 3, "0-3-120");
    mariaDb("s", 4, "0-3-120");
    mariaDb("a", 5, "0-1-100");
    mariaDb("b", 6, "0-1-90");
    Stage stage = stage().start();
    assertThat(moves(stage)).containsExactly("b>s");
    assertThat(fate(stage, "a").reason()).contains("n:3306 lacks: 0-1-100");
    assertThat(stage.ticket.loss().knownMissing())
        .map(GtidDifference::transactionCount)
        .contains(10L);
  }

  private void mariaDb(String name, long serverId, String position) {
    servers.with(name, s -> s.mariaDb("10.11.6-MariaDB").serverId(serverId).mariaDbGtid(position));
  }
}
