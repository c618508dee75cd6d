package orchestrator.sandbox.demo;

import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import orchestrator.sandbox.SandboxException;
import orchestrator.sandbox.ServerKind;
import orchestrator.sandbox.install.Installation;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code orchestrator demo}. */
@Command(
    name = "orchestrator demo",
    description = {
      "A real topology of four servers, three managers over it that form a raft group, and the",
      "master and the leading manager killed at the same time, and replaced.",
      "Stays up until Ctrl-C, so that you can look around; nothing is left behind."
    })
final class DemoCommand implements Callable<Integer> {
  private final Screen screen;

  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli before the command is called
  private CommandSpec command;

  @Option(
      names = "--servers",
      description = {
        "mysql-8.0, mysql-5.7 or mariadb-11.4. Default: mysql-8.0, or mariadb-11.4 where libraries",
        "that MySQL needs cannot be had."
      })
  private Optional<String> servers = Optional.empty();

  @Option(
      names = "--nodes",
      defaultValue = "3",
      description = "Managers: 1, 3 or 5. Default: ${DEFAULT-VALUE}")
  private int nodes = 3;

  @Option(
      names = "--once",
      description = "End after the failover; the exit code is 0 only when it was right.")
  private boolean once;

  @Option(names = "--keep-data", description = "Leave the data directories and logs at the end.")
  private boolean keepData;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "This text.")
  boolean help;

  private DemoCommand(Screen screen) {
    this.screen = screen;
  }

  static int execute(List<String> arguments, PrintStream out) {
    boolean terminal =
        Optional.ofNullable(System.console())
            .filter(console -> console.isTerminal() && out.equals(System.out))
            .isPresent();
    return new CommandLine(new DemoCommand(new Screen(out, terminal)))
        .execute(arguments.toArray(String[]::new));
  }

  @Override
  public Integer call() throws InterruptedException {
    int managers = nodes();
    Optional<ServerKind> wish = wish();
    Stopwatch start = Stopwatch.start();
    ServerKind kind =
        screen.during(
            "servers",
            () -> "looking for the program (fetched once, from Maven Central), " + start,
            () -> ServerChoice.of(wish, DemoCommand::install, screen));
    Cleanup cleanup = new Cleanup();
    Thread ending = new Thread(() -> end(cleanup));
    Runtime.getRuntime().addShutdownHook(ending);
    boolean right = isRight(new Play(kind, managers, keepData, cleanup, screen));
    if (!once) {
      screen.say("", "Ctrl-C ends the demo" + (keepData ? "." : " and removes all of it."));
      new CountDownLatch(1).await(); // until a signal ends the process
    }
    cleanup.close();
    Runtime.getRuntime().removeShutdownHook(ending);
    return right ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
  }

  /** Runs in the shutdown hook. */
  private void end(Cleanup cleanup) {
    screen.silence();
    cleanup.close();
  }

  /** A play that cannot go on says why, and leaves nothing to look at. */
  private boolean isRight(Play play) throws InterruptedException {
    try {
      return play.perform();
    } catch (DemoException | SandboxException e) {
      once = true;
      screen.print("");
      screen.say("FAILED", String.valueOf(e.getMessage()));
      play.lastWords().ifPresent(words -> screen.say("", words));
      return false;
    }
  }

  private int nodes() {
    if (nodes != 1 && nodes != 3 && nodes != 5) {
      throw new CommandLine.ParameterException(
          command.commandLine(), "--nodes must be 1, 3 or 5, got " + nodes);
    }
    return nodes;
  }

  private static void install(ServerKind kind) throws IOException {
    Installation.of(kind.distribution());
  }

  private Optional<ServerKind> wish() {
    try {
      return servers.map(ServerKind::ofLabel);
    } catch (IllegalArgumentException e) {
      throw new CommandLine.ParameterException(command.commandLine(), e.getMessage() + "", e);
    }
  }
}
