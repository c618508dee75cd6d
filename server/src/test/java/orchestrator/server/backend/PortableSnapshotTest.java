package orchestrator.server.backend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.state.Command;
import orchestrator.server.engine.Group.StateDigest;
import orchestrator.server.engine.History.Selection;
import orchestrator.server.engine.Outcome;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A snapshot has the state of the group, and nothing of the store of the node that gave it. */
@Tag("long")
class PortableSnapshotTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"SQLITE, MYSQL", "MYSQL, SQLITE"})
  void aNodeStartsFromTheSnapshotOfOneWithAnotherBackend(TestStore.Kind from, TestStore.Kind to)
      throws IOException {
    Path directory = folder.resolve("raft");
    StateDigest given;
    try (StoreInGroup giver = new StoreInGroup(directory, from.in(folder))) {
      giver.openRecovery();
      giver.note(0, 5);
      giver.commit(new Command.PutKeyValue("key", "välue ☃ '\\\u0000"));
      giver.commit(new Command.Discover(Recorded.B));
      assertThat(giver.node.snapshot(StoreInGroup.LIMIT)).isInstanceOf(Outcome.Ok.class);
      given = giver.node.digest();
    }
    deleteLog(directory);

    try (StoreInGroup taker = new StoreInGroup(directory, to.in(folder))) {
      assertThat(taker.node.digest().sha256()).isEqualTo(given.sha256());
      assertThat(taker.node.status().indices().snapshot()).isGreaterThanOrEqualTo(given.index());
      taker.note(5, 6);
      assertThat(taker.node.snapshot(StoreInGroup.LIMIT)).isInstanceOf(Outcome.Ok.class);
      assertThat(taker.backend.recoveries(Selection.ALL))
          .extracting(RecoveryTicket::uid)
          .containsExactly(StoreInGroup.RECOVERY);
      assertThat(taker.notes()).as("only what came after the snapshot").containsExactly("note 5");
    }
  }

  /** Leaves nothing to begin with but the snapshot. */
  private static void deleteLog(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file :
          files
              .filter(path ->
                  Optional.ofNullable(path.getFileName())
                      .filter(name -> name.toString().startsWith("log_"))
                      .isPresent())
              .toList()) {
        Files.delete(file);
      }
    }
  }
}
