package orchestrator.server.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MigrationsTest {
  private static final List<String> FIRST = List.of("CREATE TABLE a (x)");
  private static final List<String> SECOND = List.of("CREATE TABLE b (x)", "CREATE TABLE c (x)");

  @TempDir Path folder;

  @Test
  void eachMigrationRunsOnce() throws SQLException {
    try (Connection connection = SqliteDatabase.openFile(folder.resolve("x.db"))) {
      Migrations.run(connection, SqliteDialect.INSTANCE, List.of(FIRST));
      Migrations.run(connection, SqliteDialect.INSTANCE, List.of(FIRST, SECOND));
      Migrations.run(connection, SqliteDialect.INSTANCE, List.of(FIRST, SECOND));
      assertThat(Migrations.version(connection)).isEqualTo(2);
      Sql.execute(connection, "INSERT INTO c VALUES (1)");
    }
  }

  @Test
  void failedMigrationLeavesNothingOfItself() throws SQLException {
    List<String> broken = List.of("CREATE TABLE b (x)", "CREATE NONSENSE");
    try (Connection connection = SqliteDatabase.openFile(folder.resolve("x.db"))) {
      assertThatThrownBy(
              () -> Migrations.run(connection, SqliteDialect.INSTANCE, List.of(FIRST, broken)))
          .isInstanceOf(SQLException.class);
      assertThat(Migrations.version(connection)).isEqualTo(1);
      Migrations.run(connection, SqliteDialect.INSTANCE, List.of(FIRST, SECOND));
    }
  }
}
