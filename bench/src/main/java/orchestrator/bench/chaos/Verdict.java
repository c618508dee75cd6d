package orchestrator.bench.chaos;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import orchestrator.sandbox.history.CommandFates;
import orchestrator.sandbox.history.CommandFates.Sighting;
import orchestrator.sandbox.history.Digests;
import orchestrator.sandbox.history.Failovers;
import orchestrator.sandbox.history.Failovers.Failover;
import orchestrator.sandbox.history.Leaders;
import orchestrator.sandbox.history.Linearizability;
import orchestrator.sandbox.history.Losses;
import orchestrator.sandbox.history.Losses.LeftBehind;
import orchestrator.sandbox.history.Masters;
import orchestrator.sandbox.history.Masters.Right;
import tools.jackson.databind.JsonNode;

/** What the checkers say of a run. */
final class Verdict {
  private static final int MOST_CONFIGURATIONS = 2_000_000;
  private static final int MOST_SHOWN = 10;

  /** How long a server that comes back may take writes beside its successor. */
  private static final Duration BACK_WRITABLE = Duration.ofSeconds(5);

  /** Recoveries are told in whole seconds, and servers are looked at four times a second. */
  private static final Duration BLUR = Duration.ofSeconds(3);

  private final World world;
  private final History history;
  private final Map<String, List<String>> violations = new LinkedHashMap<>();

  Verdict(World world, History history) {
    this.world = world;
    this.history = history;
  }

  /**
   * @param recoveries as the leader tells them at the end
   */
  void checkRecoveries(List<JsonNode> recoveries) {
    List<Failover> failovers =
        recoveries.stream()
            .filter(Verdict::hasPromoted)
            .sorted(Comparator.comparingLong(recovery -> recovery.path("Id").asLong()))
            .map(recovery ->
                new Failover(
                    recovery.path("UID").asString(""),
                    name(recovery.path("AnalysisEntry").path("AnalyzedInstanceKey")),
                    name(recovery.path("SuccessorKey"))))
            .toList();
    add(
        "a failure is failed over once",
        Failovers.violations(world.firstMaster().name(), failovers));
    List<Right> rights =
        Stream.concat(history.rights.stream(), recoveries.stream().map(this::right)).toList();
    add(
        "nobody is promoted but by the group",
        Masters.madeWritableWithoutRight(List.copyOf(history.samples), rights));
  }

  static boolean hasPromoted(JsonNode recovery) {
    return recovery.path("SuccessorKey").path("Port").asInt() > 0;
  }

  private Right right(JsonNode recovery) {
    String end = recovery.path("RecoveryEndTimestamp").asString("");
    return new Right(
        name(recovery.path("SuccessorKey")),
        history.clock().at(Instant.parse(recovery.path("RecoveryStartTimestamp").asString("")))
            - BLUR.toNanos(),
        (end.isEmpty() ? history.clock().now() : history.clock().at(Instant.parse(end)))
            + BLUR.toNanos());
  }

  private String name(JsonNode key) {
    String address = key.path("Hostname").asString("") + ":" + key.path("Port").asInt();
    return world.serverAt(address).map(server -> server.name()).orElse(address);
  }

  /**
   * @param end the traces that each node holds at the end
   */
  void checkCommands(Collection<List<Sighting>> end) {
    List<String> found = new ArrayList<>();
    for (List<Sighting> ofOneNode : end) {
      found.addAll(
          CommandFates.violations(history.commands, List.copyOf(history.sightings), ofOneNode));
    }
    add("no command is lost or doubled", found);
    add(
        "the key-values are linearizable",
        switch (Linearizability.check(List.copyOf(history.operations), MOST_CONFIGURATIONS)) {
          case Linearizability.Linearizable() -> List.of();
          case Linearizability.Violated violated -> List.of(violated.explanation());
          case Linearizability.Undecided(String key) -> List.of("not decided for " + key);
        });
  }

  void checkStates() {
    add("at most one leader per term", Leaders.violations(List.copyOf(history.claims)));
    add("equal states at equal entries", Digests.violations(List.copyOf(history.digests)));
    add(
        "at most one writable master in reach of the quorum",
        Masters.severalAtOnce(List.copyOf(history.samplesOfQuorum), BACK_WRITABLE));
  }

  /**
   * @param missing acknowledged rows that the master does not have at the end
   * @param found rows that replaced masters were found to have on their own
   */
  void checkRows(Map<Long, String> missing, List<LeftBehind> found, List<JsonNode> recoveries) {
    Set<Long> accounted =
        found.stream().flatMap(left -> left.rows().stream()).collect(Collectors.toSet());
    add(
        "rows are lost only by failovers that left them behind",
        missing.entrySet().stream()
            .filter(row -> !accounted.contains(row.getKey()))
            .map(row -> "row " + row.getKey() + ", acknowledged by " + row.getValue())
            .toList());
    add(
        "no failover denies a loss",
        Losses.denied(
            recoveries.stream().filter(Verdict::hasPromoted).map(this::report).toList(),
            found.stream().filter(left -> !wasMadeWritable(left)).toList()));
  }

  private Losses.Report report(JsonNode recovery) {
    JsonNode exact = recovery.path("Loss").path("Exact");
    return new Losses.Report(
        recovery.path("UID").asString(""),
        name(recovery.path("AnalysisEntry").path("AnalyzedInstanceKey")),
        history.clock().at(Instant.parse(recovery.path("RecoveryStartTimestamp").asString(""))),
        exact.isString() && exact.asString("").isEmpty());
  }

  /** By others than a failover: then it may have got rows after it was compared. */
  private boolean wasMadeWritable(LeftBehind left) {
    return history.rights.stream()
        .anyMatch(right -> right.server().equals(left.server()) && right.from() < left.at());
  }

  void add(String obligation, List<String> found) {
    violations.put(obligation, List.copyOf(found));
  }

  boolean isGood() {
    return violations.values().stream().allMatch(List::isEmpty);
  }

  /** One line for each obligation, and what was found against it. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    violations.forEach((obligation, found) -> {
      lines.add("%-8s %s".formatted(found.isEmpty() ? "holds" : "VIOLATED", obligation));
      found.stream().distinct().limit(MOST_SHOWN).forEach(text -> lines.add("           " + text));
    });
    return lines;
  }
}
