package orchestrator.server.backend;

/** The store in a database of a MySQL or MariaDB server. */
public final class MySqlBackend extends SqlBackend {
  private MySqlBackend(MySqlDatabase database) {
    super(database);
  }

  /**
   * Opens the store, creating the database or migrating it. Tables of others in it, such as those
   * of the manager that was used before, are not touched.
   *
   * @throws BackendException when another manager has it, it cannot be reached, or is of a newer
   *     version
   */
  public static MySqlBackend open(MySqlAccess access) {
    return new MySqlBackend(MySqlDatabase.at(access));
  }
}
