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

  /** Is part of the usage of a command that can show what it would do. */
  static final String DRY_RUN = "[--dry-run]";

  /** Asks the API and prints what it answers. */
  @FunctionalInterface
  interface Action {
    void run(CommandCall call) throws CommandException;
  }

  /** Whether it can show what it would do. */
  boolean hasDryRun() {
    return usage.contains(DRY_RUN);
  }

  String helpText() {
    return name + ":\n" + help + "\n\n    orchestrator -c " + name + (" " + usage).stripTrailing();
  }
}
