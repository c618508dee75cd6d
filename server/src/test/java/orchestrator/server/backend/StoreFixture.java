package orchestrator.server.backend;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import orchestrator.core.state.Command;
import orchestrator.core.state.CommandResult;
import orchestrator.server.engine.Consensus.Submission;

/** An open store and its consensus; closed as a manager closes them. */
final class StoreFixture implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(20);

  final SqlBackend backend;
  final StandaloneConsensus consensus;

  StoreFixture(Path file) {
    this(new TestStore.SqliteFile(file));
  }

  StoreFixture(TestStore store) {
    backend = store.open();
    try {
      consensus = StandaloneConsensus.open(backend);
    } catch (RuntimeException e) {
      backend.close();
      throw e;
    }
  }

  Submission submit(Command... commands) {
    return consensus.submit(List.of(commands), PATIENCE);
  }

  /** The result of a command that must be committed and done. */
  CommandResult.Done done(Command command) {
    return submit(command) instanceof Submission.Committed committed
            && committed.results().getFirst() instanceof CommandResult.Done done
        ? done
        : fail(command);
  }

  private CommandResult.Done fail(Command command) {
    throw new AssertionError("not done: " + command + ", " + submit(command));
  }

  void put(int number) {
    done(new Command.PutKeyValue("key" + number, "value" + number));
  }

  /** Runs a job on the writing thread and waits for it; also for what was submitted before. */
  void onWriter(Sql.Work job) {
    CompletableFuture<Void> finished = new CompletableFuture<>();
    backend
        .writer()
        .submitBulk(session -> {
          try {
            session.run(job);
            finished.complete(null);
          } catch (SQLException | RuntimeException e) {
            finished.completeExceptionally(e);
          }
        });
    finished.join();
  }

  long number(String sql) {
    CompletableFuture<Long> number = new CompletableFuture<>();
    onWriter(connection -> number.complete(number(connection, sql)));
    return number.join();
  }

  private static long number(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      return rows.next() ? rows.getLong(1) : 0;
    }
  }

  @Override
  public void close() {
    consensus.close();
    backend.close();
  }
}
