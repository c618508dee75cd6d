package orchestrator.sandbox.demo;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import orchestrator.sandbox.Account;
import orchestrator.sandbox.SandboxServer;

/**
 * Looks at one replica every few milliseconds, over connections that were opened before the
 * failure: when does it accept a write, or else replicate from the one that does?
 */
final class ReplicaWatch implements AutoCloseable {
  private static final Duration LOOK_EVERY = Duration.ofMillis(4);

  /** "The server is running with the --read-only option". */
  private static final int READ_ONLY_ERROR = 1290;

  /**
   * A replica that has become the master.
   *
   * @param sinceKill when it had accepted a row of the application
   */
  record Promoted(SandboxServer server, Duration sinceKill) {}

  private final SandboxServer server;
  private final Load load;
  private final CompletableFuture<Promoted> promotion;
  private final CompletableFuture<Duration> repointed = new CompletableFuture<>();
  private final Connection admin;
  private final Connection application;
  private Thread thread = Thread.currentThread();

  /**
   * @param promotion shared by the watches of all replicas; completed by the first that accepts a
   *     write
   */
  ReplicaWatch(SandboxServer server, Load load, CompletableFuture<Promoted> promotion)
      throws SQLException {
    this.server = server;
    this.load = load;
    this.promotion = promotion;
    this.admin = server.connect(Account.ADMIN);
    this.application = server.connect(Account.APPLICATION);
  }

  /**
   * @param sinceKill runs from the moment of the kill
   */
  void begin(Stopwatch sinceKill) {
    thread = Thread.ofVirtual().name("watch " + server.name()).start(() -> watch(sinceKill));
  }

  SandboxServer server() {
    return server;
  }

  /** When it replicated from the promoted server with both threads; never for that one itself. */
  CompletableFuture<Duration> repointed() {
    return repointed;
  }

  private void watch(Stopwatch sinceKill) {
    try (Statement look = admin.createStatement();
        Statement write = application.createStatement()) {
      while (!promotion.isDone()) {
        if (isWritable(look) && accepts(write)) {
          promotion.complete(new Promoted(server, sinceKill.elapsed()));
          return;
        }
        Thread.sleep(LOOK_EVERY);
      }
      SandboxServer master = promotion.join().server();
      while (!replicatesFrom(look, master)) {
        Thread.sleep(LOOK_EVERY);
      }
      repointed.complete(sinceKill.elapsed());
    } catch (SQLException e) {
      repointed.completeExceptionally(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the watch was ended
    }
  }

  private static boolean isWritable(Statement look) throws SQLException {
    try (ResultSet row = look.executeQuery("SELECT @@global.read_only")) {
      return row.next() && isOff(row.getString(1));
    }
  }

  static boolean isOff(String value) {
    return value.equals("0") || value.equals("OFF");
  }

  private boolean accepts(Statement write) throws SQLException {
    try {
      load.insertOver(write);
      return true;
    } catch (SQLException e) {
      if (e.getErrorCode() == READ_ONLY_ERROR) {
        return false;
      }
      throw e;
    }
  }

  private static boolean replicatesFrom(Statement look, SandboxServer master) throws SQLException {
    try (ResultSet row = look.executeQuery("SHOW SLAVE STATUS")) {
      return row.next()
          && row.getInt("Master_Port") == master.port()
          && isYes(Optional.ofNullable(row.getString("Slave_IO_Running")))
          && isYes(Optional.ofNullable(row.getString("Slave_SQL_Running")));
    }
  }

  private static boolean isYes(Optional<String> value) {
    return value.filter("Yes"::equals).isPresent();
  }

  @Override
  public void close() {
    thread.interrupt();
    try (admin;
        application) {
      return;
    } catch (SQLException e) {
      return; // already broken: nothing is left to close
    }
  }
}
