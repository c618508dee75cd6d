package orchestrator.server.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import orchestrator.server.mysql.ClientList.Connection;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Whose connections to an old master are ended, and whose are left alone. */
class ClientListTest {
  private static final Map<String, Integer> COLUMNS =
      Map.of("id", 0, "user", 1, "host", 2, "command", 3, "own_id", 4, "own_user", 5);

  /**
   * @param connections each {@code id user host command}
   */
  static Table table(List<String> connections) {
    List<@Nullable String[]> rows = new ArrayList<>();
    for (String connection : connections) {
      String[] words = connection.split("/", -1);
      rows.add(new @Nullable String[] {words[0], words[1], words[2], words[3], "1", "manager"});
    }
    return new Table(COLUMNS, rows);
  }

  private static List<String> ended(Set<String> replicationUsers, String... connections) {
    return new ClientList(table(List.of(connections)), replicationUsers)
        .clients().stream().map(Connection::id).toList();
  }

  @Test
  void whoReadsTheBinaryLogSparesHisUserOnThatHostOnly() {
    assertThat(
            ended(
                Set.of(),
                "2/app/10.0.0.1:4000/Binlog Dump GTID",
                "3/app/10.0.0.1:4001/Sleep",
                "4/app/10.0.0.2:4002/Sleep",
                "5/other/10.0.0.1:4003/Query"))
        .containsExactly("4", "5");
  }

  @Test
  void aReplicaThatIsJustConnectingIsSparedByTheLoginThatReplicasTell() {
    assertThat(ended(Set.of("repl"), "2/repl/10.0.0.9:4000/Query", "3/app/10.0.0.9:4001/Query"))
        .containsExactly("3");
    assertThat(ended(Set.of(), "4/repl/10.0.0.9:4000/Register Replica")).isEmpty();
  }

  @Test
  void managersAreSparedOnWhateverHost() {
    assertThat(ended(Set.of(), "1/manager/a:1/Query", "2/manager/b:2/Sleep")).isEmpty();
  }

  /** As the servers show them: 8.0 and 5.7, then MariaDB. */
  @Test
  void theServersOwnThreadsAreSpared() {
    assertThat(
            ended(
                Set.of(),
                "5/event_scheduler/localhost/Daemon",
                "6/system user/connecting host/Connect",
                "7/system user//Query",
                "8/system user//Slave_IO",
                "9/unauthenticated user/10.0.0.1:4000/Connect",
                "10/mysql.session/localhost/Sleep"))
        .isEmpty();
  }

  /** All servers show it as a connection of its definer, who may write to read-only servers. */
  @Test
  void aRunningEventIsEnded() {
    assertThat(ended(Set.of(), "11/admin/127.%/Connect")).containsExactly("11");
  }

  @Test
  void whatIsToldOfManyUsersIsShort() {
    List<Connection> many = new ArrayList<>();
    for (int i = 0; i < 5000; i++) {
      many.add(new Connection("" + i, "user".repeat(30) + i % 300, "h", "Sleep"));
    }
    assertThat(ClientList.counts(many)).hasSizeLessThan(400).contains("295 other users");
    many.subList(0, 4998).clear();
    many.add(new Connection("1", "app", "h", "Sleep"));
    many.add(new Connection("2", "app", "h", "Sleep"));
    assertThat(ClientList.counts(many)).startsWith("2 of app, 1 of user");
  }
}
