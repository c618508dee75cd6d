package orchestrator.server.app;

/**
 * A command of the command line.
 *
 * @param usage the arguments it takes
 * @param readsServers whether it needs the servers as they are now, not as they were last read
 * @param changes whether it changes a server, or what is said of servers
 */
record CliCommand(
    String name,
    String section,
    String usage,
    String help,
    boolean readsServers,
    boolean changes,
    boolean takesList,
    Action action) {

  /** Asks the API and prints what it answers. */
  @FunctionalInterface
  interface Action {
    void run(CommandCall call) throws CommandException;
  }

  String helpText() {
    return name + ":\n" + help + "\n\n    orchestrator -c " + name + (" " + usage).stripTrailing();
  }
}
