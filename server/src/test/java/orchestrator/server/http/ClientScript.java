package orchestrator.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs {@code bin/orchestrator-client}. */
final class ClientScript {
  private static final Path SCRIPT = Path.of("..", "bin", "orchestrator-client");

  private ClientScript() {}

  record Run(int exit, String out, String err) {}

  static void assumePrograms() throws Exception {
    for (String program : List.of("bash", "curl", "jq")) {
      int exit =
          new ProcessBuilder("sh", "-c", "command -v " + program + " >/dev/null").start().waitFor();
      assumeTrue(exit == 0, program + " is not installed: the client's tests are skipped");
    }
  }

  /**
   * Runs it to its end.
   *
   * @param folder for what it prints
   * @param environment all that it knows of the servers
   */
  static Run run(Path folder, Map<String, String> environment, String... arguments)
      throws Exception {
    List<String> command = new ArrayList<>(List.of(SCRIPT.toString()));
    command.addAll(List.of(arguments));
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("ORCHESTRATOR_"));
    builder.environment().putAll(environment);
    Process process = builder.start();
    process.getOutputStream().close();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Run(
        process.exitValue(),
        Files.readString(out, StandardCharsets.UTF_8),
        Files.readString(err, StandardCharsets.UTF_8));
  }
}
