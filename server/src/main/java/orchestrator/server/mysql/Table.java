package orchestrator.server.mysql;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One result of a statement as text; without columns and rows for statements that return none. */
final class Table {
  static final Table EMPTY = new Table(Map.of(), List.of());

  /** Lower-case label to position. */
  private final Map<String, Integer> columns;

  private final List<@Nullable String[]> rows;

  Table(Map<String, Integer> columns, List<@Nullable String[]> rows) {
    this.columns = columns;
    this.rows = rows;
  }

  int size() {
    return rows.size();
  }

  boolean isEmpty() {
    return rows.isEmpty();
  }

  /** How many columns a row has. */
  int width(int row) {
    return rows.get(row).length;
  }

  boolean has(String column) {
    return columns.containsKey(column.toLowerCase(Locale.ROOT));
  }

  /** The value; empty for NULL, and for a column that the server does not have. */
  String text(int row, String lowerCaseColumn) {
    Integer position = columns.get(lowerCaseColumn);
    return position == null ? "" : text(row, position);
  }

  /** The value at a position counted from 0; empty for NULL. */
  String text(int row, int position) {
    String value = rows.get(row)[position];
    return value == null ? "" : value;
  }

  boolean isNull(int row, String lowerCaseColumn) {
    Integer position = columns.get(lowerCaseColumn);
    return position == null || rows.get(row)[position] == null;
  }
}
