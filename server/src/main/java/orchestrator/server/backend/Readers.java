package orchestrator.server.backend;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import orchestrator.server.codec.CodecException;

/** A few connections that read, while the writer writes. */
final class Readers implements AutoCloseable {
  private static final int CONNECTIONS = 4;
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** Turns a row into a value. */
  @FunctionalInterface
  interface RowReader<T> {
    T read(ResultSet row) throws SQLException;
  }

  private final Path path;
  private final Semaphore permits = new Semaphore(CONNECTIONS);
  private final ConcurrentLinkedDeque<Connection> idle = new ConcurrentLinkedDeque<>();

  Readers(Path path) {
    this.path = path;
  }

  /**
   * @throws UncheckedIOException when the store cannot be read
   */
  <T> List<T> query(String sql, List<Object> arguments, RowReader<T> reader) {
    acquire();
    try {
      return queryWithPermit(sql, arguments, reader);
    } catch (SQLException | CodecException e) {
      throw unreadable(e);
    } finally {
      permits.release();
    }
  }

  private <T> List<T> queryWithPermit(String sql, List<Object> arguments, RowReader<T> reader)
      throws SQLException {
    Connection connection = connection();
    try (PreparedStatement select = connection.prepareStatement(sql)) {
      for (int i = 0; i < arguments.size(); i++) {
        select.setObject(i + 1, arguments.get(i));
      }
      List<T> result = new ArrayList<>();
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          result.add(reader.read(rows));
        }
      }
      idle.push(connection);
      return result;
    } catch (SQLException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  private Connection connection() throws SQLException {
    Optional<Connection> ready = Optional.ofNullable(idle.poll());
    return ready.isPresent() ? ready.get() : Sqlite.openForReading(path);
  }

  private void acquire() {
    try {
      if (!permits.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        throw unreadable(new SQLException("too many readers at once"));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unreadable(e);
    }
  }

  private UncheckedIOException unreadable(Exception e) {
    return new UncheckedIOException(
        new IOException("Cannot read the data file " + path + ": " + e.getMessage(), e));
  }

  /** Waits for running queries, a while. */
  @Override
  public void close() {
    try {
      permits.tryAcquire(CONNECTIONS, PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      for (Connection connection : idle) {
        connection.close();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (SQLException e) {
      throw new BackendException("Cannot close the data file " + path, e);
    }
  }
}
