package orchestrator.server.app;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import orchestrator.server.app.CliCommand.Action;

/** All commands, in the order of their help, and the other names they go by. */
final class CommandTable {
  private static final Map<String, String> SYNONYMS =
      Map.ofEntries(
          Map.entry("stop-slave", "stop-replica"),
          Map.entry("start-slave", "start-replica"),
          Map.entry("restart-slave", "restart-replica"),
          Map.entry("reset-slave", "reset-replica"),
          Map.entry("which-slaves", "which-replicas"),
          Map.entry("which-cluster-osc-slaves", "which-cluster-osc-replicas"),
          Map.entry("detach-slave", "detach-replica-master-host"),
          Map.entry("detach-replica", "detach-replica-master-host"),
          Map.entry("detach-slave-master-host", "detach-replica-master-host"),
          Map.entry("reattach-slave", "reattach-replica-master-host"),
          Map.entry("reattach-replica", "reattach-replica-master-host"),
          Map.entry("reattach-slave-master-host", "reattach-replica-master-host"));

  private final Map<String, CliCommand> commands = new LinkedHashMap<>();
  private String section = "";

  private CommandTable() {}

  static CommandTable standard() {
    CommandTable table = new CommandTable();
    InformationCommands.addTo(table);
    FactCommands.addTo(table);
    PoolCommands.addTo(table);
    ServerCommands.addTo(table);
    RecoveryCommands.addTo(table);
    GroupCommands.addTo(table);
    return table;
  }

  CommandTable section(String name) {
    section = name;
    return this;
  }

  /** Adds a command that looks, and is content with what is known. */
  CommandTable add(String name, String usage, String help, Action action) {
    return put(new CliCommand(name, section, usage, help, false, false, false, action));
  }

  /** Adds a command that looks at the servers as they are now. */
  CommandTable addLive(String name, String usage, String help, Action action) {
    return put(new CliCommand(name, section, usage, help, true, false, false, action));
  }

  /** Adds a command that changes something. */
  CommandTable addChange(String name, String usage, String help, Action action) {
    return put(new CliCommand(name, section, usage, help, false, true, false, action));
  }

  /** Adds a command that changes something, after looking at the servers as they are now. */
  CommandTable addLiveChange(String name, String usage, String help, Action action) {
    return put(new CliCommand(name, section, usage, help, true, true, false, action));
  }

  /** Adds a command that changes something, of all the servers of {@code -i} at once. */
  CommandTable addChangeOfList(String name, String usage, String help, Action action) {
    return put(new CliCommand(name, section, usage, help, false, true, true, action));
  }

  private CommandTable put(CliCommand command) {
    commands.put(command.name(), command);
    return this;
  }

  Optional<CliCommand> find(String name) {
    return Optional.ofNullable(commands.get(SYNONYMS.getOrDefault(name, name)));
  }

  Collection<CliCommand> all() {
    return List.copyOf(commands.values());
  }

  /** The list for people: sections, and each command with what it does. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    String last = "";
    for (CliCommand command : commands.values()) {
      if (!command.section().equals(last)) {
        last = command.section();
        lines.add(last + ":");
      }
      lines.add("  %-30s %s".formatted(command.name(), command.help()));
    }
    return lines;
  }
}
