package orchestrator.server.mysql;

import java.io.IOException;
import java.net.Socket;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import orchestrator.core.topology.InstanceKey;
import orchestrator.server.engine.ProbeResult.Failure;
import org.jspecify.annotations.Nullable;
import org.mariadb.jdbc.Connection;

/**
 * One connection to a server. Used by one thread at a time; {@link #close()} may be called by any,
 * and ends whatever waits on it.
 */
final class Session implements AutoCloseable {
  private final InstanceKey key;
  private final DeadlineSocket socket;
  private final Statement statement;
  private final long openedNanoTime = System.nanoTime();
  private final Map<String, Map<String, Integer>> columnsByShape = new HashMap<>();
  private volatile boolean closed;

  Session(InstanceKey key, Connection connection, DeadlineSocket socket) throws SQLException {
    this.key = key;
    this.socket = socket;
    this.statement = connection.createStatement();
    statement.setEscapeProcessing(false);
  }

  InstanceKey key() {
    return key;
  }

  boolean isOpen() {
    return !closed;
  }

  long ageNanos() {
    return System.nanoTime() - openedNanoTime;
  }

  /**
   * Sends statements in one packet and reads all their results.
   *
   * @return one table for each statement
   * @throws SessionException when one failed. After a refusal the session goes on; results of
   *     earlier statements are gone. After anything else it is closed
   */
  List<Table> run(List<String> statements, Deadline deadline) throws SessionException {
    return run(String.join(";", statements), statements.size(), deadline);
  }

  /** Like {@link #run(List, Deadline)} with the text of a packet made before. */
  List<Table> run(String packet, int count, Deadline deadline) throws SessionException {
    if (closed) {
      throw SessionException.lost(
          Failure.CONNECTION_LOST, 0, "the connection is closed", new IOException("closed"));
    }
    try {
      socket.setDeadline(deadline);
      List<Table> tables = new ArrayList<>(count);
      boolean isResultSet = statement.execute(packet);
      while (true) {
        if (isResultSet) {
          tables.add(read(statement.getResultSet()));
        } else if (statement.getUpdateCount() >= 0) {
          tables.add(Table.EMPTY);
        } else {
          break;
        }
        isResultSet = statement.getMoreResults();
      }
      if (tables.size() != count) {
        throw new SQLException("asked " + count + " things, got " + tables.size() + " answers");
      }
      return tables;
    } catch (SQLException | RuntimeException e) {
      SessionException failure = Failures.executing(e);
      if (!failure.isAnswered()) {
        close();
      }
      throw failure;
    }
  }

  private Table read(ResultSet results) throws SQLException {
    try (results) {
      ResultSetMetaData metaData = results.getMetaData();
      int count = metaData.getColumnCount();
      List<@Nullable String[]> rows = new ArrayList<>(1);
      while (results.next()) {
        @Nullable String[] row = new @Nullable String[count];
        for (int i = 0; i < count; i++) {
          row[i] = results.getString(i + 1);
        }
        rows.add(row);
      }
      return new Table(columns(metaData, count), rows);
    }
  }

  /** The same statements come again and again: labels are looked up once for each shape. */
  private Map<String, Integer> columns(ResultSetMetaData metaData, int count) throws SQLException {
    String shape = count + metaData.getColumnLabel(1) + metaData.getColumnLabel(count);
    Map<String, Integer> known = columnsByShape.get(shape);
    if (known != null) {
      return known;
    }
    Map<String, Integer> columns = HashMap.newHashMap(count);
    for (int i = 0; i < count; i++) {
      columns.put(metaData.getColumnLabel(i + 1).toLowerCase(Locale.ROOT), i);
    }
    columnsByShape.put(shape, columns);
    return columns;
  }

  /** Cuts the connection without a word, so that it never waits; the server rolls back. */
  @Override
  public void close() {
    closed = true;
    closeQuietly(socket);
  }

  static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // Nothing can be done, and nothing is lost: the socket is of no use either way.
    }
  }
}
