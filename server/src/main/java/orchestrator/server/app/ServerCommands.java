package orchestrator.server.app;

import java.util.List;

/** Commands that change one server. */
final class ServerCommands {
  /** A command of the same name as its endpoint. */
  private record Simple(String name, String help) {}

  private static final List<Simple> COMMANDS =
      List.of(
          new Simple("start-replica", "start replication"),
          new Simple("stop-replica", "stop replication"),
          new Simple("restart-replica", "stop and start replication"),
          new Simple("reset-replica", "forget what to replicate from"),
          new Simple("detach-replica-master-host", "break replication, keeping where it was from"),
          new Simple("reattach-replica-master-host", "undo a detach"),
          new Simple("set-read-only", "refuse writes"),
          new Simple("set-writeable", "accept writes"),
          new Simple("enable-semi-sync-master", "wait for semi-synchronous replicas"),
          new Simple("disable-semi-sync-master", "do not wait for semi-synchronous replicas"));

  private ServerCommands() {}

  static void addTo(CommandTable table) {
    table.section("Replication and servers");
    for (Simple command : COMMANDS) {
      table.addChange(
          command.name(),
          "-i HOST:PORT",
          command.help(),
          call -> call.printKey(call.ofServer(command.name()).path("Key")));
    }
  }
}
