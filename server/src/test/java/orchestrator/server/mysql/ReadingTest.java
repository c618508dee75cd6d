package orchestrator.server.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import orchestrator.core.gtid.BinlogCoordinates;
import orchestrator.core.topology.GroupMembership;
import orchestrator.core.topology.Hearing;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.Replication;
import orchestrator.core.topology.ServerVersion;
import orchestrator.core.topology.ThreadState;
import orchestrator.server.mysql.ServerFacts.OptionalStatement;
import orchestrator.server.mysql.TopologyAccess.Classifiers;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What answers of servers mean that the sandbox does not have: MySQL 8.4, groups, channels. */
class ReadingTest {
  private static final InstanceKey KEY = new InstanceKey("b", 3306);
  private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");

  private static ServerFacts facts(
      String version, Set<String> variables, OptionalStatement... optional) {
    ServerVersion server = new ServerVersion(version, "MySQL Community Server - GPL");
    return new ServerFacts(
        server,
        Dialect.of(server),
        "b.example.com",
        "b",
        NOW.minusSeconds(90),
        variables,
        optional.length == 0
            ? EnumSet.noneOf(OptionalStatement.class)
            : EnumSet.copyOf(Arrays.asList(optional)),
        Map.of(),
        true,
        NOW.plusSeconds(600));
  }

  /** One row, by column. */
  private static Table row(String... columnsAndValues) {
    return rows(columnsAndValues.length / 2, columnsAndValues);
  }

  /** Column names once, with the values of the first row; then the values of further rows. */
  private static Table rows(int width, String... cells) {
    Map<String, Integer> columns = new LinkedHashMap<>();
    @Nullable String[] first = new @Nullable String[width];
    for (int i = 0; i < width; i++) {
      columns.put(cells[2 * i].toLowerCase(java.util.Locale.ROOT), i);
      first[i] = cells[2 * i + 1].equals("NULL") ? null : cells[2 * i + 1];
    }
    List<@Nullable String[]> all = new ArrayList<>();
    all.add(first);
    for (int at = 2 * width; at < cells.length; at += width) {
      all.add(Arrays.copyOfRange(cells, at, at + width));
    }
    return new Table(columns, all);
  }

  private static Instance read(ServerFacts facts, ProbePacket.Extras extras, Table... answers) {
    ProbePacket packet = new ProbePacket(facts);
    assertThat(packet.count(extras)).isEqualTo(answers.length);
    InstanceReader reader =
        new InstanceReader(
            TopologyAccess.of("o", "o"),
            host -> host,
            new Classifier(Classifiers.NONE, Duration.ofSeconds(1)));
    return reader.read(KEY, packet.answer(extras, List.of(answers), 0), NOW, Duration.ofMillis(1));
  }

  private static final ProbePacket.Extras USUAL = new ProbePacket.Extras(false, false);

  @Test
  void asksA84ServerInItsOwnWordsAndOnlyForWhatItHas() {
    ServerFacts facts =
        facts(
            "8.4.3",
            Set.of("server_id", "gtid_executed", "log_replica_updates", "log_slave_updates"),
            OptionalStatement.BINLOG_STATUS,
            OptionalStatement.REGISTERED_REPLICAS,
            OptionalStatement.DUMP_THREADS_OF_PERFORMANCE_SCHEMA);

    assertThat(new ProbePacket(facts).text(USUAL))
        .isEqualTo(
            "SELECT @@global.server_id,@@global.gtid_executed,@@global.log_replica_updates,"
                + "@@global.log_slave_updates;SHOW REPLICA STATUS;SHOW BINARY LOG STATUS;"
                + "SHOW REPLICAS");
    assertThat(new ProbePacket(facts).text(new ProbePacket.Extras(true, true)))
        .endsWith(
            ";"
                + ProbePacket.SEMI_SYNC_STATUS
                + ";"
                + ProbePacket.DUMP_THREADS_OF_PERFORMANCE_SCHEMA);
  }

