package orchestrator.sandbox;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The little that the sandbox needs of JDBC. */
final class Databases {
  private Databases() {}

  static Connection connect(String url, String user, String password) throws SQLException {
    return DriverManager.getConnection(url, user, password);
  }

  /** All rows; columns by label in order, without those that are NULL. */
  static List<Map<String, String>> rows(ResultSet result) throws SQLException {
    ResultSetMetaData columns = result.getMetaData();
    List<Map<String, String>> rows = new ArrayList<>();
    while (result.next()) {
      Map<String, String> row = new LinkedHashMap<>();
      for (int column = 1; column <= columns.getColumnCount(); column++) {
        String value = result.getString(column);
        if (value != null) {
          row.put(columns.getColumnLabel(column), value);
        }
      }
      rows.add(row);
    }
    return rows;
  }
}
