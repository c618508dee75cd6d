package orchestrator.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The program as a process that runs one command and ends. */
final class Program {
  private static final long LIMIT_SECONDS = 120;

  private Program() {}

  /**
   * How it ended.
   *
   * @param out what it printed for whoever asked
   * @param err what it said beside that
   */
  record Run(int exit, String out, String err) {}

  static Run run(Path folder, String... arguments) throws IOException, InterruptedException {
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                "orchestrator.server.app.Main"));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("It still runs: " + List.of(arguments));
    }
    return new Run(process.exitValue(), Files.readString(out), Files.readString(err));
  }
}
