package orchestrator.sandbox.install;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs a program to its end and keeps what it printed. */
public final class Commands {
  /** What a program printed (both streams) and how it ended. */
  public record Outcome(int exitCode, String output) {
    public boolean succeeded() {
      return exitCode == 0;
    }

    /** The last lines of the output: where programs say what was wrong. */
    public String tail() {
      List<String> lines = output.lines().filter(line -> !line.isBlank()).toList();
      return String.join("\n", lines.subList(Math.max(0, lines.size() - 12), lines.size()));
    }
  }

  private Commands() {}

  /**
   * @param input file for standard input
   * @throws IOException if the program cannot be started or does not end in time (it is killed
   *     then)
   */
  public static Outcome run(
      Path folder,
      Map<String, String> environment,
      Path input,
      Duration limit,
      List<String> command)
      throws IOException {
    Path output = Files.createTempFile("orchestrator-", ".out");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectInput(input.toFile())
              .redirectErrorStream(true)
              .redirectOutput(output.toFile());
      builder.environment().putAll(environment);
      Process process = builder.start();
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly().waitFor();
        throw new IOException(
            command.getFirst() + " did not end within " + limit.toSeconds() + " s");
      }
      return new Outcome(process.exitValue(), Files.readString(output, StandardCharsets.UTF_8));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while running " + command.getFirst());
    } finally {
      Files.deleteIfExists(output);
    }
  }

  public static Outcome run(Path folder, Duration limit, List<String> command) throws IOException {
    return run(folder, Map.of(), Path.of("/dev/null"), limit, command);
  }
}
