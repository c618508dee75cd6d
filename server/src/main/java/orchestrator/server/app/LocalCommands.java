package orchestrator.server.app;

import java.io.IOException;
import java.io.PrintStream;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import orchestrator.core.topology.InstanceKey;
import orchestrator.server.config.Configuration;

/** The command line of the program: {@code -c COMMAND}. */
final class LocalCommands {
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");
  private static final Set<String> PROMOTION_RULES =
      Set.of("prefer", "neutral", "prefer_not", "must_not");
  private static final CommandTable TABLE = CommandTable.standard();

  private LocalCommands() {}

  /** The help of a command; its name alone when there is no such command. */
  static String help(String command) {
    return switch (command) {
      case "help" -> "help:\nThe list of commands";
      case "dump-config" -> "dump-config:\nThe effective configuration as JSON, without secrets";
      default -> TABLE.find(command).map(CliCommand::helpText).orElse(command + ":");
    };
  }

  /** The commands by section, as lines for people. */
  static List<String> names() {
    List<String> lines = new ArrayList<>(TABLE.lines());
    lines.add("Meta:");
    lines.add("  %-30s %s".formatted("dump-config", "the effective configuration, as JSON"));
    lines.add("  %-30s %s".formatted("help", "this list"));
    return lines;
  }

  /** Runs a command for each server of {@code -i}; the first failure ends the run. */
  static int run(
      String command,
      Arguments arguments,
      Configuration configuration,
      PrintStream out,
      PrintStream err) {
    Optional<CliCommand> found = TABLE.find(command);
    if (found.isEmpty()) {
      fatal(err, "Unknown command, or one that is not supported yet: " + command);
      names().forEach(err::println);
      return Main.FAILED;
    }
    if (!PROMOTION_RULES.contains(arguments.promotionRule)) {
      fatal(err, "Invalid --promotion-rule: " + arguments.promotionRule);
      return Main.FAILED;
    }
    if (arguments.dryRun && !found.get().hasDryRun()) {
      fatal(err, "There is no dry run of " + command + ": nothing was done");
      return Main.FAILED;
    }
    boolean inGroup = configuration.raft().enabled() && !arguments.ignoreRaftSetup;
    if (inGroup && found.get().changes()) {
      fatal(err, refusal(found.get()));
      return Main.FAILED;
    }
    try (CommandSession session = open(configuration, arguments.owner, inGroup)) {
      int port = configuration.topologyAccess().defaultPort();
      run(found.get(), arguments, new InstanceKey(Settings.hostname(), port), session, out, err);
      return 0;
    } catch (CommandException e) {
      fatal(err, e.text());
      return Main.FAILED;
    } catch (IOException e) {
      fatal(err, String.valueOf(e.getMessage()));
      return Main.FAILED;
    }
  }

  private static String refusal(CliCommand command) {
    return """
    This node belongs to a raft group (RaftEnabled): a change made here would not reach the \
    others. Use ORCHESTRATOR_API="http://node1:3000 http://node2:3000 …" \
    orchestrator-client -c %s, which asks the leader, or its API. Only when the group cannot be \
    had again: --ignore-raft-setup changes what this node alone knows\
    """
        .formatted(command.name());
  }

  private static CommandSession open(Configuration configuration, String owner, boolean inGroup)
      throws CommandException {
    return inGroup
        ? CommandSession.ofGroup(configuration, owner)
        : CommandSession.open(configuration, owner);
  }

  /** As {@link #run}, where the session is open already. */
  static void run(
      CliCommand command,
      Arguments arguments,
      InstanceKey self,
      CommandSession session,
      PrintStream out,
      PrintStream err)
      throws CommandException {
    if (command.readsServers()) {
      session.readAll();
    }
    List<Optional<String>> instances =
        command.takesList() ? List.of(arguments.instance) : elements(arguments.instance);
    for (Optional<String> instance : instances) {
      command.action().run(new CommandCall(arguments, instance, self, session, out, err));
    }
  }

  private static List<Optional<String>> elements(Optional<String> instances) {
    List<Optional<String>> elements = new ArrayList<>();
    for (String element : instances.orElse("").split("[,\\s]+")) {
      if (!element.isEmpty()) {
        elements.add(Optional.of(element));
      }
    }
    return elements.isEmpty() ? List.of(Optional.empty()) : elements;
  }

  private static void fatal(PrintStream err, String message) {
    err.println(LocalDateTime.now(ZoneId.systemDefault()).format(TIME) + " FATAL " + message);
  }
}