  @Test
  void readsAReplicaInTheNewWords() {
    Table status =
        row(
            "Replica_IO_State", "Waiting for source to send event",
            "Source_Host", "a",
            "Source_User", "repl",
            "Source_Port", "3307",
            "Source_Log_File", "bin.000009",
            "Read_Source_Log_Pos", "500",
            "Relay_Log_File", "relay.000002",
            "Relay_Log_Pos", "300",
            "Relay_Source_Log_File", "bin.000008",
            "Replica_IO_Running", "Connecting",
            "Replica_SQL_Running", "Yes",
            "Replicate_Do_DB", "",
            "Replicate_Ignore_Table", "app.t",
            "Exec_Source_Log_Pos", "400",
            "Seconds_Behind_Source", "NULL",
            "Source_SSL_Allowed", "Yes",
            "Source_SSL_CA_File", "/ca.pem",
            "Source_SSL_Verify_Server_Cert", "No",
            "Last_IO_Error", "Error connecting to source 'repl@a:3307'.",
            "Last_SQL_Error", "",
            "Source_UUID", "80b17363-e60c-11f1-9391-02fc00000001",
            "SQL_Delay", "30",
            "Retrieved_Gtid_Set", "80b17363-e60c-11f1-9391-02fc00000001:1-7",
            "Auto_Position", "1",
            "Channel_Name", "",
            "Get_Source_public_key", "1");

    Replication replication =
        read(facts("8.4.3", Set.of("server_id")), USUAL, row("x", "2"), status)
            .replication()
            .orElseThrow();

    assertThat(replication.source()).isEqualTo(new InstanceKey("a", 3307));
    assertThat(replication.ioThread()).isEqualTo(ThreadState.OTHER);
    assertThat(replication.sqlThread()).isEqualTo(ThreadState.RUNNING);
    assertThat(replication.read()).isEqualTo(BinlogCoordinates.binary("bin.000009", 500));
    assertThat(replication.executed()).isEqualTo(BinlogCoordinates.binary("bin.000008", 400));
    assertThat(replication.relayLog()).isEqualTo(BinlogCoordinates.relay("relay.000002", 300));
    assertThat(replication.secondsBehindSource()).isEmpty();
    assertThat(replication.sqlDelaySeconds()).isEqualTo(30);
    assertThat(replication.hasFilters()).isTrue();
    assertThat(replication.autoPosition()).isTrue();
    assertThat(replication.isFailingToConnectToSource()).isTrue();
    assertThat(replication.retrieved().orElseThrow().toString()).endsWith(":1-7");
    assertThat(replication.tls().allowed()).isTrue();
    assertThat(replication.tls().caFile()).isEqualTo("/ca.pem");
    assertThat(replication.tls().verifyServerCert()).contains(false);
    assertThat(replication.tls().getPublicKey()).contains(true);
  }

  private static Table waiting(String... more) {
    List<String> cells =
        new ArrayList<>(
            List.of(
                "Replica_IO_State", "Waiting for source to send event",
                "Replica_IO_Running", "Yes",
                "Source_Host", "a",
                "Source_Port", "3307",
                "Relay_Log_Space", "777",
                "Channel_Name", ""));
    for (int i = 0; i < more.length; i += 2) {
      cells.set(cells.indexOf(more[i]) + 1, more[i + 1]);
    }
    return row(cells.toArray(String[]::new));
  }

  private static Optional<Hearing> hearing(Table status, Table heartbeats) {
    return read(
            facts("8.4.3", Set.of("server_id"), OptionalStatement.HEARTBEATS),
            USUAL,
            row("x", "2"),
            status,
            heartbeats)
        .replication()
        .orElseThrow()
        .hearing();
  }

  @Test
  void readsTheHeartbeatsOfTheChannelThatCounts() {
    Table heartbeats =
        rows(
            3,
            "channel_name",
            "other",
            "received_heartbeats",
            "99",
            "heartbeat_period",
            "5.000",
            "",
            "12",
            "30.500");

    assertThat(hearing(waiting(), heartbeats))
        .contains(Hearing.of(12, Duration.ofMillis(30_500), 777));
    assertThat(hearing(waiting(), Table.EMPTY)).isEmpty();
    assertThat(hearing(waiting("Channel_Name", "third"), heartbeats)).isEmpty();
  }

  /** One that is writing down what it got, or waits for room to do so, has heard all the same. */
  @Test
  void onlyAReplicaThatWaitsForItsSourceTellsWhatItHears() {
    Table heartbeats =
        row("channel_name", "", "received_heartbeats", "12", "heartbeat_period", "30.000");
    Table none = row("channel_name", "", "received_heartbeats", "0", "heartbeat_period", "0.000");

    assertThat(hearing(waiting(), heartbeats)).isPresent();
    assertThat(
            hearing(
                waiting(
                    "Replica_IO_State",
                    "Waiting for the replica SQL thread to free enough relay log space"),
                heartbeats))
        .isEmpty();
    assertThat(hearing(waiting("Replica_IO_Running", "Connecting"), heartbeats)).isEmpty();
    assertThat(hearing(waiting(), none)).as("heartbeats are switched off").isEmpty();
  }

  @Test
  void readsTheHeartbeatsOfMariaDbsNamelessConnectionAndNoOther() {
    ServerFacts facts = facts("11.4.5-MariaDB", Set.of("server_id"));
    String[] named = {
      "Connection_name", "other",
      "Slave_IO_State", "Waiting for master to send event",
      "Slave_IO_Running", "Yes",
      "Master_Host", "b",
      "Master_Port", "3307",
      "Master_Log_File", "bin.000001",
      "Relay_Log_Space", "777",
      "Slave_received_heartbeats", "99",
      "Slave_heartbeat_period", "5.000"
    };
    List<String> both = new ArrayList<>(List.of(named));
    both.addAll(
        List.of(
            "",
            "Waiting for master to send event",
            "Yes",
            "a",
            "3307",
            "bin.000001",
            "888",
            "12",
            "30.000"));

    Instance one = read(facts, USUAL, row("x", "2"), row(named));
    Instance two = read(facts, USUAL, row("x", "2"), rows(9, both.toArray(String[]::new)));

    assertThat(one.replication()).isEmpty();
    assertThat(two.replication().map(Replication::source)).contains(new InstanceKey("a", 3307));
    assertThat(two.replication().flatMap(Replication::hearing))
        .contains(Hearing.of(12, Duration.ofSeconds(30), 888));
  }

