package orchestrator.bench;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import orchestrator.sandbox.Account;
import orchestrator.sandbox.SandboxServer;

/** Clients that write to whichever server lets them: one for each server, all the time. */
final class TakeoverLoad implements AutoCloseable {
  /** Between two attempts at a server that takes no writes. */
  private static final Duration RETRY = Duration.ofMillis(2);

  private final Duration pause;
  private final List<Thread> writers;
  private volatile boolean stopped;
  private long lastNanoTime;
  private long longestNanos;
  private long writes;

  private TakeoverLoad(List<SandboxServer> servers, Duration pause) {
    this.pause = pause;
    writers =
        servers.stream().map(server -> Thread.ofVirtual().start(() -> writeTo(server))).toList();
  }

  /**
   * @param pause of a client after a write that was confirmed; zero for the greatest load
   */
  static TakeoverLoad on(List<SandboxServer> servers, Duration pause) {
    return new TakeoverLoad(servers, pause);
  }

  private void writeTo(SandboxServer server) {
    while (!stopped) {
      try (Connection session = server.connect(Account.APPLICATION);
          Statement statement = session.createStatement()) {
        while (!stopped) {
          if (isWritten(statement)) {
            confirmed();
            Thread.sleep(pause);
          } else {
            Thread.sleep(RETRY);
          }
        }
      } catch (SQLException e) {
        // The connection was ended: a new one.
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private static boolean isWritten(Statement statement) throws SQLException {
    try {
      statement.execute("INSERT INTO app.takeover VALUES ()");
      return true;
    } catch (SQLException e) {
      if (statement.getConnection().isValid(1)) {
        return false;
      }
      throw e;
    }
  }

  private synchronized void confirmed() {
    long now = System.nanoTime();
    if (lastNanoTime != 0) {
      longestNanos = Math.max(longestNanos, now - lastNanoTime);
    }
    lastNanoTime = now;
    writes++;
  }

  /** Begins to measure anew. */
  synchronized void forget() {
    longestNanos = 0;
    writes = 0;
  }

  /** Between two writes that were confirmed one after the other. */
  synchronized long longestGapMillis() {
    return longestNanos / 1_000_000;
  }

  synchronized long writes() {
    return writes;
  }

  @Override
  public void close() {
    stopped = true;
    for (Thread writer : writers) {
      try {
        writer.join(Duration.ofSeconds(5));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
