package orchestrator.server.backend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which file is used, and what happens when it cannot be. */
class DataFileTest {
  @TempDir Path folder;

  @Test
  void fileOfAnotherProgramStaysAsItIsAndOursIsBesideIt() throws Exception {
    Path configured = folder.resolve("orchestrator.db");
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + configured)) {
      Sql.execute(connection, "CREATE TABLE database_instance (hostname TEXT)");
      Sql.execute(connection, "INSERT INTO database_instance VALUES ('db1')");
    }
    byte[] before = Files.readAllBytes(configured);
    for (int start = 1; start <= 2; start++) {
      try (StoreFixture store = new StoreFixture(configured)) {
        store.put(start);
        assertThat(store.backend.description())
            .endsWith(folder.resolve("orchestrator.db.ojr").toString());
        assertThat(store.consensus.state().keyValues()).hasSize(start);
      }
    }
    assertThat(Files.readAllBytes(configured)).isEqualTo(before);
    assertThat(folder.resolve("orchestrator.db-wal")).doesNotExist();
  }

  @Test
  void secondManagerIsRefusedUntilTheFirstHasGone() {
    Path file = folder.resolve("orchestrator.db");
    try (SqliteBackend first = SqliteBackend.open(file)) {
      assertThat(first.path()).isEqualTo(file);
      assertThatThrownBy(() -> SqliteBackend.open(file))
          .isInstanceOf(BackendException.class)
          .hasMessageContainingAll(
              file.toString(),
              "in use",
              Long.toString(ProcessHandle.current().pid()),
              "SQLite3DataFile");
    }
    SqliteBackend.open(file).close();
  }

  @Test
  void fileThatIsNoDatabaseIsAClearErrorAndIsNotTouched() throws IOException {
    Path file = folder.resolve("notes.txt");
    Files.writeString(file, "not a database, but dear to somebody".repeat(10));
    assertThatThrownBy(() -> SqliteBackend.open(file))
        .isInstanceOf(BackendException.class)
        .hasMessageContainingAll("notes.txt", "no SQLite database", "move it away");
    assertThat(Files.readString(file)).startsWith("not a database");
  }

  @Test
  void folderIsMadeWhenItIsMissing() {
    Path file = folder.resolve("a/b/orchestrator.db");
    SqliteBackend.open(file).close();
    assertThat(file).exists();
  }

  @Test
  void damagedDatabaseIsAClearErrorThatSaysWhatToDo() throws IOException {
    Path file = folder.resolve("orchestrator.db");
    try (StoreFixture store = new StoreFixture(file)) {
      store.put(1);
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      byte[] garbage = "garbage!".repeat(500).getBytes(UTF_8);
      for (long at = 100; at + garbage.length < channel.size(); at += garbage.length) {
        channel.write(ByteBuffer.wrap(garbage), at);
      }
    }
    assertThatThrownBy(() -> new StoreFixture(file))
        .isInstanceOf(BackendException.class)
        .hasMessageContainingAll(file.toString(), "damaged", "Restore", "move it away");
  }

  @Test
  void schemaOfANewerProgramIsRefused() throws SQLException {
    Path file = folder.resolve("orchestrator.db");
    SqliteBackend.open(file).close();
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file)) {
      Sql.execute(connection, "INSERT INTO ojr_schema (version) VALUES (999)");
    }
    assertThatThrownBy(() -> SqliteBackend.open(file))
        .isInstanceOf(BackendException.class)
        .hasMessageContainingAll("999", "newer program");
  }
}