  @Test
  void readsTheNamelessChannelAndNoneOfAGroup() {
    Table channels =
        rows(
            3,
            "Master_Host",
            "group",
            "Master_Port",
            "1",
            "Channel_Name",
            "group_replication_recovery",
            "named",
            "2",
            "other",
            "plain",
            "3",
            "",
            "later",
            "4",
            "another");

    assertThat(
            ReplicaStatus.of(channels, Table.EMPTY, Dialect.of(new ServerVersion("5.7.22", "")))
                .orElseThrow()
                .sourceHost())
        .isEqualTo("plain");
  }

  @Test
  void readsSemiSyncUnderItsNewNames() {
    Set<String> variables =
        Set.of(
            "server_id",
            "rpl_semi_sync_source_enabled",
            "rpl_semi_sync_replica_enabled",
            "rpl_semi_sync_source_timeout",
            "rpl_semi_sync_source_wait_for_replica_count");
    Table scalars =
        row(
            "1", "2",
            "2", "1",
            "3", "0",
            "4", "10000",
            "5", "2");
    Table status =
        rows(
            2,
            "Variable_name",
            "Rpl_semi_sync_source_clients",
            "Value",
            "3",
            "Rpl_semi_sync_source_status",
            "ON",
            "Rpl_semi_sync_replica_status",
            "OFF");

    Instance server =
        read(
            facts("8.4.3", variables),
            new ProbePacket.Extras(true, false),
            scalars,
            Table.EMPTY,
            status);

    assertThat(server.semiSync().available()).isTrue();
    assertThat(server.semiSync().masterPluginNewVersion()).isTrue();
    assertThat(server.semiSync().masterEnabled()).isTrue();
    assertThat(server.semiSync().replicaEnabled()).isFalse();
    assertThat(server.semiSync().masterTimeoutMillis()).isEqualTo(10000);
    assertThat(server.semiSync().waitForReplicaCount()).isEqualTo(2);
    assertThat(server.semiSync().masterClients()).isEqualTo(3);
    assertThat(server.semiSync().masterStatus()).isTrue();
    assertThat(server.semiSync().replicaStatus()).isFalse();
  }

  @Test
  void readsAGroupAndItsPrimary() {
    Table members =
        rows(
            7,
            "member_id",
            "uuid-a",
            "member_host",
            "a",
            "member_port",
            "3306",
            "member_state",
            "ONLINE",
            "member_role",
            "PRIMARY",
            "group_name",
            "g",
            "single_primary",
            "1",
            "uuid-b",
            "b",
            "3306",
            "RECOVERING",
            "SECONDARY",
            "g",
            "1");

    GroupMembership group =
        read(
                facts("8.0.31", Set.of("server_uuid"), OptionalStatement.GROUP_MEMBERS),
                USUAL,
                row("uuid", "uuid-b"),
                Table.EMPTY,
                members)
            .group()
            .orElseThrow();

    assertThat(group.name()).isEqualTo("g");
    assertThat(group.role()).isEqualTo("SECONDARY");
    assertThat(group.state()).isEqualTo("RECOVERING");
    assertThat(group.members()).containsExactly(new InstanceKey("a", 3306));
    assertThat(group.primary()).contains(new InstanceKey("a", 3306));
  }

  @Test
  void takesAServerOfAMultiPrimaryGroupForNoMember() {
    Table members =
        row(
            "member_id",
            "uuid-b",
            "member_host",
            "b",
            "member_port",
            "3306",
            "member_state",
            "ONLINE",
            "member_role",
            "PRIMARY",
            "group_name",
            "g",
            "single_primary",
            "0");

    assertThat(GroupRows.read(members, "uuid-b", host -> host)).isEmpty();
  }

  @Test
  void joinsBothPositionsOfMariaDb() {
    Instance server =
        read(
            facts("11.4.5-MariaDB", Set.of("gtid_current_pos", "gtid_binlog_pos", "read_only")),
            USUAL,
            row("1", "0-1-10,1-1-5", "2", "0-1-12", "3", "NO_LOCK"),
            Table.EMPTY);

    assertThat(server.gtid().executed().map(Object::toString))
        .isEqualTo(Optional.of("0-1-12,1-1-5"));
    assertThat(server.readOnly()).isTrue();
    assertThat(server.identity().uptimeSeconds()).isEqualTo(90);
  }

  @Test
  void keepsTheParsedSetWhileTheTextStaysTheSame() {
    GtidTexts texts = new GtidTexts(false);
    String text = "80b17363-e60c-11f1-9391-02fc00000001:1-7";

    assertThat(texts.parse(text)).containsSame(texts.parse(new String(text)).orElseThrow());
    assertThat(texts.parse("nonsense")).isEmpty();
    assertThat(texts.parse(text)).isPresent();
  }
}
