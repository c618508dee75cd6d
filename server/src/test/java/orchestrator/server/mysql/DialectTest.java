package orchestrator.server.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import orchestrator.core.topology.ServerVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DialectTest {
  private static Dialect dialect(String version) {
    return Dialect.of(new ServerVersion(version, ""));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          5.5.62-log          | SHOW SLAVE STATUS   | SHOW MASTER STATUS     | SHOW SLAVE HOSTS | CHANGE MASTER TO
          5.7.22              | SHOW SLAVE STATUS   | SHOW MASTER STATUS     | SHOW SLAVE HOSTS | CHANGE MASTER TO
          8.0.4               | SHOW SLAVE STATUS   | SHOW MASTER STATUS     | SHOW SLAVE HOSTS | CHANGE MASTER TO
          8.0.21              | SHOW SLAVE STATUS   | SHOW MASTER STATUS     | SHOW SLAVE HOSTS | CHANGE MASTER TO
          8.0.22              | SHOW REPLICA STATUS | SHOW MASTER STATUS     | SHOW REPLICAS    | CHANGE MASTER TO
          8.0.31              | SHOW REPLICA STATUS | SHOW MASTER STATUS     | SHOW REPLICAS    | CHANGE REPLICATION SOURCE TO
          8.1.0               | SHOW REPLICA STATUS | SHOW MASTER STATUS     | SHOW REPLICAS    | CHANGE REPLICATION SOURCE TO
          8.2.0               | SHOW REPLICA STATUS | SHOW BINARY LOG STATUS | SHOW REPLICAS    | CHANGE REPLICATION SOURCE TO
          8.4.3               | SHOW REPLICA STATUS | SHOW BINARY LOG STATUS | SHOW REPLICAS    | CHANGE REPLICATION SOURCE TO
          9.1.0               | SHOW REPLICA STATUS | SHOW BINARY LOG STATUS | SHOW REPLICAS    | CHANGE REPLICATION SOURCE TO
          10.0.1              | SHOW REPLICA STATUS | SHOW BINARY LOG STATUS | SHOW REPLICAS    | CHANGE REPLICATION SOURCE TO
          10.6.1-MariaDB      | SHOW ALL SLAVES STATUS | SHOW MASTER STATUS     | SHOW SLAVE HOSTS | CHANGE MASTER TO
          11.4.5-MariaDB-log  | SHOW ALL SLAVES STATUS | SHOW MASTER STATUS     | SHOW SLAVE HOSTS | CHANGE MASTER TO
          5.5.68-MariaDB      | SHOW SLAVE STATUS   | SHOW MASTER STATUS     | SHOW SLAVE HOSTS | CHANGE MASTER TO
          5.5.5-10.11.2-MariaDB | SHOW ALL SLAVES STATUS | SHOW MASTER STATUS     | SHOW SLAVE HOSTS | CHANGE MASTER TO
          """)
  void speaksTheWordsOfEachVersion(
      String version, String replica, String binlog, String replicas, String change) {
    Dialect dialect = dialect(version);

    assertThat(dialect.showReplicaStatus()).isEqualTo(replica);
    assertThat(dialect.showBinlogStatus()).isEqualTo(binlog);
    assertThat(dialect.showRegisteredReplicas()).isEqualTo(replicas);
    assertThat(dialect.changeSource()).isEqualTo(change + " ");
  }

  @ParameterizedTest
  @CsvSource({
    "5.7.22, slave_io_running, master_host, relay_master_log_file, STOP SLAVE IO_THREAD",
    "8.0.22, replica_io_running, source_host, relay_source_log_file, STOP REPLICA IO_THREAD",
    "9.0.0, replica_io_running, source_host, relay_source_log_file, STOP REPLICA IO_THREAD",
    "11.4.5-MariaDB, slave_io_running, master_host, relay_master_log_file, STOP SLAVE IO_THREAD",
  })
  void readsTheColumnsThatItsStatementReturns(
      String version, String thread, String host, String file, String stop) {
    Dialect dialect = dialect(version);

    assertThat(dialect.replicaColumn("io_running")).isEqualTo(thread);
    assertThat(dialect.sourceColumn("%_host")).isEqualTo(host);
    assertThat(dialect.sourceColumn("relay_%_log_file")).isEqualTo(file);
    assertThat(dialect.stopIoThread()).isEqualTo(stop);
  }

  @Test
  void boundsStatementsInTheUnitOfTheFlavour() {
    assertThat(dialect("8.0.31").limitStatementTime(2050))
        .isEqualTo("SET SESSION max_execution_time=2050");
    assertThat(dialect("11.4.5-MariaDB").limitStatementTime(2050))
        .isEqualTo("SET SESSION max_statement_time=2.050");
  }
}
