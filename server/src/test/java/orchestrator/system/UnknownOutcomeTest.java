package orchestrator.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import orchestrator.system.ManagerGroup.Answer;
import orchestrator.system.ManagerGroup.Node;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.CsvSource;

/** Whoever loses the leader in the middle of a command can find out what came of it. */
@Tag("long")
@ParameterizedClass
@CsvSource({"300,600", "150,300"})
class UnknownOutcomeTest {
  private static final Duration LIMIT = ManagerGroup.LIMIT;
  private static final int WRITERS = 16;

  @TempDir Path folder;
  private final ManagerConfiguration configuration;
  private ManagerGroup group;
  private Node leader;

  UnknownOutcomeTest(int minMilliseconds, int maxMilliseconds) {
    configuration =
        ManagerConfiguration.quick().withElectionTimeouts(minMilliseconds, maxMilliseconds);
  }

  @BeforeEach
  void start() {
    group = ManagerGroup.of(3, folder, configuration).startAll();
    leader = group.leader();
    group.nodes().forEach(group::awaitHealthy);
  }

  @AfterEach
  void stop() {
    group.close();
  }

  private static String commandId(Answer answer) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(503);
    return answer.json().path("Details").path("CommandId").asString("");
  }

  /** As each of the healthy nodes says, when it is certain. */
  private String fate(String id) {
    List<String> fates = new ArrayList<>();
    for (Node node : group.running()) {
      fates.add(
          await("what came of " + id)
              .atMost(LIMIT)
              .until(() -> fate(node, id), fate -> !List.of("", "UNKNOWN").contains(fate)));
    }
    assertThat(fates.stream().distinct()).as(id).hasSize(1);
    return fates.getFirst();
  }

  private String fate(Node node, String id) {
    Answer answer = group.get(node, "command/" + id);
    return answer.isOk() ? answer.json().path("Fate").asString("") : "";
  }

  private boolean isWritten(String key) {
    return !group.get(group.leader(), "key-values?prefix=" + key).json().isEmpty();
  }

  @Test
  void aLeaderThatFreezesOverAForwardedCommandLeavesItUndoneForEver() {
    Node asked = group.others(leader).getFirst();
    group.process(leader).freeze();

    String id = commandId(group.get(asked, "put-key-value/frozen/v", LIMIT));

    Node other = group.others(leader).getLast();
    await().atMost(LIMIT).until(() -> fate(other, id).equals("NOT_DONE"));
    assertThat(fate(asked, id)).isEqualTo("NOT_DONE");
    group.process(leader).resume();
    group.awaitHealthy(leader);
    group.awaitSameState();
    assertThat(isWritten("frozen")).isFalse();
  }

  @Test
  void everyCommandWhoseLeaderWasKilledIsDoneOrNotAsItsIdSays() throws InterruptedException {
    Node asked = group.others(leader).getFirst();
    Map<String, Answer> answers = new ConcurrentHashMap<>();
    AtomicInteger turns = new AtomicInteger();
    try (ExecutorService writers = Executors.newFixedThreadPool(WRITERS)) {
      for (int i = 0; i < WRITERS; i++) {
        writers.execute(() -> {
          while (!Thread.currentThread().isInterrupted()) {
            String key = "key%05d".formatted(turns.getAndIncrement());
            answers.put(key, group.get(asked, "put-key-value/" + key + "/v"));
          }
        });
      }
      await().atMost(LIMIT).until(() -> answers.size() > 200);
      group.kill(leader);
      int then = turns.get();
      await().atMost(LIMIT).until(() -> answers.size() > then);
      writers.shutdownNow();
    }
    group.awaitSameState();

    Map<String, String> open = new TreeMap<>();
    answers.forEach((key, answer) -> {
      if (answer.body().contains("CommandId")) {
        open.put(key, commandId(answer));
      }
    });
    assertThat(open).isNotEmpty();
    open.forEach(
        (key, id) -> assertThat(fate(id)).as(key).isEqualTo(isWritten(key) ? "DONE" : "NOT_DONE"));
    answers.forEach((key, answer) -> {
      if (answer.isOk()) {
        assertThat(isWritten(key)).as("%s was acknowledged", key).isTrue();
      } else if (!open.containsKey(key) && answer.status() != 0) {
        assertThat(isWritten(key)).as("%s: %s", key, answer).isFalse();
      }
    });
  }

  @Test
  void aLeaderThatLosesItsMajorityOverACommandSaysUnderWhichIdToAsk() {
    group.others(leader).forEach(node -> group.process(node).freeze());

    String id = commandId(group.get(leader, "put-key-value/alone/v", LIMIT));

    group.others(leader).forEach(node -> group.process(node).resume());
    group.nodes().forEach(group::awaitHealthy);
    assertThat(fate(id)).isEqualTo(isWritten("alone") ? "DONE" : "NOT_DONE");
  }
}
