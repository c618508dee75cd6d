package orchestrator.server.mysql;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import orchestrator.core.topology.ServerVersion;
import orchestrator.server.mysql.ClientList.Connection;

/**
 * Ends the connections of clients: what they have begun and not committed is rolled back, and they
 * look for a server anew. Who they are is said by {@link ClientList}. A server may protect its
 * administrators itself ({@code SYSTEM_USER} of MySQL 8.0).
 *
 * <p>Many go in one packet. The server stops at the first that it refuses, so each packet leaves
 * behind how far it came.
 */
final class ClientEnding {
  static final String FOR_DISPLAY = "KILL <connection of a client>";

  static final int MOST_IN_A_PACKET = 100;
  private static final int NO_SUCH_CONNECTION = 1094;
  private static final int NOT_ALLOWED = 1095;

  /** Who connects while others are ended is met by a read-only server: looking on is in vain. */
  private static final int ROUNDS = 3;

  private static final Duration FIRST_WAIT = Duration.ofMillis(2);
  private static final Duration LONGEST_WAIT = Duration.ofMillis(50);

  /** The server whose clients are to go. */
  interface Target {
    /**
     * Sends statements in one packet, under the guard of the named lock.
     *
     * @return their answers; others may come before them
     */
    List<Table> send(List<String> statements) throws SessionException;

    /** Whether another packet would be in time. */
    boolean hasTime();

    void pause(Duration duration);
  }

  /**
   * What came of it.
   *
   * @param complete whether nobody is left that was to go
   * @param text numbers and users, short
   */
  record Report(boolean complete, String text) {}

  private final Target target;
  private final ServerVersion version;
  private final String processList;
  private final Set<String> replicationUsers;
  private final Set<String> ended = new HashSet<>();
  private final Set<String> refusedUsers = new HashSet<>();

  /**
   * @param processList see {@link ServerFacts#processList}
   * @param replicationUsers known from replicas of the server
   */
  ClientEnding(
      Target target, ServerVersion version, String processList, Set<String> replicationUsers) {
    this.target = target;
    this.version = version;
    this.processList = processList;
    this.replicationUsers = replicationUsers;
  }

  Report run() throws SessionException {
    String missing =
        Grants.of(target.send(List.of("SHOW GRANTS")).getLast()).missingToEndClients(version);
    if (!missing.isEmpty()) {
      return new Report(false, "none was ended, as the manager's user lacks " + missing);
    }
    ClientList list = look();
    List<Connection> next = next(list);
    for (int round = 0; round < ROUNDS && !next.isEmpty() && target.hasTime(); round++) {
      for (int from = 0; from < next.size(); from += MOST_IN_A_PACKET) {
        end(next.subList(from, Math.min(next.size(), from + MOST_IN_A_PACKET)));
      }
      list = look();
      next = next(list);
    }
    // A statement that is being committed goes on for a moment after its connection was ended.
    Duration wait = FIRST_WAIT;
    while (!ending(list).isEmpty() && target.hasTime()) {
      target.pause(wait);
      wait = wait.compareTo(LONGEST_WAIT) < 0 ? wait.multipliedBy(2) : LONGEST_WAIT;
      list = look();
    }
    return report(list);
  }

  private ClientList look() throws SessionException {
    return new ClientList(
        target.send(List.of(ClientList.statement(processList))).getLast(), replicationUsers);
  }

  private List<Connection> next(ClientList list) {
    return list.clients().stream()
        .filter(c -> !c.isBeingEnded() && !ended.contains(c.id()))
        .filter(c -> !refusedUsers.contains(c.user()))
        .toList();
  }

  private List<Connection> ending(ClientList list) {
    return list.clients().stream().filter(c -> c.isBeingEnded() || ended.contains(c.id())).toList();
  }

  private void end(List<Connection> connections) throws SessionException {
    List<Connection> rest = allowed(connections);
    while (!rest.isEmpty() && target.hasTime()) {
      int done = endUntilRefused(rest);
      rest.subList(0, done).forEach(connection -> ended.add(connection.id()));
      // The one that was refused is either gone or not to be ended.
      rest = allowed(rest.subList(Math.min(rest.size(), done + 1), rest.size()));
    }
  }

  private List<Connection> allowed(List<Connection> connections) {
    return connections.stream().filter(c -> !refusedUsers.contains(c.user())).toList();
  }

  /** How many were ended before the first that was refused. */
  private int endUntilRefused(List<Connection> connections) throws SessionException {
    List<String> statements = new ArrayList<>();
    statements.add("SET @orchestrator_ended=0");
    for (int i = 0; i < connections.size(); i++) {
      statements.add("KILL " + connections.get(i).id());
      statements.add("SET @orchestrator_ended=" + (i + 1));
    }
    try {
      target.send(statements);
      return connections.size();
    } catch (SessionException e) {
      boolean ofOne = e.errorCode() == NO_SUCH_CONNECTION || e.errorCode() == NOT_ALLOWED;
      if (!e.isAnswered() || !ofOne) {
        throw e;
      }
      Table answer = target.send(List.of("SELECT @orchestrator_ended AS ended")).getLast();
      int done = (int) ProbePacket.parseLong(answer.text(0, "ended"));
      if (e.errorCode() == NOT_ALLOWED) {
        refusedUsers.add(connections.get(done).user());
      }
      return done;
    }
  }

  private Report report(ClientList list) {
    List<Connection> refused =
        list.clients().stream().filter(c -> refusedUsers.contains(c.user())).toList();
    List<Connection> ending = ending(list);
    List<Connection> untried = target.hasTime() ? List.of() : next(list);
    List<String> parts = new ArrayList<>();
    parts.add(ended.size() + " ended");
    tell(parts, "not allowed to end ", refused);
    tell(parts, "still ending ", ending);
    tell(parts, "no time was left for ", untried);
    tell(parts, "left alone were ", list.spared());
    return new Report(
        refused.isEmpty() && ending.isEmpty() && untried.isEmpty(), String.join("; ", parts));
  }

  private static void tell(List<String> parts, String what, List<Connection> connections) {
    if (!connections.isEmpty()) {
      parts.add(what + ClientList.counts(connections));
    }
  }
}
