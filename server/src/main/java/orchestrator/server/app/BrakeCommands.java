package orchestrator.server.app;

import tools.jackson.databind.JsonNode;

/** Commands that let the managers recover less by themselves, or again. */
final class BrakeCommands {
  private static final String CLUSTER = "-alias NAME | -i HOST:PORT";

  private BrakeCommands() {}

  static void addTo(CommandTable table) {
    globalSwitch(table);
    table
        .add(
            "recovery-brakes",
            "",
            "what keeps failures from being recovered: switch, brake, budget, pauses",
            c -> brakes(c))
        .add(
            "blocked-recoveries",
            "",
            "failures that are not recovered just now, and why",
            c -> blocked(c))
        .addChange(
            "release-recovery-brake",
            "[--reason TEXT]",
            "recover again after a mass failure",
            c -> release(c))
        .addChange(
            "pause-recoveries",
            CLUSTER + " --reason TEXT [--duration 10m] [--owner NAME]",
            "recover nothing of a cluster for a while",
            c -> pause(c))
        .addChange(
            "resume-recoveries",
            CLUSTER,
            "end that",
            c -> c.print(c.get("resume-recoveries", c.cluster()).asString("")));
  }

  private static void globalSwitch(CommandTable table) {
    table
        .addChange(
            "disable-global-recoveries",
            "",
            "recover nothing by itself",
            c -> {
              c.get("disable-global-recoveries");
              c.print("OK: Orchestrator recoveries DISABLED globally");
            })
        .addChange(
            "enable-global-recoveries",
            "",
            "recover again",
            c -> {
              c.get("enable-global-recoveries");
              c.print("OK: Orchestrator recoveries ENABLED globally");
            })
        .add(
            "check-global-recoveries",
            "",
            "which of both it is",
            c -> {
              boolean disabled = c.get("check-global-recoveries").asString("").equals("disabled");
              c.print("OK: Global recoveries disabled: " + disabled);
            });
  }

  private static void brakes(CommandCall call) throws CommandException {
    JsonNode brakes = call.get("recovery-brakes");
    boolean enabled = brakes.path("GlobalRecoveriesEnabled").asBoolean(false);
    call.print("Global recoveries: " + (enabled ? "enabled" : "DISABLED"));
    boolean on = brakes.path("MassFailureBrakeOn").asBoolean(false);
    call.print(
        "Mass-failure brake: "
            + (on
                ? "ON since %s: %s".formatted(text(brakes, "PulledAt"), text(brakes, "Reason"))
                : "off"));
    int limit = brakes.path("BudgetServers").asInt(0);
    call.print(
        limit == 0
            ? "Budget: no limit"
            : "Budget: %d of %d servers recovered within %d minutes"
                .formatted(
                    brakes.path("RecoveredServers").size(),
                    limit,
                    brakes.path("BudgetMinutes").asInt(0)));
    for (JsonNode pause : brakes.path("PausedClusters")) {
      call.print(
          "Paused: %s until %s by %s: %s"
              .formatted(
                  text(pause, "ClusterName"),
                  text(pause, "EndTimestamp"),
                  text(pause, "Owner"),
                  text(pause, "Reason")));
    }
  }

  private static void blocked(CommandCall call) throws CommandException {
    for (JsonNode blocked : call.get("blocked-recoveries")) {
      call.print(
          "%s (%s): %s"
              .formatted(
                  CommandCall.text(blocked.path("FailedInstanceKey")),
                  text(blocked, "Analysis"),
                  text(blocked, "Reason")));
    }
  }

  private static void release(CommandCall call) throws CommandException {
    String comment = call.arguments().reason.orElse("");
    call.printMessage("release-recovery-brake?comment=" + ApiClient.encode(comment));
  }

  private static void pause(CommandCall call) throws CommandException {
    Arguments arguments = call.arguments();
    String owner = arguments.owner.isBlank() ? "cli" : arguments.owner;
    String duration = arguments.duration.filter(text -> !text.isBlank()).orElse("10m");
    call.print(
        call.get("pause-recoveries", call.cluster(), owner, call.reason(), duration).asString(""));
  }

  private static String text(JsonNode object, String name) {
    return object.path(name).asString("");
  }
}
