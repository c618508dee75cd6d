package orchestrator.server.backend;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import orchestrator.server.codec.CodecException;

/** Queries, beside the writer. */
final class Readers {

  /** Turns a row into a value. */
  @FunctionalInterface
  interface RowReader<T> {
    T read(ResultSet row) throws SQLException;
  }

  private final Database database;

  Readers(Database database) {
    this.database = database;
  }

  /**
   * @throws UncheckedIOException when the store cannot be read
   */
  <T> List<T> query(String sql, List<Object> arguments, RowReader<T> reader) {
    try {
      return database.read(connection -> query(connection, sql, arguments, reader));
    } catch (SQLException | CodecException e) {
      throw new UncheckedIOException(
          new IOException("Cannot read " + database.description() + ": " + e.getMessage(), e));
    }
  }

  private static <T> List<T> query(
      Connection connection, String sql, List<Object> arguments, RowReader<T> reader)
      throws SQLException {
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
      return result;
    }
  }
}
