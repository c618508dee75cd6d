package orchestrator.core.binlog;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import orchestrator.core.binlog.MatchResult.Matched;
import orchestrator.core.binlog.MatchResult.NotMatched;
import orchestrator.core.gtid.BinlogCoordinates;
import orchestrator.core.topology.InstanceKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a server stands in the log of another, by what both have logged. */
class BinlogMatchTest {
  private static final InstanceKey X = InstanceKey.parse("x", 3306);
  private static final InstanceKey Y = InstanceKey.parse("y", 3306);

  private final Logs logs = new Logs();
  private final Logs.Log x = logs.log(X, BinlogCoordinates.Type.BINARY);
  private final Logs.Log y = logs.log(Y, BinlogCoordinates.Type.BINARY);
  private List<String> ignored = List.of();
  private int chunk = 1000;
  private Optional<BinlogCoordinates> notAfter = Optional.empty();

  private MatchResult match() {
    return match(Optional.of(x.end()), Optional.empty());
  }

  private MatchResult match(Optional<BinlogCoordinates> own, Optional<BinlogCoordinates> relayLog) {
    return BinlogMatch.of(
        logs, new MatchQuestion(X, own, relayLog, Y, pseudoGtid(), notAfter), 100_000);
  }

  private PseudoGtid pseudoGtid() {
    return new PseudoGtid(
        Pattern.compile(PseudoGtid.INJECTED_PATTERN, Pattern.LITERAL),
        Optional.of(PseudoGtid.INJECTED_HINT),
        chunk,
        ignored);
  }

  private void both(Consumer<Logs.Log> write) {
    write.accept(x);
    write.accept(y);
  }

  private static void assertMatched(MatchResult result, BinlogCoordinates place) {
    assertThat(result)
        .isInstanceOfSatisfying(Matched.class, m -> assertThat(m.place()).isEqualTo(place));
  }

