package orchestrator.server.backend;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** One file, and a few connections that read it while the writer writes (WAL). */
final class SqliteDatabase implements Database {
  private static final int READERS = 4;
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final DataFile file;
  private final Semaphore permits = new Semaphore(READERS);
  private final ConcurrentLinkedDeque<Connection> idle = new ConcurrentLinkedDeque<>();

  /**
   * A virtual thread that waits for the disk within SQLite keeps one of the few threads that carry
   * all of them: two such queries would stop the whole HTTP service of a machine with two cores.
   */
  private final ExecutorService threads =
      Executors.newFixedThreadPool(
          READERS, Thread.ofPlatform().daemon().name("backend-reader-", 1).factory());

  /** Takes the file over: closes it with itself. */
  SqliteDatabase(DataFile file) {
    this.file = file;
  }

  Path path() {
    return file.path();
  }

  @Override
  public String description() {
    return "the data file " + path();
  }

  @Override
  public Dialect dialect() {
    return SqliteDialect.INSTANCE;
  }

  @Override
  public Connection openForWriting() throws SQLException {
    Connection connection = openFile(path());
    try {
      Migrations.run(connection, dialect(), Schema.MIGRATIONS);
      return connection;
    } catch (SQLException | BackendException e) {
      connection.close();
      throw e;
    }
  }

  static Connection openFile(Path path) throws SQLException {
    Connection connection = DriverManager.getConnection("jdbc:sqlite:" + path);
    try {
      Sql.execute(connection, "PRAGMA busy_timeout=10000");
      if (isNew(path)) {
        // Before WAL, so that it is in the file itself from the first moment.
        Sql.execute(connection, "PRAGMA application_id=" + DataFile.APPLICATION_ID);
      }
      Sql.execute(connection, "PRAGMA journal_mode=WAL");
      Sql.execute(connection, "PRAGMA synchronous=FULL");
      // The writer checkpoints when it is idle; this is the bound for when it never is.
      Sql.execute(connection, "PRAGMA wal_autocheckpoint=8000");
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  private static boolean isNew(Path path) throws SQLException {
    try {
      return !Files.exists(path) || Files.size(path) == 0;
    } catch (IOException e) {
      throw new SQLException("cannot read its size", e);
    }
  }

  /** In WAL mode, NORMAL saves the fsync per commit; the next FULL commit brings all to disk. */
  @Override
  public void makeDurable(Connection connection, boolean wanted) throws SQLException {
    Sql.execute(connection, "PRAGMA synchronous=" + (wanted ? "FULL" : "NORMAL"));
  }

  /** So that no commit has to wait for it. */
  @Override
  public void tidy(Connection connection) throws SQLException {
    Sql.execute(connection, "PRAGMA wal_checkpoint(PASSIVE)");
  }

  @Override
  public <T> T read(Reading<T> reading) throws SQLException {
    acquire();
    try {
      return threads.submit(() -> readHere(reading)).get();
    } catch (ExecutionException e) {
      throw failure(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SQLException("interrupted while reading", e);
    } finally {
      permits.release();
    }
  }

  private static SQLException failure(ExecutionException failed) {
    if (failed.getCause() instanceof RuntimeException defect) {
      throw defect;
    }
    return failed.getCause() instanceof SQLException expected ? expected : new SQLException(failed);
  }

  private <T> T readHere(Reading<T> reading) throws SQLException {
    Optional<Connection> ready = Optional.ofNullable(idle.poll());
    Connection connection = ready.isPresent() ? ready.get() : openForReading();
    try {
      T result = reading.run(connection);
      idle.push(connection);
      return result;
    } catch (SQLException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  private Connection openForReading() throws SQLException {
    Connection connection = DriverManager.getConnection("jdbc:sqlite:" + path());
    Sql.execute(connection, "PRAGMA busy_timeout=5000");
    Sql.execute(connection, "PRAGMA query_only=ON");
    return connection;
  }

  private void acquire() throws SQLException {
    try {
      if (!permits.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new SQLException("too many readers at once");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SQLException("interrupted while waiting to read", e);
    }
  }

  /** Waits for running queries, a while. */
  @Override
  public void close() {
    try {
      permits.tryAcquire(READERS, PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      for (Connection connection : idle) {
        connection.close();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (SQLException e) {
      throw new BackendException("Cannot close " + description(), e);
    } finally {
      threads.shutdown();
      file.close();
    }
  }
}
