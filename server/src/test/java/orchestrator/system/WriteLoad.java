package orchestrator.system;

import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import orchestrator.sandbox.Account;
import orchestrator.sandbox.Sandbox;
import orchestrator.sandbox.SandboxServer;

/** One application for each server, that writes to it as long as it lets it. */
final class WriteLoad implements AutoCloseable {
  /** Refused sessions without a pause would take the processors from the replicas. */
  private static final Duration BETWEEN_REFUSALS = Duration.ofMillis(2);

  private final List<String> acknowledged = new CopyOnWriteArrayList<>();
  private final Map<SandboxServer, Integer> written = new ConcurrentHashMap<>();
  private final List<Thread> writers;
  private volatile boolean stopped;

  private WriteLoad(Sandbox sandbox) {
    int[] number = {0};
    writers =
        sandbox.servers().stream()
            .map(server -> {
              int first = 1_000_000 * ++number[0];
              return Thread.ofVirtual().start(() -> write(server, first));
            })
            .toList();
  }

  static WriteLoad on(Sandbox sandbox) {
    return new WriteLoad(sandbox);
  }

  private void write(SandboxServer server, int first) {
    int next = first;
    while (!stopped) {
      try (Connection session = server.connect(Account.APPLICATION);
          Statement statement = session.createStatement()) {
        while (!stopped) {
          statement.execute("INSERT INTO app.ledger VALUES (" + ++next + ")");
          acknowledged.add(String.valueOf(next));
          written.merge(server, 1, Integer::sum);
        }
      } catch (SQLException e) {
        // Read-only: it is tried again, with the next number.
        LockSupport.parkNanos(BETWEEN_REFUSALS.toNanos());
      }
    }
  }

  void awaitWrites(int count) {
    await().atMost(Duration.ofSeconds(20)).until(() -> acknowledged.size() >= count);
  }

  void awaitWritesTo(SandboxServer server) {
    await().atMost(Duration.ofSeconds(20)).until(() -> written.getOrDefault(server, 0) > 10);
  }

  /** Every number whose insertion was confirmed. */
  List<String> acknowledged() {
    return acknowledged;
  }

  void stop() {
    stopped = true;
    for (Thread writer : writers) {
      try {
        writer.join(Duration.ofSeconds(10));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void close() {
    stop();
  }
}
