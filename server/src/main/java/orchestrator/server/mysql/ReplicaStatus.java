package orchestrator.server.mysql;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import orchestrator.core.gtid.BinlogCoordinates;
import orchestrator.core.gtid.GtidSet;
import orchestrator.core.topology.Hearing;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.Replication;
import orchestrator.core.topology.ReplicationTls;
import orchestrator.core.topology.ThreadState;

/** Reads the row that a server gives of its own replication. */
final class ReplicaStatus {
  private final Table table;
  private final Table heartbeats;
  private final Dialect dialect;
  private final int row;

  private ReplicaStatus(Table table, Table heartbeats, Dialect dialect, int row) {
    this.table = table;
    this.heartbeats = heartbeats;
    this.dialect = dialect;
    this.row = row;
  }

  /**
   * The row that counts: of several channels the nameless one, else the last; of several
   * connections of MariaDB the nameless one only. Empty for none.
   *
   * @param heartbeats of each channel; empty where the status tells them, or nobody does
   */
  static Optional<ReplicaStatus> of(Table table, Table heartbeats, Dialect dialect) {
    int chosen = -1;
    for (int row = 0; row < table.size(); row++) {
      if (!table.text(row, "connection_name").isEmpty()) {
        continue;
      }
      String channel = table.text(row, "channel_name");
      if (channel.startsWith("group_replication_")) {
        continue;
      }
      chosen = row;
      if (channel.isEmpty()) {
        break;
      }
    }
    return chosen < 0
        ? Optional.empty()
        : Optional.of(new ReplicaStatus(table, heartbeats, dialect, chosen));
  }

  /** The host as the server has it, before it is resolved. */
  String sourceHost() {
    return table.text(row, dialect.sourceColumn("%_host"));
  }

  /** The user it replicates as; empty for none. */
  String user() {
    return text(dialect.sourceColumn("%_user"));
  }

  /**
   * @param resolve to the name a server is known by
   * @param parse reads the text of a GTID set; empty for blank or unreadable text
   * @param lagSeconds of the configured query; empty to use the server's own
   */
  Replication read(
      Function<String, String> resolve,
      Function<String, Optional<GtidSet>> parse,
      OptionalLong lagSeconds) {
    OptionalLong behind = secondsBehind();
    BinlogCoordinates executed = executed();
    return new Replication(
        source(resolve),
        text(dialect.sourceColumn("%_uuid")),
        user(),
        ThreadState.ofStatus(text(dialect.replicaColumn("io_running"))),
        ThreadState.ofStatus(text(dialect.replicaColumn("sql_running"))),
        binary(dialect.sourceColumn("%_log_file"), dialect.sourceColumn("read_%_log_pos")),
        executed,
        BinlogCoordinates.relay(text("relay_log_file"), position("relay_log_pos")),
        parse.apply(dialect.isMariaDb() ? text("gtid_io_pos") : text("retrieved_gtid_set")),
        text("last_io_error"),
        text("last_sql_error"),
        behind,
        lagSeconds.isPresent() ? lagSeconds : behind,
        ProbePacket.parseLong(text("sql_delay")),
        hasFilters(),
        text("auto_position").equals("1"),
        usesMariaDbGtid(),
        executed.isDetached(),
        tls(),
        hearing());
  }

  private Optional<Hearing> hearing() {
    if (!waitsForSource()) {
      return Optional.empty();
    }
    long relayLogBytes = ProbePacket.parseLong(text("relay_log_space"));
    if (dialect.isMariaDb()) {
      return hearing(
          text("slave_received_heartbeats"), text("slave_heartbeat_period"), relayLogBytes);
    }
    for (int channel = 0; channel < heartbeats.size(); channel++) {
      if (heartbeats.text(channel, "channel_name").equals(text("channel_name"))) {
        return hearing(
            heartbeats.text(channel, "received_heartbeats"),
            heartbeats.text(channel, "heartbeat_period"),
            relayLogBytes);
      }
    }
    return Optional.empty();
  }

