package orchestrator.server.backend;

import java.sql.SQLException;
import java.util.Map;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** SQLite 3. */
final class SqliteDialect implements Dialect {
  static final SqliteDialect INSTANCE = new SqliteDialect();

  private static final Map<String, String> TYPES =
      Map.of(
          "{name}", "TEXT",
          "{text}", "TEXT",
          "{number}", "INTEGER",
          "{bytes}", "BLOB",
          "{moment}", "TEXT",
          "{serial}", "INTEGER PRIMARY KEY AUTOINCREMENT",
          "{each step once}", "UNIQUE (recovery_uid, at, message)");

  private SqliteDialect() {}

  @Override
  public String begin() {
    return "BEGIN IMMEDIATE";
  }

  @Override
  public String ddl(String template) {
    return Schema.replaceTypes(template, TYPES);
  }

  /** Never: a migration is one transaction. */
  @Override
  public boolean isAlreadyThere(SQLException e) {
    return false;
  }

  @Override
  public boolean isLost(SQLException e) {
    return false;
  }

  @Override
  public boolean refusesData(SQLException e) {
    return has(e, SQLiteErrorCode.SQLITE_CONSTRAINT)
        || has(e, SQLiteErrorCode.SQLITE_TOOBIG)
        || has(e, SQLiteErrorCode.SQLITE_MISMATCH);
  }

  /** After an I/O error it is open what the disk holds. */
  @Override
  public boolean endsTrust(SQLException e) {
    return has(e, SQLiteErrorCode.SQLITE_IOERR) || isCorrupt(e);
  }

  @Override
  public String advice(SQLException e) {
    return isCorrupt(e)
        ? "the file is damaged. Restore it from a copy; or move it away (with its -wal and -shm files) to start anew: servers are then discovered again, but downtimes, tags, aliases and open recoveries are lost"
        : "check the disk, its free space and the file's permissions";
  }

  private static boolean isCorrupt(SQLException e) {
    return has(e, SQLiteErrorCode.SQLITE_CORRUPT) || has(e, SQLiteErrorCode.SQLITE_NOTADB);
  }

  /** Compares the lower eight bits; the upper ones tell details. */
  private static boolean has(SQLException e, SQLiteErrorCode code) {
    SQLException original = Sql.original(e);
    int found =
        original instanceof SQLiteException sqlite
            ? sqlite.getResultCode().code
            : original.getErrorCode();
    return (found & 0xff) == code.code;
  }
}
