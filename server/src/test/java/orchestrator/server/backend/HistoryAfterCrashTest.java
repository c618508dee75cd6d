package orchestrator.server.backend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import orchestrator.server.engine.History.Selection;
import orchestrator.server.engine.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A node of a group is killed with -9 after it applied entries and before its history has them.
 * That it makes no snapshot meanwhile, after which the log would not have them either, is for
 * {@link KilledNode} to see.
 */
class HistoryAfterCrashTest {
  @TempDir Path folder;

  @Test
  void everyCommandIsInTheHistoryOnceThoughTheNodeDiedBeforeItWroteThem() throws Exception {
    Path directory = folder.resolve("raft");
    TestStore.SqliteFile file = new TestStore.SqliteFile(folder.resolve("orchestrator.db"));
    String state = runAndKill(directory, file.file());
    try (SqlBackend backend = file.open()) {
      assertThat(backend.recoverySteps(StoreInGroup.RECOVERY))
          .as("what the dead node has written")
          .extracting(step -> step.message())
          .contains("note " + (KilledNode.IN_HISTORY - 1))
          .doesNotContain("note " + KilledNode.IN_HISTORY);
    }

    try (StoreInGroup store = new StoreInGroup(directory, file)) {
      assertThat(store.node.digest().sha256()).isEqualTo(state);
      store.note(KilledNode.APPLIED, KilledNode.APPLIED + 1);
      assertThat(store.node.snapshot(StoreInGroup.LIMIT)).isInstanceOf(Outcome.Ok.class);

      assertThat(store.notes())
          .containsExactlyElementsOf(
              IntStream.rangeClosed(0, KilledNode.APPLIED).mapToObj(i -> "note " + i).toList());
      assertThat(store.backend.recoveries(Selection.ALL)).hasSize(1);
    }
  }

  /** Returns the digest of the state that it had. */
  private static String runAndKill(Path directory, Path file)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                KilledNode.class.getName(),
                directory.toString(),
                file.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    // What hangs ends then too, and has printed nothing.
    CompletableFuture.delayedExecutor(60, TimeUnit.SECONDS).execute(process::destroyForcibly);
    try (BufferedReader out = process.inputReader(UTF_8)) {
      List<String> lines =
          out.lines().filter(line -> line.matches("[0-9a-f]{64}")).limit(1).toList();
      assertThat(lines).as("it came so far").hasSize(1);
      return lines.getFirst();
    } finally {
      process.destroyForcibly();
      assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    }
  }
}
