package orchestrator.server.backend;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import orchestrator.core.state.Command;
import orchestrator.server.engine.Consensus.Submission;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FullDiskTest {
  @TempDir Path folder;

  @Test
  void fullDiskRejectsEndsLeadershipAndLosesNothing() {
    try (StoreFixture store = new StoreFixture(folder.resolve("orchestrator.db"))) {
      store.put(0);
      store.onWriter(connection -> Sql.execute(connection, "PRAGMA max_page_count=1"));
      String large = "x".repeat(4 << 20);
      assertThat(store.submit(new Command.PutKeyValue("large", large)))
          .isInstanceOf(Submission.Rejected.class);
      assertThat(store.consensus.leadership()).isEmpty();
      assertThat(store.consensus.failure())
          .hasValueSatisfying(reason -> assertThat(reason).contains("full", "free space"));
      assertThat(store.submit(new Command.PutKeyValue("a", "b")))
          .isInstanceOf(Submission.Rejected.class);
      assertThat(store.consensus.state().keyValues()).containsOnlyKeys("key0");

      store.onWriter(connection -> Sql.execute(connection, "PRAGMA max_page_count=1000000"));
      Awaitility.await()
          .atMost(StoreFixture.PATIENCE)
          .until(() -> store.consensus.leadership().isPresent());
      store.put(1);
    }
    try (StoreFixture store = new StoreFixture(folder.resolve("orchestrator.db"))) {
      assertThat(store.consensus.state().keyValues()).containsOnlyKeys("key0", "key1");
    }
  }
}