  /** Not while it has to write down what it got, which may take long when a disk is full. */
  private boolean waitsForSource() {
    String state = text(dialect.replicaColumn("io_state"));
    return ThreadState.ofStatus(text(dialect.replicaColumn("io_running"))) == ThreadState.RUNNING
        && state.startsWith("Waiting for ")
        && state.endsWith(" to send event");
  }

  /**
   * @param seconds with a fraction; 0 when no heartbeats are sent
   */
  private static Optional<Hearing> hearing(String count, String seconds, long relayLogBytes) {
    try {
      long millis = new BigDecimal(seconds).movePointRight(3).longValue();
      return millis <= 0
          ? Optional.empty()
          : Optional.of(
              Hearing.of(Long.parseLong(count), Duration.ofMillis(millis), relayLogBytes));
    } catch (NumberFormatException e) {
      // Not told.
      return Optional.empty();
    }
  }

  private InstanceKey source(Function<String, String> resolve) {
    String host = sourceHost();
    long port = ProbePacket.parseLong(text(dialect.sourceColumn("%_port")));
    return new InstanceKey(
        host.isEmpty() ? host : resolve.apply(host), port < 0 || port > 65535 ? 0 : (int) port);
  }

  private BinlogCoordinates executed() {
    return binary(dialect.sourceColumn("relay_%_log_file"), dialect.sourceColumn("exec_%_log_pos"));
  }

  private OptionalLong secondsBehind() {
    String column = dialect.sourceColumn("seconds_behind_%");
    return table.isNull(row, column)
        ? OptionalLong.empty()
        : OptionalLong.of(Math.max(0, ProbePacket.parseLong(text(column))));
  }

  private boolean hasFilters() {
    return !(text("replicate_do_db").isEmpty()
        && text("replicate_ignore_db").isEmpty()
        && text("replicate_do_table").isEmpty()
        && text("replicate_ignore_table").isEmpty()
        && text("replicate_wild_do_table").isEmpty()
        && text("replicate_wild_ignore_table").isEmpty());
  }

  private boolean usesMariaDbGtid() {
    String using = text("using_gtid");
    return !using.isEmpty() && !using.equalsIgnoreCase("No");
  }

  private ReplicationTls tls() {
    return new ReplicationTls(
        isYes(text(dialect.sourceColumn("%_ssl_allowed"))),
        text(dialect.sourceColumn("%_ssl_ca_file")),
        text(dialect.sourceColumn("%_ssl_ca_path")),
        text(dialect.sourceColumn("%_ssl_cert")),
        text(dialect.sourceColumn("%_ssl_cipher")),
        // MariaDB names these two without the file's owner.
        either(dialect.sourceColumn("%_ssl_crl_file"), dialect.sourceColumn("%_ssl_crl")),
        either(dialect.sourceColumn("%_ssl_crl_path"), dialect.sourceColumn("%_ssl_crlpath")),
        text(dialect.sourceColumn("%_ssl_key")),
        known(dialect.sourceColumn("%_ssl_verify_server_cert")),
        text(dialect.sourceColumn("%_tls_version")),
        text(dialect.sourceColumn("%_tls_ciphersuites")),
        text(dialect.sourceColumn("%_public_key_path")),
        known(dialect.sourceColumn("get_%_public_key")));
  }

  private String either(String column, String otherColumn) {
    return table.has(column) ? text(column) : text(otherColumn);
  }

  private Optional<Boolean> known(String column) {
    return table.has(column) && !text(column).isEmpty()
        ? Optional.of(isYes(text(column)))
        : Optional.empty();
  }

  private static boolean isYes(String text) {
    return text.toLowerCase(Locale.ROOT).equals("yes") || text.equals("1");
  }

  private BinlogCoordinates binary(String fileColumn, String positionColumn) {
    return BinlogCoordinates.binary(text(fileColumn), position(positionColumn));
  }

  private long position(String column) {
    return Math.max(0, ProbePacket.parseLong(text(column)));
  }

  private String text(String column) {
    return table.text(row, column);
  }
}
