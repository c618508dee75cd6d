package orchestrator.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import orchestrator.sandbox.Account;
import orchestrator.sandbox.Sandbox;
import orchestrator.sandbox.SandboxServer;
import orchestrator.sandbox.SandboxSpec;

/** Fresh servers below fresh managers that know them, for one failover. */
final class Trial implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofMinutes(3);

  private final Sandbox sandbox;
  private final List<ManagerUnderTest> managers;
  private final Optional<GroupUnderTest> group;

  private Trial(Sandbox sandbox, List<ManagerUnderTest> managers, Optional<GroupUnderTest> group) {
    this.sandbox = sandbox;
    this.managers = managers;
    this.group = group;
  }

  /** Returns when every manager knows every server. */
  static Trial start(SandboxSpec spec, int nodes, int pollSeconds)
      throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("orchestrator-bench-");
    Sandbox sandbox = Sandbox.start(spec);
    Optional<GroupUnderTest> group =
        nodes > 1
            ? Optional.of(GroupUnderTest.start(folder, nodes, pollSeconds))
            : Optional.empty();
    List<ManagerUnderTest> managers =
        group.isPresent()
            ? group.get().nodes()
            : List.of(ManagerUnderTest.start(folder, pollSeconds));
    ManagerUnderTest first = group.isPresent() ? group.get().leader() : managers.getFirst();
    first.discover(sandbox.master());
    for (ManagerUnderTest manager : managers) {
      manager.awaitKnown(sandbox.servers());
    }
    return new Trial(sandbox, managers, group);
  }

  /**
   * Ends the master, together with the leading manager where there are several.
   *
   * @param freeze SIGSTOP in place of SIGKILL, for the master
   * @return milliseconds until a replica takes writes
   */
  long failover(boolean freeze) throws IOException, InterruptedException, SQLException {
    Optional<ManagerUnderTest> leader =
        group.isPresent() ? Optional.of(group.get().leader()) : Optional.empty();
    SandboxServer master = sandbox.master();
    return millisToWritable(
        sandbox.replicas(),
        _ -> {
          leader.ifPresent(ManagerUnderTest::kill);
          if (freeze) {
            master.freeze();
          } else {
            master.kill();
          }
        });
  }

  /**
   * The same without a manager, afterwards: ends the new master, and promotes one of its replicas.
   *
   * @return milliseconds until it takes writes
   */
  long floor() throws SQLException {
    managers.forEach(ManagerUnderTest::close);
    SandboxServer master = promoted();
    List<SandboxServer> left = new ArrayList<>(sandbox.replicas());
    left.remove(master);
    return millisToWritable(
        left,
        sessions -> {
          master.kill();
          promote(sessions.getFirst());
        });
  }

  /**
   * Ends intermediate master B.
   *
   * @return milliseconds until both of its replicas replicate from others
   */
  long relocation() {
    SandboxServer dead = sandbox.server("B");
    return millisToReplicating(dead.port(), dead::kill);
  }

  /**
   * The same without a manager, afterwards: a script gives both another source.
   *
   * @return milliseconds until both replicate from it
   */
  long relocationFloor() {
    managers.forEach(ManagerUnderTest::close);
    SandboxServer master = sandbox.master();
    int source = sourceOf(sandbox.server("D"));
    SandboxServer other = source == master.port() ? sandbox.server("C") : master;
    return millisToReplicating(
        source, () -> List.of("D", "E").forEach(name -> sandbox.server(name).replicateFrom(other)));
  }

  private static int sourceOf(SandboxServer replica) {
    return Integer.parseInt(replica.replicaStatus().getOrDefault("Master_Port", "0"));
  }

  private long millisToReplicating(int left, Runnable event) {
    long start = System.nanoTime();
    event.run();
    for (String name : List.of("D", "E")) {
      SandboxServer replica = sandbox.server(name);
      while (!replica.isReplicating() || sourceOf(replica) == left) {
        if (System.nanoTime() - start > LIMIT.toNanos()) {
          throw new IllegalStateException(replica + " does not replicate within " + LIMIT);
        }
      }
    }
    return (System.nanoTime() - start) / 1_000_000;
  }

  private SandboxServer promoted() throws SQLException {
    for (SandboxServer server : sandbox.replicas()) {
      try (Connection session = server.connect(Account.ADMIN)) {
        if (isWritable(session)) {
          return server;
        }
      }
    }
    throw new IllegalStateException("No replica takes writes");
  }

  private static void promote(Connection session) throws SQLException {
    try (Statement statement = session.createStatement()) {
      statement.execute("STOP SLAVE");
      statement.execute("RESET SLAVE ALL");
      statement.execute("SET GLOBAL read_only = 0");
    }
  }

  /** What is timed. */
  private interface Event {
    /**
     * @param sessions one for each server
     */
    void happen(List<Connection> sessions) throws SQLException;
  }

  private static long millisToWritable(List<SandboxServer> servers, Event event)
      throws SQLException {
    List<Connection> sessions = new ArrayList<>();
    try {
      for (SandboxServer server : servers) {
        sessions.add(server.connect(Account.ADMIN));
      }
      long start = System.nanoTime();
      event.happen(sessions);
      while (System.nanoTime() - start < LIMIT.toNanos()) {
        for (Connection session : sessions) {
          if (isWritable(session)) {
            return (System.nanoTime() - start) / 1_000_000;
          }
        }
      }
      throw new IllegalStateException("No server became writable within " + LIMIT);
    } finally {
      for (Connection session : sessions) {
        session.close();
      }
    }
  }

  private static boolean isWritable(Connection session) throws SQLException {
    try (Statement statement = session.createStatement();
        ResultSet row = statement.executeQuery("SELECT @@global.read_only")) {
      return row.next() && row.getInt(1) == 0;
    }
  }

  @Override
  public void close() {
    group.ifPresentOrElse(GroupUnderTest::close, () -> managers.forEach(ManagerUnderTest::close));
    sandbox.close();
  }
}
