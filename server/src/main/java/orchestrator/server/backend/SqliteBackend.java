package orchestrator.server.backend;

import java.nio.file.Path;

/** The store in one SQLite file. */
public final class SqliteBackend extends SqlBackend {
  private final Path path;

  private SqliteBackend(SqliteDatabase database) {
    super(database);
    this.path = database.path();
  }

  /**
   * Opens the store, creating or migrating it.
   *
   * @param configured {@code SQLite3DataFile}; when it belongs to another program, a file beside it
   *     is used
   * @throws BackendException when another manager has it, it is damaged or of a newer version
   */
  public static SqliteBackend open(Path configured) {
    return new SqliteBackend(new SqliteDatabase(DataFile.open(configured)));
  }

  /** Where the store is: beside the configured file, when that one is not ours. */
  public Path path() {
    return path;
  }
}
