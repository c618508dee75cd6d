package orchestrator.server.mysql;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The connections to a server, as one look shows them, and which of them are those of clients.
 * Pure.
 *
 * <p>Whether a user may write to read-only servers is nothing that every manager can see, and those
 * who may are the ones to fear. So only these stay: connections of the manager's own user, since
 * another manager may look at the server too; whoever replicates from it, known by a connection
 * that reads the binary log, from the same host by the same user, or by a login that its replicas
 * tell; and the server's own threads. A running event of the event scheduler is shown as a
 * connection of its definer, who may write.
 */
final class ClientList {
  private static final Set<String> OWN_THREADS =
      Set.of("system user", "event_scheduler", "unauthenticated user");

  private static final String KILLED = "Killed";
  private static final int MOST_USERS_NAMED = 5;
  private static final int LONGEST_NAME = 40;

  /**
   * @param host without the port
   * @param command what it does; {@code Killed} while it is being ended
   */
  record Connection(String id, String user, String host, String command) {
    boolean isBeingEnded() {
      return command.equals(KILLED);
    }

    private boolean readsBinaryLog() {
      return command.startsWith("Binlog Dump") || command.startsWith("Register ");
    }

    private boolean isOfServer() {
      return OWN_THREADS.contains(user) || user.startsWith("mysql.") || command.equals("Daemon");
    }
  }

  private record Reader(String user, String host) {}

  private final List<Connection> clients = new ArrayList<>();
  private final List<Connection> spared = new ArrayList<>();

  /**
   * @param processList see {@link ServerFacts#processList}
   */
  static String statement(String processList) {
    return "SELECT ID AS id, USER AS user, HOST AS host, COMMAND AS command,"
        + " CONNECTION_ID() AS own_id, SUBSTRING_INDEX(USER(), '@', 1) AS own_user"
        + " FROM "
        + processList;
  }

  /**
   * @param rows the answer to {@link #statement}
   * @param replicationUsers known from replicas of the server
   */
  ClientList(Table rows, Set<String> replicationUsers) {
    List<Connection> all = new ArrayList<>();
    Set<Reader> readers = new HashSet<>();
    Set<String> sparedUsers = new HashSet<>(replicationUsers);
    for (int row = 0; row < rows.size(); row++) {
      Connection connection =
          new Connection(
              rows.text(row, "id"),
              rows.text(row, "user"),
              withoutPort(rows.text(row, "host")),
              rows.text(row, "command"));
      sparedUsers.add(rows.text(row, "own_user"));
      if (connection.readsBinaryLog()) {
        readers.add(new Reader(connection.user(), connection.host()));
      }
      if (!connection.isOfServer() && !connection.id().equals(rows.text(row, "own_id"))) {
        all.add(connection);
      }
    }
    for (Connection connection : all) {
      boolean stays =
          sparedUsers.contains(connection.user())
              || readers.contains(new Reader(connection.user(), connection.host()));
      (stays ? spared : clients).add(connection);
    }
  }

  private static String withoutPort(String host) {
    int colon = host.lastIndexOf(':');
    return colon < 0 ? host : host.substring(0, colon);
  }

  /** Whose connections are to be ended, those that are being ended among them. */
  List<Connection> clients() {
    return List.copyOf(clients);
  }

  /** Of others, but for the asking connection and the server's own threads. */
  List<Connection> spared() {
    return List.copyOf(spared);
  }

  /** How many of whom, the most first: short however many there are. */
  static String counts(List<Connection> connections) {
    Map<String, Long> byUser =
        connections.stream()
            .collect(Collectors.groupingBy(Connection::user, TreeMap::new, Collectors.counting()));
    String named =
        byUser.entrySet().stream()
            .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
            .limit(MOST_USERS_NAMED)
            .map(entry -> entry.getValue() + " of " + shortened(entry.getKey()))
            .collect(Collectors.joining(", "));
    int others = byUser.size() - MOST_USERS_NAMED;
    return others > 0 ? named + ", and those of " + others + " other users" : named;
  }

  private static String shortened(String user) {
    return user.length() <= LONGEST_NAME ? user : user.substring(0, LONGEST_NAME) + "…";
  }
}
