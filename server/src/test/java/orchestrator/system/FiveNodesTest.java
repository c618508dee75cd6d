package orchestrator.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.StreamSupport;
import orchestrator.system.ManagerGroup.Node;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A group of five bears two failures, and no third one. */
@Tag("long")
class FiveNodesTest {
  private static final String PREFIX = "five";

  @TempDir Path folder;

  @Test
  void twoOfFiveDieWhileOthersWriteAndNothingAcknowledgedIsLost() {
    try (ManagerGroup group = ManagerGroup.of(5, folder, ManagerConfiguration.quick()).startAll()) {
      Node leader = group.leader();
      List<Node> others = group.others(leader);
      Acknowledged acknowledged = new Acknowledged(group, PREFIX);
      CompletableFuture<Void> writing =
          CompletableFuture.runAsync(() -> acknowledged.writeFor(Duration.ofSeconds(15)));
      await("some is written").until(() -> acknowledged.count() > 10);
      group.kill(leader);
      group.kill(others.getFirst());
      int before = acknowledged.count();
      writing.join();

      assertThat(acknowledged.count()).as("written through the three").isGreaterThan(before);
      assertThat(acknowledged.contradictions()).isEmpty();
      group.awaitSameState();
      group.kill(others.getLast());
      assertThat(group.get(others.get(1), "put-key-value/third/v", Duration.ofSeconds(20)).status())
          .as("two of five are no majority")
          .isEqualTo(503);

      List.of(leader, others.getFirst(), others.getLast()).forEach(group::start);
      group.nodes().forEach(group::awaitHealthy);
      group.awaitSameState();
      for (Node node : group.nodes()) {
        assertThat(keys(group, node)).contains(acknowledged.keys());
      }
    }
  }

  private static List<String> keys(ManagerGroup group, Node node) {
    return StreamSupport.stream(
            group.get(node, "local-key-values?prefix=" + PREFIX).json().spliterator(), false)
        .map(row -> row.path("Key").asString())
        .toList();
  }
}
