package orchestrator.server.app;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Commands that say something of servers: that they exist, downtime, maintenance, rules, tags. */
final class FactCommands {
  private static final String SERVER = "-i HOST:PORT";
  private static final String SPAN = SERVER + " --reason TEXT [--duration 10m] [--owner NAME]";
  private static final int NOT_FOUND = 404;

  private FactCommands() {}

  static void addTo(CommandTable table) {
    table
        .section("Instance management")
        .addChange(
            "discover", SERVER, "make a server known, and what it leads to", c -> discover(c))
        .addChange("forget", SERVER, "make a server unknown", c -> forget(c))
        .addChange(
            "begin-downtime",
            SPAN,
            "let a server fail without recovery",
            c -> begin(c, "begin-downtime"))
        .addChange("end-downtime", SERVER, "end that", c -> c.printKey(c.ofServer("end-downtime")))
        .addChange(
            "begin-maintenance",
            SPAN,
            "lock a server against changes",
            c -> begin(c, "begin-maintenance"))
        .addChange(
            "end-maintenance", SERVER, "end that", c -> c.printKey(c.ofServer("end-maintenance")))
        .add("in-maintenance", SERVER, "prints the server if it is locked", c -> inMaintenance(c))
        .addChange(
            "register-candidate",
            SERVER + " --promotion-rule RULE",
            "prefer, neutral, prefer_not or must_not",
            c -> c.printKey(c.ofServer("register-candidate", c.arguments().promotionRule)))
        .add("bulk-promotion-rules", "", "all promotion rules", c -> rules(c))
        .addChange(
            "register-hostname-unresolve",
            SERVER + " --hostname NAME",
            "have replicas use another host name for a server",
            c -> c.printKey(c.ofServer("register-hostname-unresolve", replicaName(c))))
        .addChange(
            "deregister-hostname-unresolve",
            SERVER,
            "end that",
            c -> c.printKey(c.ofServer("deregister-hostname-unresolve")))
        .add("show-unresolve-hosts", "", "those names", c -> replicaNames(c));
    tags(table);
  }

  private static void tags(CommandTable table) {
    table
        .section("Tags")
        .add("tags", SERVER, "the tags of a server", c -> tags(c))
        .add("tag-value", SERVER + " --tag NAME", "the value of a tag", c -> value(c))
        .add(
            "tagged",
            "--tag NAME[=VALUE][,…]",
            "servers with tags; ~ negates",
            c -> c.printKeys(c.session().api().details("tagged" + query(c))))
        .addChange(
            "tag",
            SERVER + " --tag NAME[=VALUE]",
            "tag a server",
            c -> c.printKey(c.session().api().details(c.serverPath("tag") + query(c))))
        .addChange(
            "untag",
            SERVER + " --tag NAME[=VALUE]",
            "remove a tag of a server",
            c -> c.printKeys(c.session().api().details(c.serverPath("untag") + query(c))))
        .addChange(
            "untag-all",
            "--tag NAME=VALUE",
            "remove a tag of all servers",
            c -> c.printKeys(c.session().api().details("untag-all" + query(c))));
  }

  private static String query(CommandCall call) throws CommandException {
    return "?tag=" + ApiClient.encode(call.tag());
  }

  private static void discover(CommandCall call) throws CommandException {
    JsonNode found = call.ofServer("discover");
    call.session().readAll();
    if (found.isNull()) {
      throw new CommandException(call.server() + " is left out by the discovery filters");
    }
    call.printKey(found.path("Key"));
  }

  private static void forget(CommandCall call) throws CommandException {
    call.requiredServer();
    call.printKey(call.ofServer("forget"));
  }

  private static void begin(CommandCall call, String head) throws CommandException {
    Arguments arguments = call.arguments();
    String owner = arguments.owner.isBlank() ? "cli" : arguments.owner;
    String duration = arguments.duration.filter(text -> !text.isBlank()).orElse("10m");
    call.printKey(call.ofServer(head, owner, call.reason(), duration));
  }

  private static void inMaintenance(CommandCall call) throws CommandException {
    String key = call.ofServer("in-maintenance").asString("");
    if (!key.isEmpty()) {
      call.print(key);
    }
  }

  private static String replicaName(CommandCall call) throws CommandException {
    return call.arguments()
        .hostname
        .filter(name -> !name.isBlank())
        .orElseThrow(() -> new CommandException("--hostname is required: the name for replicas"));
  }

  private static void replicaNames(CommandCall call) throws CommandException {
    for (JsonNode name : call.get("hostname-unresolves")) {
      call.print(
          name.path("Hostname").asString("") + " " + name.path("UnresolvedHostname").asString(""));
    }
  }

  private static void rules(CommandCall call) throws CommandException {
    List<String> lines = new ArrayList<>();
    for (JsonNode rule : call.get("bulk-promotion-rules")) {
      lines.add(CommandCall.text(rule) + " " + rule.path("PromotionRule").asString(""));
    }
    lines.stream().sorted().forEach(call::print);
  }

  private static void tags(CommandCall call) throws CommandException {
    call.ofServer("tags").forEach(tag -> call.print(tag.asString("")));
  }

  /** A server without the tag is no error here. */
  private static void value(CommandCall call) throws CommandException {
    String tag = call.tag();
    try {
      call.print(
          call.session()
              .api()
              .details(call.serverPath("tag-value") + "?tag=" + ApiClient.encode(tag))
              .asString(""));
    } catch (CommandException e) {
      if (e.status() != NOT_FOUND) {
        throw e;
      }
    }
  }
}
