package orchestrator.server.backend;

import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** MySQL 5.7 and later, MariaDB 10.3 and later. */
final class MySqlDialect implements Dialect {
  private static final Map<String, String> TYPES =
      Map.of(
          "{name}", "VARCHAR(255)",
          "{text}", "LONGTEXT",
          "{number}", "BIGINT",
          "{bytes}", "LONGBLOB",
          "{moment}", "TIMESTAMP",
          "{serial}", "BIGINT PRIMARY KEY AUTO_INCREMENT",
          // A whole text cannot be in a key; the statement that inserts looks itself.
          "{each step once}", "KEY (recovery_uid, at, message(64))");

  /** Names differ in each letter, as they do elsewhere in this program. */
  private static final String TABLE_OPTIONS =
      " ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin";

  private static final int TABLE_EXISTS = 1050;
  private static final int INDEX_EXISTS = 1061;
  private static final int PACKET_TOO_LARGE = 1153;

  /** Read-only by option, by transaction, by mode. */
  private static final Set<Integer> READ_ONLY = Set.of(1290, 1792, 1836);

  private final boolean rejectReadOnly;

  MySqlDialect(boolean rejectReadOnly) {
    this.rejectReadOnly = rejectReadOnly;
  }

  @Override
  public String begin() {
    return "START TRANSACTION";
  }

  @Override
  public String ddl(String template) {
    String sql = Schema.replaceTypes(template, TYPES);
    return sql.startsWith("CREATE TABLE") ? sql.strip() + TABLE_OPTIONS : sql;
  }

  @Override
  public boolean isAlreadyThere(SQLException e) {
    return e.getErrorCode() == TABLE_EXISTS || e.getErrorCode() == INDEX_EXISTS;
  }

  @Override
  public boolean isLost(SQLException e) {
    String state = Optional.ofNullable(e.getSQLState()).orElse("");
    // Class 08 is the connection; 70100 is the end of it by KILL, and of one statement too.
    return state.startsWith("08")
        || state.equals("70100")
        || e.getErrorCode() == PACKET_TOO_LARGE
        || (rejectReadOnly && READ_ONLY.contains(e.getErrorCode()))
        || e instanceof Superseded;
  }

  @Override
  public boolean refusesData(SQLException e) {
    String state = Optional.ofNullable(e.getSQLState()).orElse("");
    return state.startsWith("22")
        || state.startsWith("23")
        || e.getErrorCode() == PACKET_TOO_LARGE
        || String.valueOf(e.getMessage()).contains("max_allowed_packet");
  }

  @Override
  public boolean endsTrust(SQLException e) {
    return Sql.original(e) instanceof Superseded;
  }

  @Override
  public String advice(SQLException e) {
    if (endsTrust(e)) {
      return "see that one manager alone uses this database";
    }
    return switch (e.getErrorCode()) {
      case 1045, 1698 ->
          "check MySQLOrchestratorUser and MySQLOrchestratorPassword, or MySQLOrchestratorCredentialsConfigFile";
      case 1044, 1142, 1227 -> "grant the user ALL on this database";
      case 1290, 1792, 1836 -> "let the server be writable";
      default -> "check the server, MySQLOrchestratorHost and MySQLOrchestratorPort";
    };
  }

  /** Another process has had the store since this one lost its connection. */
  static final class Superseded extends SQLException {
    private static final long serialVersionUID = 1;

    Superseded(String message) {
      super(message);
    }
  }
}
