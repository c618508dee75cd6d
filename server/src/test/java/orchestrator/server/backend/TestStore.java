package orchestrator.server.backend;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Where a store under test is; opened as often as a test likes. */
sealed interface TestStore {

  /** The kinds, as parameters of tests. */
  enum Kind {
    SQLITE,
    MYSQL;

    /** A new one. */
    TestStore in(Path folder) {
      return switch (this) {
        case SQLITE -> new SqliteFile(folder.resolve("orchestrator.db"));
        case MYSQL -> TestMySql.newDatabase();
      };
    }
  }

  SqlBackend open();

  /** Another store with what is committed in this one. */
  TestStore copy();

  /** Lets all writes of a session fail. */
  String refuseWrites();

  String allowWrites();

  record SqliteFile(Path file) implements TestStore {
    @Override
    public SqlBackend open() {
      return SqliteBackend.open(file);
    }

    @Override
    public TestStore copy() {
      Path copy = file.resolveSibling("copy-" + file.getFileName());
      try {
        for (String suffix : List.of("", "-wal")) {
          Files.copy(Path.of(file + suffix), Path.of(copy + suffix));
        }
        return new SqliteFile(copy);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public String refuseWrites() {
      return "PRAGMA query_only=ON";
    }

    @Override
    public String allowWrites() {
      return "PRAGMA query_only=OFF";
    }
  }

  record MySqlDatabaseStore(String database) implements TestStore {
    @Override
    public SqlBackend open() {
      return MySqlBackend.open(TestMySql.access(database));
    }

    @Override
    public TestStore copy() {
      MySqlDatabaseStore copy = TestMySql.newDatabase();
      TestMySql.server().sql("CREATE DATABASE " + copy.database);
      for (Map<String, String> row :
          TestMySql.server()
              .query(
                  "SELECT table_name AS name FROM information_schema.tables WHERE table_schema='"
                      + database
                      + "'")) {
        String table = row.get("name");
        TestMySql.server()
            .sql(
                "CREATE TABLE %s.%s LIKE %s.%s".formatted(copy.database, table, database, table),
                "INSERT INTO %s.%s SELECT * FROM %s.%s"
                    .formatted(copy.database, table, database, table));
      }
      return copy;
    }

    @Override
    public String refuseWrites() {
      return "SET SESSION TRANSACTION READ ONLY";
    }

    @Override
    public String allowWrites() {
      return "SET SESSION TRANSACTION READ WRITE";
    }
  }
}
