package orchestrator.server.backend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files as a machine leaves them that lost power while the disk was writing. */
class TornWalTest {
  private static final int COMMANDS = 30;

  @TempDir Path folder;

  @Test
  void whateverIsLeftOfTheWalGivesAPrefixOfTheCommands() throws IOException {
    Path original = folder.resolve("original.db");
    Path copies = Files.createDirectory(folder.resolve("copies"));
    try (StoreFixture store = new StoreFixture(original)) {
      store.onWriter(connection -> Sql.execute(connection, "PRAGMA wal_checkpoint(TRUNCATE)"));
      for (int i = 0; i < COMMANDS; i++) {
        store.put(i);
      }
      Files.copy(original, copies.resolve("base.db"));
      Files.copy(folder.resolve("original.db-wal"), copies.resolve("base.db-wal"));
    }
    SplittableRandom random = new SplittableRandom(42);
    long size = Files.size(copies.resolve("base.db-wal"));
    int longest = 0;
    for (int round = 0; round < 20; round++) {
      int found = commandsAfterCut(copies, round, round == 0 ? size : random.nextLong(size));
      longest = Math.max(longest, found);
    }
    assertThat(longest).isEqualTo(COMMANDS);
  }

  private static int commandsAfterCut(Path copies, int round, long length) throws IOException {
    Path file = copies.resolve(round + ".db");
    Path wal = copies.resolve(round + ".db-wal");
    Files.copy(copies.resolve("base.db"), file);
    Files.copy(copies.resolve("base.db-wal"), wal);
    try (FileChannel channel = FileChannel.open(wal, StandardOpenOption.WRITE)) {
      channel.truncate(length);
    }
    try (StoreFixture store = new StoreFixture(file)) {
      var keyValues = store.consensus.state().keyValues();
      assertThat(keyValues.keySet())
          .as("cut at %d", length)
          .containsExactlyInAnyOrderElementsOf(
              IntStream.range(0, keyValues.size()).mapToObj(i -> "key" + i).toList());
      store.put(COMMANDS);
      return keyValues.size();
    }
  }
}
