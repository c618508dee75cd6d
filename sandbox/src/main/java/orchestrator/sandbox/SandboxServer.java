package orchestrator.sandbox;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import orchestrator.sandbox.install.Installation;
import orchestrator.sandbox.install.Template;
import orchestrator.sandbox.process.BoundProcess;
import orchestrator.sandbox.process.Placement;
import orchestrator.sandbox.process.PortReservation;

/**
 * One server of a {@link Sandbox}. It keeps its port, data and server UUID through kills and
 * restarts.
 *
 * <p>SQL methods speak as {@link Account#ADMIN} over a connection of their own each time, and give
 * up after ten seconds.
 */
public final class SandboxServer {
  /** What the server's process is doing. */
  public enum State {
    RUNNING,
    /** Stopped by a signal: connections stay open, nobody answers. */
    FROZEN,
    DOWN
  }

  private static final Duration START_LIMIT = Duration.ofSeconds(90);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(30);

  private final SandboxSpec.Node node;
  private final Profile profile;
  private final Installation installation;
  private final Path folder;
  private final int serverId;
  private final PortReservation reservation;
  private Optional<BoundProcess> process = Optional.empty();
  private boolean frozen;

  SandboxServer(
      SandboxSpec.Node node,
      Profile profile,
      Installation installation,
      Path folder,
      int serverId,
      PortReservation reservation) {
    this.node = node;
    this.profile = profile;
    this.installation = installation;
    this.folder = folder;
    this.serverId = serverId;
    this.reservation = reservation;
  }

  public String name() {
    return node.name();
  }

  public ServerKind kind() {
    return node.kind();
  }

  /** The address it listens on: 127.0.0.1 unless it was placed elsewhere. */
  public String host() {
    return node.placement().host();
  }

  public int port() {
    return reservation.port();
  }

  /** {@code host:port}, as a manager names it. */
  public String address() {
    return host() + ":" + port();
  }

  public int serverId() {
    return serverId;
  }

  /** Process id of the server. Empty while it is down. */
  public synchronized Optional<Long> pid() {
    return process.filter(BoundProcess::isAlive).map(BoundProcess::pid);
  }

  public synchronized State state() {
    if (pid().isEmpty()) {
      return State.DOWN;
    }
    return frozen ? State.FROZEN : State.RUNNING;
  }

  /** The server's error log. */
  public Path errorLog() {
    return folder.resolve("error.log");
  }

  public Path dataDirectory() {
    return folder.resolve("data");
  }

  /** JDBC address without user; {@code sslMode} and timeouts may be appended with {@code &}. */
  public String jdbcUrl() {
    return "jdbc:mariadb://" + address() + "/?sslMode=disable&allowPublicKeyRetrieval=true";
  }

  // ---- life ----

  /**
   * SIGKILL: no goodbye to anyone. Returns when the process has ended; does nothing when it is
   * down.
   */
  public synchronized void kill() {
    process.ifPresent(BoundProcess::kill);
    frozen = false;
  }

  /** SIGSTOP: the server hangs. Does nothing when it is down. */
  public synchronized void freeze() {
    signal(true);
  }

  /** SIGCONT: the server goes on where it was. */
  public synchronized void resume() {
    signal(false);
  }

