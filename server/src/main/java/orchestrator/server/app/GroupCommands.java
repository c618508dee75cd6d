package orchestrator.server.app;

/**
 * Commands about the group of this node. The running node passes on what the leader must do, so
 * these are not refused to a member of a group, as other changes are.
 */
final class GroupCommands {
  private static final String NODE = "--hostname NODE";

  private GroupCommands() {}

  static void addTo(CommandTable table) {
    table.section("Raft group");
    table
        .add("raft-state", "", "the role of this node", c -> print(c, "raft-state"))
        .add("raft-leader", "", "the leader, by its raft address", c -> print(c, "raft-leader"))
        .add("raft-health", "", "whether this node takes part", c -> print(c, "raft-health"))
        .add(
            "raft-peers",
            "",
            "members, by their raft addresses",
            c -> c.get("raft-peers").forEach(peer -> c.print(peer.asString(""))))
        .add(
            "raft-yield",
            NODE,
            "hand leadership over to a node",
            c -> c.printMessage(ApiClient.path("raft-yield", c.node())))
        .add(
            "raft-yield-hint",
            NODE,
            "hand leadership over to a node that has this in its name",
            c -> c.printMessage(ApiClient.path("raft-yield-hint", c.node())))
        .add(
            "raft-reelect",
            "",
            "hand leadership over to whichever node",
            c -> c.printMessage("reelect"))
        .add(
            "raft-add-peer",
            NODE,
            "add a node that waits for it",
            c -> print(c, "raft-add-peer", c.node()))
        .add("raft-remove-peer", NODE, "remove a node", c -> print(c, "raft-remove-peer", c.node()))
        .add(
            "raft-snapshot", "", "have this node write a snapshot", c -> print(c, "raft-snapshot"));
  }

  private static void print(CommandCall call, String... path) throws CommandException {
    call.print(call.get(path).asString(""));
  }
}
