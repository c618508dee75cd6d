package orchestrator.server.mysql;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import orchestrator.core.topology.InstanceKey;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the connections of clients: what they have begun and not committed is rolled back, and they
 * look for a server anew.
 *
 * <p>Whether a user may write to read-only servers is nothing that every manager can see, and those
 * who may are the ones to fear. So only these stay: connections of the manager's own user, since
 * another manager may look at the server too; whoever replicates from it, known by a connection
 * that reads the binary log; and the server's own threads. A server may protect its administrators
 * itself ({@code SYSTEM_USER} of MySQL 8.0).
 */
final class ClientEnding {
  static final String FOR_DISPLAY = "KILL <connection of a client>";

  private static final Logger log = LoggerFactory.getLogger(ClientEnding.class);
  private static final int NO_SUCH_CONNECTION = 1094;
  private static final int NOT_ALLOWED = 1095;

  /** Who connects while others are ended is met by a read-only server: looking on is in vain. */
  private static final int ROUNDS = 3;

  private static final String CLIENTS =
      """
      SELECT ID AS id, USER AS user FROM information_schema.PROCESSLIST
      WHERE ID <> CONNECTION_ID() AND USER <> SUBSTRING_INDEX(USER(), '@', 1)
        AND USER NOT IN ('system user', 'event_scheduler', 'unauthenticated user')
        AND USER NOT LIKE 'mysql.%'
        AND COMMAND NOT IN ('Daemon', 'Connect', 'Register Slave', 'Register Replica', 'Killed')
        AND USER NOT IN (SELECT USER FROM information_schema.PROCESSLIST
          WHERE COMMAND LIKE 'Binlog Dump%')\
      """;

  /** Sends one statement under the guard of the named lock. */
  @FunctionalInterface
  interface Sender {
    /** The answers to the guard and to the statement. */
    List<Table> send(String statement) throws SessionException;
  }

  private final InstanceKey server;
  private final Sender sender;
  private final Set<String> refused = new HashSet<>();
  private final List<String> refusals = new ArrayList<>();
  private int ended;

  ClientEnding(InstanceKey server, Sender sender) {
    this.server = server;
    this.sender = sender;
  }

  /** What could not be ended, in words; empty when nobody is left. */
  String run() throws SessionException {
    for (int round = 0; round < ROUNDS && endAll() > 0; round++) {
      // Those that were just connecting are there now.
    }
    log.info("{}: ended {} connections of clients", server, ended);
    return refusals.isEmpty()
        ? ""
        : "ended %d connections of clients, and was not allowed to end %s"
            .formatted(ended, String.join(", ", refusals));
  }

  private int endAll() throws SessionException {
    Table clients = sender.send(CLIENTS).getLast();
    int tried = 0;
    for (int row = 0; row < clients.size(); row++) {
      if (!refused.contains(clients.text(row, "id"))) {
        tried++;
        end(clients.text(row, "id"), clients.text(row, "user"));
      }
    }
    return tried;
  }

  private void end(String id, String user) throws SessionException {
    try {
      sender.send("KILL " + id);
      ended++;
    } catch (SessionException e) {
      if (!e.isAnswered()
          || (e.errorCode() != NO_SUCH_CONNECTION && e.errorCode() != NOT_ALLOWED)) {
        throw e;
      }
      if (e.errorCode() == NOT_ALLOWED) {
        refused.add(id);
        refusals.add(id + " (" + user + ")");
      }
    }
  }
}
