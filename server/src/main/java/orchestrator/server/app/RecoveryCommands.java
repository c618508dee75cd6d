package orchestrator.server.app;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import orchestrator.core.topology.InstanceKey;
import tools.jackson.databind.JsonNode;

/** Commands about failures and recoveries. */
final class RecoveryCommands {
  private static final String CLUSTER = "-alias NAME | -i HOST:PORT";
  private static final String SERVER = "-i HOST:PORT";

  /** How the API says that there was no failure, which is no error here. */
  private static final String NOTHING = "Nothing to recover:";

  private RecoveryCommands() {}

  static void addTo(CommandTable table) {
    table
        .section("Recovery")
        .addLive("replication-analysis", "", "what is wrong now", c -> analysis(c))
        .addLive(
            "recovery-plan",
            SERVER,
            "what a recovery would do if the master were dead now; changes nothing",
            c -> plan(c))
        .addLive(
            "explain",
            SERVER,
            "why the failure of a server is, was, or is not recovered from",
            c -> c.ofServer("explain").path("Lines").forEach(line -> c.print(line.asString(""))))
        .addLiveChange(
            "recover",
            SERVER + " [-d CANDIDATE]",
            "recover from the failure of a server",
            c -> recover(c, "recover"))
        .addLiveChange(
            "recover-lite",
            SERVER + " [-d CANDIDATE]",
            "the same without running processes",
            c -> recover(c, "recover-lite"))
        .addLiveChange(
            "force-master-failover",
            CLUSTER,
            "replace the master of a cluster, dead or not",
            c -> printSuccessor(c, c.get("force-master-failover", c.cluster())))
        .addLiveChange(
            "force-master-takeover",
            CLUSTER + " -d REPLICA",
            "the same by a given replica",
            c -> takeover(c));
    demotedMasters(table);
    acknowledgements(table);
    BrakeCommands.addTo(table);
  }

  private static void demotedMasters(CommandTable table) {
    table
        .add(
            "demoted-masters",
            "",
            "old masters that are kept read-only",
            c -> c.printServers(c.get("demoted-masters")))
        .addChange(
            "release-demoted-master",
            SERVER,
            "let an old master be as it is, writable or not",
            c -> {
              c.requiredServer();
              c.printKey(c.ofServer("release-demoted-master"));
            })
        .addChange(
            "reattach-demoted-master",
            SERVER,
            "make an old master a replica of its successor",
            c -> {
              c.requiredServer();
              c.printKey(c.ofServer("reattach-demoted-master"));
            });
  }

  private static void acknowledgements(CommandTable table) {
    table
        .addChange(
            "ack-all-recoveries",
            "--reason TEXT",
            "take note of all recoveries",
            c -> acknowledge(c, "ack-all-recoveries"))
        .addChange(
            "ack-cluster-recoveries",
            CLUSTER + " --reason TEXT",
            "take note of the recoveries of a cluster",
            c -> acknowledge(c, ApiClient.path("ack-recovery", "cluster", c.cluster())))
        .addChange(
            "ack-instance-recoveries",
            SERVER + " --reason TEXT",
            "take note of the recoveries of a server",
            c -> acknowledge(c, instancePath(c)));
  }

  private static void analysis(CommandCall call) throws CommandException {
    for (JsonNode entry : call.get("replication-analysis")) {
      if (!entry.path("SkippableDueToDowntime").asBoolean(false)) {
        call.print(
            "%s (cluster %s): %s"
                .formatted(
                    CommandCall.text(entry.path("AnalyzedInstanceKey")),
                    entry.path("ClusterDetails").path("ClusterName").asString(""),
                    String.join(", ", codes(entry))));
      }
    }
  }

  private static List<String> codes(JsonNode entry) {
    List<String> codes = new ArrayList<>();
    String analysis = entry.path("Analysis").asString("");
    if (!analysis.equals("NoProblem")) {
      codes.add(analysis);
    }
    entry.path("StructureAnalysis").forEach(code -> codes.add(code.asString("")));
    return codes;
  }

  private static void plan(CommandCall call) throws CommandException {
    JsonNode plan = call.ofServer("recovery-plan");
    String successor = CommandCall.text(plan.path("SuccessorKey"));
    call.print("Failed: " + CommandCall.text(plan.path("FailedInstanceKey")));
    call.print("Promoted: " + (successor.isEmpty() ? "nobody" : successor));
    call.print("Expected loss: " + plan.path("ExpectedLoss").asString(""));
    for (JsonNode gate : plan.path("Gates")) {
      call.print(
          "Gate %s: %s (%s)"
              .formatted(
                  gate.path("Name").asString(""),
                  gate.path("Open").asBoolean(false) ? "open" : "CLOSED",
                  gate.path("Explanation").asString("")));
    }
    for (JsonNode replica : plan.path("Replicas")) {
      call.print(
          "Replica %s: %s %s"
              .formatted(
                  CommandCall.text(replica.path("Key")),
                  replica.path("Fate").asString(""),
                  replica.path("Reason").asString(""))
              .stripTrailing());
    }
    for (JsonNode step : plan.path("Steps")) {
      printStep(call, step);
    }
    plan.path("Errors").forEach(error -> call.print("Error: " + error.asString("")));
  }

  private static void printStep(CommandCall call, JsonNode step) {
    switch (step.path("Type").asString("")) {
      case "change" -> {
        String key = CommandCall.text(step.path("Key"));
        step.path("Statements").forEach(sql -> call.print("On " + key + ": " + sql.asString("")));
      }
      case "process" ->
          call.print(
              "Run %s: %s"
                  .formatted(step.path("Hook").asString(""), step.path("Command").asString("")));
      case "agree" ->
          step.path("Journal").forEach(entry -> call.print("Record: " + entry.asString("")));
      default -> call.print(step.toString());
    }
  }

  private static void recover(CommandCall call, String head) throws CommandException {
    Optional<InstanceKey> candidate = call.destination();
    String[] further =
        candidate
            .map(key -> new String[] {key.hostname(), String.valueOf(key.port())})
            .orElseGet(() -> new String[0]);
    try {
      call.printKey(call.ofServer(head, further));
    } catch (CommandException e) {
      if (!e.text().contains(NOTHING)) {
        throw e;
      }
      call.err().println(e.text());
    }
  }

  private static void takeover(CommandCall call) throws CommandException {
    InstanceKey designated =
        call.destination().orElseThrow(() -> new CommandException("-d is required: the replica"));
    printSuccessor(
        call,
        call.get(
            "force-master-takeover",
            call.cluster(),
            designated.hostname(),
            String.valueOf(designated.port())));
  }

  private static void printSuccessor(CommandCall call, JsonNode recovery) {
    call.printKey(recovery.path("SuccessorKey"));
  }

  private static String instancePath(CommandCall call) throws CommandException {
    InstanceKey key = call.server();
    return ApiClient.path("ack-recovery", "instance", key.hostname(), String.valueOf(key.port()));
  }

  private static void acknowledge(CommandCall call, String path) throws CommandException {
    call.printMessage(path + "?comment=" + ApiClient.encode(call.reason()));
  }
}