  private void signal(boolean freeze) {
    if (state() == State.DOWN) {
      return;
    }
    BoundProcess running = process.orElseThrow();
    try {
      if (freeze) {
        running.freeze();
      } else {
        running.resume();
      }
      frozen = freeze;
    } catch (IOException e) {
      throw new SandboxException("Cannot signal server " + name(), e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  /** Clean shutdown. Returns when the process has ended; does nothing when it is down. */
  public synchronized void stop() {
    if (state() == State.DOWN) {
      return;
    }
    resume();
    try {
      if (!process.orElseThrow().terminate(STOP_LIMIT)) {
        throw new SandboxException(
            "Server " + name() + " did not shut down within " + STOP_LIMIT.toSeconds() + " s");
      }
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  /**
   * Starts the server again on its data, after a clean stop if it is running. Returns when it
   * accepts connections.
   */
  public synchronized void restart() {
    stop();
    start();
  }

  /** Starts the server. Returns when it accepts connections; does nothing when it runs. */
  public synchronized void start() {
    if (state() != State.DOWN) {
      return;
    }
    try {
      launch();
      awaitAccepting();
    } catch (IOException e) {
      throw new SandboxException("Cannot start server " + name(), e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private void launch() throws IOException {
    OptionFile.Endpoint endpoint =
        new OptionFile.Endpoint(folder, port(), serverId, writeInitFile());
    Path options =
        Files.write(
            folder.resolve("my.cnf"), OptionFile.lines(node, profile, installation, endpoint));
    process =
        Optional.of(
            BoundProcess.start(
                node.placement()
                    .command(
                        List.of(installation.program().toString(), "--defaults-file=" + options)),
                installation.environment(),
                folder,
                errorLog()));
    frozen = false;
  }

  /**
   * Elsewhere than on loopback the accounts of the template, which are limited to it, are of no
   * use.
   */
  private Optional<Path> writeInitFile() throws IOException {
    String peers = node.placement().peers();
    if (peers.equals(Placement.LOOPBACK.peers())) {
      return Optional.empty();
    }
    List<String> statements = Template.accountsFor(installation.distribution(), peers);
    return Optional.of(Files.write(folder.resolve("init.sql"), statements));
  }

  private void awaitAccepting() throws InterruptedException, IOException {
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    while (true) {
      if (state() == State.DOWN) {
        throw new SandboxException(
            "Server " + name() + " ended while starting:\n" + errorLogTail());
      }
      try (Connection connection = connect(Account.ADMIN)) {
        if (connection.isValid(1)) {
          return;
        }
      } catch (SQLException e) {
        if (System.nanoTime() > deadline) {
          throw new SandboxException(
              "Server " + name() + " accepts no connections:\n" + errorLogTail(), e);
        }
      }
      Thread.sleep(20);
    }
  }

  private String errorLogTail() throws IOException {
    List<String> lines = Files.readAllLines(errorLog(), StandardCharsets.ISO_8859_1);
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 15), lines.size()));
  }

  void release() {
    kill();
    reservation.close();
  }

  // ---- SQL ----

  /** A new connection; connecting and each read give up after ten seconds. The caller closes it. */
  public Connection connect(Account account) throws SQLException {
    return Databases.connect(
        jdbcUrl() + "&connectTimeout=10000&socketTimeout=10000",
        account.user(),
        account.password());
  }

  /**
   * Runs statements one after the other on one connection.
   *
   * @throws SandboxException with the server's message, at the first that fails
   */
  public void sql(String... statements) {
    sql(Account.ADMIN, statements);
  }

  /** As {@link #sql(String...)}, as another user. */
  public void sql(Account account, String... statements) {
    String current = "connect";
    try (Connection connection = connect(account);
        Statement statement = connection.createStatement()) {
      for (String text : statements) {
        current = text;
        statement.execute(text);
      }
    } catch (SQLException e) {
      throw failure(current, e);
    }
  }

  /** All rows; columns by their label in order, without those that are NULL. */
  public List<Map<String, String>> query(String statement) {
    return query(Account.ADMIN, statement);
  }

  /** As {@link #query(String)}, as another user. */
  public List<Map<String, String>> query(Account account, String statement) {
    try (Connection connection = connect(account);
        Statement query = connection.createStatement();
        ResultSet result = query.executeQuery(statement)) {
      return Databases.rows(result);
    } catch (SQLException e) {
      throw failure(statement, e);
    }
  }

  /** First column of the first row; empty if there is no row or it is NULL. */
  public Optional<String> value(String statement) {
    try (Connection connection = connect(Account.ADMIN);
        Statement query = connection.createStatement();
        ResultSet result = query.executeQuery(statement)) {
      return result.next() ? Optional.ofNullable(result.getString(1)) : Optional.empty();
    } catch (SQLException e) {
      throw failure(statement, e);
    }
  }

  private SandboxException failure(String statement, SQLException cause) {
    return new SandboxException(name() + ": " + statement + ": " + cause.getMessage(), cause);
  }

  static SandboxException interrupted(InterruptedException cause) {
    Thread.currentThread().interrupt();
    return new SandboxException("interrupted", cause);
  }

  // ---- replication ----

  /**
   * Makes this server replicate from another by GTID, as {@link Account#REPLICATION}, and starts
   * it.
   */
  public void replicateFrom(SandboxServer master) {
    sql("STOP SLAVE", ReplicationSource.byGtid(kind(), profile, master), "START SLAVE");
  }

  /** As {@link #replicateFrom}, from where the other server writes its binary log now. */
  public void replicateByPositionFrom(SandboxServer master) {
    Map<String, String> at = master.query("SHOW MASTER STATUS").getFirst();
    sql(
        "STOP SLAVE",
        ReplicationSource.byPosition(
            kind(), profile, master, at.getOrDefault("File", ""), at.getOrDefault("Position", "4")),
        "START SLAVE");
  }

  /** The one row of {@code SHOW SLAVE STATUS}; empty on a server that is not a replica. */
  public Map<String, String> replicaStatus() {
    return query("SHOW SLAVE STATUS").stream().findFirst().orElse(Map.of());
  }

  /** Whether both threads of replication run. */
  public boolean isReplicating() {
    Map<String, String> status = replicaStatus();
    return "Yes".equals(status.get("Slave_IO_Running"))
        && "Yes".equals(status.get("Slave_SQL_Running"));
  }

  /** Waits until both threads of replication run. */
  public void awaitReplicating(Duration limit) {
    await(name() + " replicates", limit, this::isReplicating);
  }

  /** Waits until this server has executed everything that {@code master} has executed by now. */
  public void awaitCaughtUpWith(SandboxServer master, Duration limit) {
    String wanted = master.executedGtidSet();
    String question =
        kind().isMariaDb()
            ? "SELECT MASTER_GTID_WAIT('" + wanted + "', 0) = 0"
            : "SELECT GTID_SUBSET('" + wanted + "', @@global.gtid_executed)";
    await(
        name() + " has executed " + wanted,
        limit,
        () -> value(question).filter(answer -> answer.equals("1")).isPresent());
  }

  /**
   * {@code @@global.gtid_executed}, or {@code gtid_current_pos} on MariaDB; without line breaks.
   * (On MySQL 5.7 the variable without {@code global} is the session's own and empty.)
   */
  public String executedGtidSet() {
    String variable = kind().isMariaDb() ? "@@global.gtid_current_pos" : "@@global.gtid_executed";
    return value("SELECT REPLACE(" + variable + ", '\\n', '')").orElse("");
  }

  /**
   * Waits until a condition holds, looking every 20 ms; a condition that throws does not hold yet.
   */
  public static void await(String what, Duration limit, Condition condition) {
    long deadline = System.nanoTime() + limit.toNanos();
    Optional<SandboxException> last = Optional.empty();
    while (true) {
      try {
        if (condition.holds()) {
          return;
        }
      } catch (SandboxException e) {
        last = Optional.of(e);
      }
      if (System.nanoTime() > deadline) {
        String why = last.map(e -> ": " + e.getMessage()).orElse("");
        throw new SandboxException("Not within " + limit + ": " + what + why);
      }
      try {
        Thread.sleep(20);
      } catch (InterruptedException e) {
        throw interrupted(e);
      }
    }
  }

  /** Something to wait for. */
  @FunctionalInterface
  public interface Condition {
    boolean holds();
  }

  @Override
  public String toString() {
    return name() + " (" + kind().label() + ", " + address() + ")";
  }
}
