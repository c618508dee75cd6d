package orchestrator.server.app;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import orchestrator.core.facts.RecoveryOrigin;
import orchestrator.core.topology.InstanceKey;
import tools.jackson.databind.JsonNode;

/** Commands about failures and recoveries. */
final class RecoveryCommands {
  private static final String CLUSTER = "-alias NAME | -i HOST:PORT";
  private static final String SERVER = "-i HOST:PORT";
  private static final String DRY_RUN = " " + CliCommand.DRY_RUN;

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
            SERVER + " [-d CANDIDATE]" + DRY_RUN,
            "recover from the failure of a server",
            c -> recover(c, "recover"))
        .addLiveChange(
            "recover-lite",
            SERVER + " [-d CANDIDATE]" + DRY_RUN,
            "the same without running processes",
            c -> recover(c, "recover-lite"))
        .addLiveChange(
            "force-master-failover",
            CLUSTER + DRY_RUN,
            "replace the master of a cluster, dead or not",
            c -> replace(c, "force-master-failover"))
        .addLiveChange(
            "force-master-takeover",
            CLUSTER + " -d REPLICA" + DRY_RUN,
            "the same by a given replica",
            c -> {
              if (c.destination().isEmpty()) {
                throw new CommandException("-d is required: the replica");
              }
              replace(c, "force-master-takeover");
            });
    takeovers(table);
    demotedMasters(table);
    acknowledgements(table);
    BrakeCommands.addTo(table);
  }

  private static void takeovers(CommandTable table) {
    for (String name : List.of(RecoveryOrigin.TAKEOVER, RecoveryOrigin.TAKEOVER_AUTO)) {
      table.addLiveChange(
          name,
          CLUSTER + " [-d REPLICA]" + DRY_RUN,
          name.equals(RecoveryOrigin.TAKEOVER)
              ? "replace a living master; the old one is left stopped"
              : "the same; the best replica if none is given, and the old master replicates",
          c -> replace(c, name));
    }
  }

  private static void demotedMasters(CommandTable table) {
    table
        .add(
            "demoted-masters",
            "",
            "old masters that are kept read-only",
            c -> c.printServers(c.get("demoted-masters")))
        .add(
            "kept-read-only",
            "",
            "replicas that are kept read-only, since they were masters",
            c -> c.printServers(c.get("kept-read-only")))
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
    print(call, call.ofServer("recovery-plan"));
  }

  private static void print(CommandCall call, JsonNode plan) {
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
    for (JsonNode candidate : plan.path("Candidates")) {
      printCandidate(call, candidate);
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
    for (JsonNode entry : plan.path("KeyValues")) {
      call.print(
          "Key-value %s: %s"
              .formatted(entry.path("Key").asString(""), entry.path("Value").asString("")));
    }
    plan.path("Errors").forEach(error -> call.print("Error: " + error.asString("")));
  }

  private static void printCandidate(CommandCall call, JsonNode candidate) {
    List<String> reasons = new ArrayList<>();
    candidate.path("Reasons").forEach(reason -> reasons.add(reason.asString("")));
    call.print(
        "%s %s: %s"
            .formatted(
                candidate.path("Eligible").asBoolean(false) ? "Candidate" : "Rejected",
                CommandCall.text(candidate.path("Key")),
                String.join("; ", reasons)));
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
    if (call.arguments().dryRun) {
      print(call, call.session().api().details(call.serverPath(head, further) + "?dry-run=true"));
      return;
    }
    try {
      call.printKey(call.ofServer(head, further));
    } catch (CommandException e) {
      if (!e.text().contains(NOTHING)) {
        throw e;
      }
      call.err().println(e.text());
    }
  }

  /** Prints the successor and, of a takeover, the place in its log where it became the master. */
  private static void replace(CommandCall call, String head) throws CommandException {
    List<String> segments = new ArrayList<>(List.of(head, call.cluster()));
    call.destination()
        .ifPresent(key -> {
          segments.add(key.hostname());
          segments.add(String.valueOf(key.port()));
        });
    String path = ApiClient.path(segments.toArray(String[]::new));
    if (call.arguments().dryRun) {
      print(call, call.session().api().details(path + "?dry-run=true"));
      return;
    }
    JsonNode recovery = call.session().api().details(path);
    call.printKey(recovery.path("SuccessorKey"));
    JsonNode place = recovery.path("SuccessorBinlogCoordinates");
    if (head.startsWith(RecoveryOrigin.TAKEOVER) && place.has("LogFile")) {
      call.print(place.path("LogFile").asString("") + ":" + place.path("LogPos").asLong(0));
    }
  }

  private static String instancePath(CommandCall call) throws CommandException {
    InstanceKey key = call.server();
    return ApiClient.path("ack-recovery", "instance", key.hostname(), String.valueOf(key.port()));
  }

  private static void acknowledge(CommandCall call, String path) throws CommandException {
    call.printMessage(path + "?comment=" + ApiClient.encode(call.reason()));
  }
}
