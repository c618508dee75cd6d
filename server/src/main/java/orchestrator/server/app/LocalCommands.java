package orchestrator.server.app;

import java.io.PrintStream;
import java.util.List;
import orchestrator.server.config.Configuration;

final class LocalCommands {
  private LocalCommands() {}

  static String help(String command) {
    return command;
  }

  static List<String> names() {
    return List.of();
  }

  static int run(
      String command,
      Arguments arguments,
      Configuration configuration,
      PrintStream out,
      PrintStream err) {
    err.println("FATAL unknown command: " + command);
    return Main.FAILED;
  }
}
