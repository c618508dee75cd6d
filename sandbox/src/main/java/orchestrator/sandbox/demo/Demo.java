package orchestrator.sandbox.demo;

import java.io.PrintStream;
import java.util.List;

/** Entry point of {@code orchestrator demo}. */
public final class Demo {
  private Demo() {}

  /**
   * @param arguments as after {@code orchestrator demo}; {@code --help} lists them
   */
  public static void main(String... arguments) {
    System.exit(run(List.of(arguments), System.out));
  }

  /**
   * Runs the demo to its end.
   *
   * @return 0 when the failover was right, 1 when it was not or could not be shown, 2 when misused
   */
  public static int run(List<String> arguments, PrintStream out) {
    return DemoCommand.execute(arguments, out);
  }
}
