package orchestrator.sandbox.demo;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import orchestrator.sandbox.Account;
import orchestrator.sandbox.SandboxServer;

/** An application: one connection that inserts a row every few milliseconds until it breaks. */
final class Load implements AutoCloseable {
  private static final Duration PAUSE = Duration.ofMillis(4);

  private final Ledger ledger = new Ledger();
  private final AtomicLong lastId = new AtomicLong();
  private final Connection connection;
  private final Thread writer;

  private Load(Connection connection) {
    this.connection = connection;
    this.writer = Thread.ofVirtual().name("load").unstarted(this::write);
  }

  /** Makes the table and begins to write. */
  static Load start(SandboxServer master) throws SQLException {
    Connection connection = master.connect(Account.APPLICATION);
    try (Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE app.ledger (id BIGINT PRIMARY KEY)");
    }
    Load load = new Load(connection);
    load.writer.start();
    return load;
  }

  private void write() {
    try (Statement statement = connection.createStatement()) {
      while (!Thread.currentThread().isInterrupted()) {
        long id = lastId.incrementAndGet();
        ledger.send(id);
        statement.execute(insertion(id));
        ledger.acknowledge(id, Instant.now());
        Thread.sleep(PAUSE);
      }
    } catch (SQLException e) {
      return; // the master is gone: what was acknowledged is in the ledger
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  Ledger ledger() {
    return ledger;
  }

  /** Whether it writes no more: its connection broke, or it was closed. */
  boolean hasEnded() {
    return !writer.isAlive();
  }

  /** Inserts one more row over another connection, as the application does on the new master. */
  void insertOver(Statement other) throws SQLException {
    other.execute(insertion(lastId.incrementAndGet()));
  }

  private static String insertion(long id) {
    return "INSERT INTO app.ledger (id) VALUES (" + id + ")";
  }

  /** Ids of the rows that are on a server. */
  static Set<Long> rowsOn(SandboxServer server) throws SQLException {
    Set<Long> ids = new HashSet<>();
    try (Connection connection = server.connect(Account.ADMIN);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT id FROM app.ledger")) {
      while (rows.next()) {
        ids.add(rows.getLong(1));
      }
    }
    return ids;
  }

  @Override
  public void close() {
    writer.interrupt();
    try {
      connection.close();
    } catch (SQLException e) {
      return; // it broke with its server: nothing is left to close
    }
  }
}
