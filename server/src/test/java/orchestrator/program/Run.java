package orchestrator.program;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * What came of a program.
 *
 * @param out what it printed for whoever asked
 * @param err what it said beside that
 */
public record Run(int exit, String out, String err) {
  private static final long LIMIT_SECONDS = 120;

  /** What came of it, and which process it was. */
  public record OfProcess(Run run, long pid) {}

  /**
   * Runs a program to its end. It has nothing to read.
   *
   * @param folder for what it prints
   */
  public static OfProcess of(ProcessBuilder program, Path folder)
      throws IOException, InterruptedException {
    Path out = Files.createTempFile(folder, "out", "");
    Path err = Files.createTempFile(folder, "err", "");
    Process process = program.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    process.getOutputStream().close();
    if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("It still runs: " + program.command());
    }
    return new OfProcess(
        new Run(
            process.exitValue(),
            Files.readString(out, StandardCharsets.UTF_8),
            Files.readString(err, StandardCharsets.UTF_8)),
        process.pid());
  }
}
