package orchestrator.system;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import orchestrator.program.Run;

/** The program as a process that runs one command and ends. */
final class Program {
  private Program() {}

  static Run run(Path folder, String... arguments) throws IOException, InterruptedException {
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
    return Run.of(new ProcessBuilder(command), folder).run();
  }
}
