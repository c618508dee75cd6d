package orchestrator.core.binlog;

import static org.assertj.core.api.Assertions.assertThat;

import orchestrator.core.gtid.BinlogCoordinates;
import orchestrator.core.topology.InstanceKey;
import org.junit.jupiter.api.Test;

/** What is left in a relay log when the source has died. */
class LogTailTest {
  private static final InstanceKey X = InstanceKey.parse("x", 3306);
  private final Logs logs = new Logs();
  private final Logs.Log relay = logs.log(X, BinlogCoordinates.Type.RELAY);

  private LogTail.Rest rest(BinlogCoordinates from) {
    return LogTail.after(logs, X, from);
  }

  @Test
  void theBeginningOfATransactionIsNothing() {
    relay.row("d.t", 1);
    BinlogCoordinates executed = relay.end();
    relay.add("Query", 1, "BEGIN").add("Table_map", 1, "table_id: 2 (d.t)");
    assertThat(rest(executed)).isEqualTo(LogTail.Rest.NOTHING);
  }

  @Test
  void aWholeTransactionCanBeApplied() {
    BinlogCoordinates executed = relay.end();
    relay.row("d.t", 1);
    assertThat(rest(executed)).isEqualTo(LogTail.Rest.APPLICABLE);
  }

  @Test
  void aWholeTransactionInALaterFileCanBeApplied() {
    BinlogCoordinates executed = relay.end();
    relay.add("Query", 1, "BEGIN").file().add("Xid", 1, "COMMIT /* xid=1 */");
    assertThat(rest(executed)).isEqualTo(LogTail.Rest.APPLICABLE);
  }

  @Test
  void aStatementOfItsOwnCanBeApplied() {
    BinlogCoordinates executed = relay.end();
    relay.marker(1);
    assertThat(rest(executed)).isEqualTo(LogTail.Rest.APPLICABLE);
  }

  @Test
  void aGtidAloneIsNothing() {
    BinlogCoordinates executed = relay.end();
    relay.add("Gtid", 1, "BEGIN GTID 0-1-3").add("Query", 1, "insert into t values (1)");
    assertThat(rest(executed)).isEqualTo(LogTail.Rest.NOTHING);
  }

  @Test
  void aLogThatCannotBeReadSaysNothing() {
    assertThat(rest(BinlogCoordinates.relay("other.000001", 4))).isEqualTo(LogTail.Rest.UNKNOWN);
  }
}
