package orchestrator.sandbox.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import orchestrator.sandbox.Account;
import orchestrator.sandbox.SandboxException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** {@code orchestrator sandbox} and what can be asked of a running one. */
@Command(
    name = "orchestrator sandbox",
    description = "Real MySQL and MariaDB servers on loopback, for trying things out.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = StartCommand.class)
public final class SandboxCommands {
  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli before a command is called
  private CommandSpec command;

  @Option(
      names = "--name",
      scope = ScopeType.INHERIT,
      defaultValue = "default",
      description = "Name of the sandbox. Default: ${DEFAULT-VALUE}")
  private String name = "default";

  /** Runs the command; returns the exit code: 0 done, 1 failed, 2 misused. */
  public static int execute(List<String> arguments) {
    return new CommandLine(new SandboxCommands())
        .setExecutionExceptionHandler(SandboxCommands::explain)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .execute(arguments.toArray(String[]::new));
  }

  private static int explain(
      Exception failure, CommandLine commandLine, CommandLine.ParseResult arguments)
      throws Exception {
    if (failure instanceof SandboxException || failure instanceof IOException) {
      commandLine.getErr().println("sandbox: " + failure.getMessage());
      return CommandLine.ExitCode.SOFTWARE;
    }
    throw failure;
  }

  @Command(description = "Show the servers.", mixinStandardHelpOptions = true)
  int status() throws IOException {
    return ask(List.of("status"));
  }

  @Command(description = "Send SIGKILL to servers.", mixinStandardHelpOptions = true)
  int kill(@Parameters(arity = "1..*", paramLabel = "SERVER") List<String> servers)
      throws IOException {
    return ask("kill", servers);
  }

  @Command(description = "Send SIGSTOP to servers: they hang.", mixinStandardHelpOptions = true)
  int freeze(@Parameters(arity = "1..*", paramLabel = "SERVER") List<String> servers)
      throws IOException {
    return ask("freeze", servers);
  }

  @Command(description = "Let frozen servers go on.", mixinStandardHelpOptions = true)
  int resume(@Parameters(arity = "1..*", paramLabel = "SERVER") List<String> servers)
      throws IOException {
    return ask("resume", servers);
  }

  @Command(
      description = "Shut servers down cleanly; without a server, end the sandbox.",
      mixinStandardHelpOptions = true)
  int stop(@Parameters(arity = "0..*", paramLabel = "SERVER") @Nullable List<String> servers)
      throws IOException {
    return ask("stop", servers == null ? List.of() : servers);
  }

  @Command(
      description = "Start servers on their data, after a clean shutdown if they run.",
      mixinStandardHelpOptions = true)
  int restart(@Parameters(arity = "1..*", paramLabel = "SERVER") List<String> servers)
      throws IOException {
    return ask("restart", servers);
  }

  @Command(description = "Run one statement on a server.", mixinStandardHelpOptions = true)
  int sql(
      @Parameters(paramLabel = "SERVER") String server,
      @Parameters(paramLabel = "STATEMENT") String statement,
      @Option(
              names = "--as",
              defaultValue = "ADMIN",
              description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}")
          Account account)
      throws IOException {
    return ask(List.of("sql", server, account.name(), statement));
  }

  String name() {
    return name;
  }

  private int ask(String action, List<String> servers) throws IOException {
    List<String> words = new ArrayList<>(List.of(action));
    words.addAll(servers);
    return ask(words);
  }

  private int ask(List<String> words) throws IOException {
    Path socket =
        StateFile.socketOf(name)
            .orElseThrow(() ->
                new SandboxException(
                    String.format(
                        Locale.ROOT,
                        "No sandbox named %s runs; start one with: ./orchestrator sandbox start",
                        name)));
    ControlSocket.Reply reply = ControlSocket.ask(socket, words);
    if (!reply.succeeded()) {
      throw new SandboxException(reply.text());
    }
    command.commandLine().getOut().print(reply.text());
    command.commandLine().getOut().flush();
    return CommandLine.ExitCode.OK;
  }
}
