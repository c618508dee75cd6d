package orchestrator.program;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Runs {@code bin/orchestrator-client}. */
public final class ClientScript {
  private static final Path SCRIPT = Path.of("..", "bin", "orchestrator-client");

  private ClientScript() {}

  public static void assumePrograms() throws Exception {
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
  public static Run run(Path folder, Map<String, String> environment, String... arguments)
      throws Exception {
    List<String> command = new ArrayList<>(List.of(SCRIPT.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(name -> name.startsWith("ORCHESTRATOR_"));
    builder.environment().putAll(environment);
    return Run.of(builder, folder).run();
  }
}