  private static void assertNotMatched(MatchResult result, String reason) {
    assertThat(result)
        .isInstanceOfSatisfying(NotMatched.class, n -> assertThat(n.reason()).contains(reason));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 1000})
  void theSourceGoesOnWhereTheReplicaEnds(int chunkSize) {
    chunk = chunkSize;
    both(log -> log.marker(1).row("d.a", 1).marker(2));
    x.row("d.t", 11).row("d.u", 12);
    y.row("d.t", 81).row("d.u", 82);
    BinlogCoordinates place = y.end();
    y.row("d.t", 83).marker(3).row("d.t", 84);
    assertMatched(match(), place);
  }

  @Test
  void whoHasNothingSinceTheMarkerGoesOnBehindIt() {
    both(log -> log.marker(1));
    BinlogCoordinates place = y.end();
    y.row("d.t", 1);
    assertMatched(match(), place);
  }

  @Test
  void rotationsOfEitherLogDoNotMatter() {
    both(log -> log.marker(1).row("d.t", 1));
    x.add("Rotate", 2, "next").file().row("d.u", 2).file();
    y.row("d.u", 9);
    BinlogCoordinates place = y.end();
    y.add("Rotate", 3, "next").emptyFile().file().row("d.t", 3).marker(2);
    assertMatched(match(), place);
  }

  @Test
  void theComparisonGoesOnIntoTheNextFileOfTheSource() {
    both(log -> log.marker(1).row("d.t", 1));
    y.file();
    both(log -> log.row("d.u", 5));
    assertMatched(match(), y.end());
  }

  @Test
  void theMarkerIsLookedForInOlderFilesOfTheSource() {
    both(log -> log.marker(1));
    BinlogCoordinates place = y.end();
    y.file().marker(2).row("d.t", 1).file().marker(3).row("d.t", 1);
    assertMatched(match(), place);
  }

  @Test
  void theMarkerIsLookedForInOlderFilesOfTheReplica() {
    both(log -> log.marker(1).row("d.t", 1));
    x.file();
    both(log -> log.row("d.t", 2));
    x.emptyFile();
    assertMatched(match(), y.end());
  }

  @Test
  void whoHasWhatTheSourceLacksIsNotMatched() {
    both(log -> log.marker(1).row("d.t", 1));
    x.row("d.t", 2);
    assertNotMatched(match(), "lacks");
  }

  @Test
  void whoHasSomethingElseIsNotMatched() {
    both(log -> log.marker(1));
    x.row("d.t", 1);
    y.row("d.u", 1).row("d.t", 1);
    assertNotMatched(match(), "d.u");
  }

  @Test
  void whatAServerWroteItselfIsNotTakenForWhatItReplicated() {
    both(log -> log.marker(1));
    x.add("Query", 55, "BEGIN")
        .add("Table_map", 55, "table_id: 5 (d.t)")
        .add("Write_rows", 55, "table_id: 5 flags: STMT_END_F")
        .add("Xid", 55, "COMMIT /* xid=5 */");
    y.row("d.t", 1).row("d.t", 2);
    assertNotMatched(match(), "server 55");
  }

  @Test
  void aMarkerThatTheSourceDoesNotHaveIsNoMatch() {
    both(log -> log.marker(1));
    x.marker(2);
    y.row("d.t", 1);
    assertNotMatched(match(), "does not have the last marker");
  }

  @Test
  void withoutMarkersThereIsNoMatch() {
    both(log -> log.row("d.t", 1));
    assertNotMatched(match(), "no Pseudo-GTID marker");
  }

  @Test
  void markersThatAreNotUniqueProveNothing() {
    both(log -> log.marker(1).row("d.t", 1).marker(1));
    y.row("d.t", 2).marker(1);
    assertNotMatched(match(), "not unique");
  }

  @Test
  void aPlaceBeyondWhatIsPossibleIsNotBelieved() {
    both(log -> log.marker(1).row("d.t", 1));
    notAfter = Optional.of(BinlogCoordinates.binary(y.end().logFile(), 104));
    assertNotMatched(match(), "has not come further");
  }

  @Test
  void aLogThatEndsWithinATransactionIsNoMatch() {
    both(log -> log.marker(1).add("Query", 1, "BEGIN").add("Table_map", 1, "table_id: 3 (d.t)"));
    assertNotMatched(match(), "within a transaction");
  }

  @Test
  void statementsAreComparedAsTheyAreButForWhatServersAddToThem() {
    both(log -> log.marker(1));
    x.statement("use `d`; insert into t values (1)")
        .add("Query", 1, "use `d`; create table u (i int) /* xid=15 */");
    y.statement("use `d`; insert into t values (1)")
        .add("Query", 1, "use `d`; create table u (i int) /* xid=99 */");
    assertMatched(match(), y.end());
    x.statement("use `d`; insert into t values (2)");
    y.statement("use `d`; insert into t values (3)");
    assertNotMatched(match(), "values (3)");
  }

  @Test
  void textsOfMariaDbAreTheSameButForTheCommitId() {
    x.add("Gtid", 1, "GTID 0-1-1").add("Query", 1, "drop view if exists `_pseudo_gtid_`.`_asc:1`");
    y.add("Gtid_list", 3, "[0-1-0]")
        .add("Binlog_checkpoint", 3, "y.000001")
        .add("Gtid", 1, "GTID 0-1-1")
        .add("Query", 1, "drop view if exists `_pseudo_gtid_`.`_asc:1`");
    x.add("Gtid", 1, "BEGIN GTID 0-1-2 cid=11");
    y.add("Gtid", 1, "BEGIN GTID 0-1-2 cid=873");
    x.add("Annotate_rows", 1, "insert into t values (1)");
    both(log ->
        log.add("Table_map", 1, "table_id: 31 (d.t)")
            .add("Write_rows_v1", 1, "table_id: 31 flags: STMT_END_F")
            .add("Xid", 1, "COMMIT /* xid=44 */"));
    BinlogCoordinates place = y.end();
    y.add("Gtid", 1, "BEGIN GTID 0-1-3");
    assertMatched(match(), place);
  }

  @Test
  void aMariaDbGtidThatDiffersIsNoMatch() {
    both(log -> log.marker(1));
    x.add("Gtid", 1, "BEGIN GTID 0-1-2");
    y.add("Gtid", 1, "BEGIN GTID 0-1-3");
    assertNotMatched(match(), "0-1-3");
  }

  @Test
  void eventsToBeIgnoredMayBeInOneLogAlone() {
    ignored = List.of("heartbeat");
    both(log -> log.marker(1));
    x.add("Query", 1, "insert into heartbeat values (1)").row("d.t", 1);
    y.row("d.t", 5);
    BinlogCoordinates place = y.end();
    y.add("Query", 1, "insert into heartbeat values (2)");
    assertMatched(match(), place);
  }

  @Test
  void whereTheLastEventIsToBeIgnoredThePlaceIsNotCertain() {
    ignored = List.of("heartbeat");
    both(log -> log.marker(1));
    x.add("Query", 1, "insert into heartbeat values (1)");
    y.row("d.t", 5);
    assertNotMatched(match(), "SkipBinlogEventsContaining");
  }

  @Test
  void anonymousGtidEventsOfNewerServersDoNotMatter() {
    both(log -> log.marker(1));
    x.statement("use `d`; delete from t");
    y.add("Anonymous_Gtid", 1, "SET @@SESSION.GTID_NEXT= 'ANONYMOUS'")
        .statement("use `d`; delete from t");
    assertMatched(match(), y.end());
  }

  @Test
  void aServerThatDoesNotLogWhatItReplicatesIsFoundByItsRelayLog() {
    Logs.Log relay = logs.log(X, BinlogCoordinates.Type.RELAY);
    relay.row("d.a", 1).marker(1).file().row("d.t", 1);
    BinlogCoordinates executed = relay.end();
    relay.row("d.t", 2).marker(2);
    y.row("d.a", 4).marker(1).row("d.t", 9);
    BinlogCoordinates place = y.end();
    y.row("d.t", 10).marker(2).row("d.t", 11);
    assertMatched(match(Optional.empty(), Optional.of(executed)), place);
  }

  @Test
  void theRelayLogIsReadWhereTheOwnLogHasNoMarker() {
    x.row("d.t", 1);
    Logs.Log relay = logs.log(X, BinlogCoordinates.Type.RELAY);
    relay.marker(1).row("d.t", 1);
    y.marker(1).row("d.t", 7);
    assertMatched(match(Optional.of(x.end()), Optional.of(relay.end())), y.end());
  }

  @Test
  void filesWhoseMarkersAreAllLaterAreNotReadThrough() {
    chunk = 4;
    both(log -> log.marker(1));
    BinlogCoordinates place = y.end();
    y.file().marker(2);
    for (int i = 0; i < 100; i++) {
      y.row("d.t", i);
    }
    int before = logs.reads;
    assertMatched(match(), place);
    assertThat(logs.reads - before).isLessThan(20);
  }

  @Test
  void noMoreIsReadThanIsAllowed() {
    both(log -> log.marker(1));
    for (int i = 0; i < 100; i++) {
      int own = i;
      both(log -> log.row("d.t", own));
    }
    MatchQuestion question =
        new MatchQuestion(
            X, Optional.of(x.end()), Optional.empty(), Y, pseudoGtid(), Optional.empty());
    assertNotMatched(BinlogMatch.of(logs, question, 300), "too many events");
  }

  @Test
  void aPatternMayBeARegularExpression() {
    both(log -> log.add("Query", 1, "insert into pgtid values ('a7')").row("d.t", 1));
    PseudoGtid byRegex =
        new PseudoGtid(
            Pattern.compile("pgtid values \\('a\\d+'\\)"), Optional.empty(), 10, List.of());
    assertMatched(
        BinlogMatch.of(
            logs,
            new MatchQuestion(
                X, Optional.of(x.end()), Optional.empty(), Y, byRegex, Optional.empty())),
        y.end());
  }

  @Test
  void injectedMarkersMatchTheirPatternAndGrow() {
    String early = PseudoGtid.injection(1_700_000_000L, 7, 0xfedcba9876543210L);
    String late = PseudoGtid.injection(1_700_000_005L, 7, 1);
    assertThat(early)
        .isEqualTo("drop view if exists `_pseudo_gtid_`.`_asc:6553f100:00000007:fedcba9876543210`");
    assertThat(pseudoGtid().isLater(late, early)).isTrue();
    assertThat(pseudoGtid().isLater(early, late)).isFalse();
  }
}
