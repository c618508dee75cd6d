package orchestrator.sandbox;

import java.util.List;
import orchestrator.sandbox.command.SandboxCommands;

/** Entry point of {@code orchestrator sandbox}. */
public final class SandboxCommand {
  private SandboxCommand() {}

  /**
   * @param arguments as after {@code orchestrator sandbox}; {@code --help} lists them
   */
  public static void main(String... arguments) {
    System.exit(SandboxCommands.execute(List.of(arguments)));
  }
}
