package orchestrator.server.backend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A manager that is killed with -9 at any moment has lost nothing that it acknowledged. */
class KillTest {
  @TempDir Path folder;

  @Test
  void killedManagerHasLostNothingThatItAcknowledged() throws Exception {
    killAgainAndAgain(6, 1);
  }

  @Tag("long")
  @Test
  void killedManagerHasLostNothingThatItAcknowledgedManyTimes() throws Exception {
    killAgainAndAgain(30, 2);
  }

  private void killAgainAndAgain(int rounds, long seed) throws Exception {
    Path file = folder.resolve("orchestrator.db");
    SplittableRandom random = new SplittableRandom(seed);
    List<String> acknowledged = new ArrayList<>();
    long term = 0;
    for (int round = 0; round < rounds; round++) {
      acknowledged.addAll(runAndKill(file, "round" + round, random.nextInt(1, 400)));
      try (StoreFixture store = new StoreFixture(file)) {
        assertThat(store.consensus.state().keyValues())
            .containsKeys(acknowledged.toArray(new String[0]));
        long next = store.consensus.leadership().orElseThrow().term();
        assertThat(next).isGreaterThan(term + 1);
        term = next;
      }
    }
    assertThat(acknowledged).hasSizeGreaterThan(rounds * 10);
  }

  /** Kills after so many acknowledgements: at a moment that the seed chose, on any machine. */
  private static List<String> runAndKill(Path file, String prefix, int acknowledgements)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                KilledManager.class.getName(),
                file.toString(),
                prefix)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader out = process.inputReader(UTF_8)) {
      List<String> lines = new ArrayList<>();
      Optional<String> line = Optional.ofNullable(out.readLine());
      while (line.isPresent()) {
        lines.add(line.get());
        if (lines.size() == acknowledgements) {
          // Not by the process itself: that would throw away what it has printed.
          process.toHandle().destroyForcibly();
        }
        line = Optional.ofNullable(out.readLine());
      }
      return wholeLines(lines, prefix);
    } finally {
      process.destroyForcibly();
      assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    }
  }

  /** The last line may be cut off by the kill, and then names another key. */
  private static List<String> wholeLines(List<String> lines, String prefix) {
    assertThat(lines)
        .isNotEmpty()
        .allMatch(line -> prefix.startsWith(line) || line.startsWith(prefix));
    return lines.subList(0, lines.size() - 1);
  }
}
