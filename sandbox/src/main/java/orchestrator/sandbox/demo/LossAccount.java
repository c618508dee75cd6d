package orchestrator.sandbox.demo;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * What was lost according to the ledger, beside what the manager's report says.
 *
 * @param acknowledged transactions that the old master acknowledged
 * @param lost those of them that are not on the new one
 * @param report the manager's, of its record of the recovery
 */
record LossAccount(int acknowledged, List<Ledger.Acknowledged> lost, JsonNode report) {
  LossAccount {
    lost = List.copyOf(lost);
  }

  /** Whether the report admits every loss that the ledger shows. */
  boolean isAdmitted() {
    if (lost.isEmpty() || isNonEmptySet("Exact") || isNonEmptySet("KnownMissing")) {
      return true;
    }
    boolean saysNone = report.path("Exact").isString();
    // What was committed since the old master was last read nobody can know.
    return !saysNone && lost.stream().noneMatch(entry -> wasSeen(entry));
  }

  /** Times of the report are whole seconds, rounded down. */
  private boolean wasSeen(Ledger.Acknowledged entry) {
    return oldMasterSeen().filter(entry.at()::isBefore).isPresent();
  }

  private Optional<Instant> oldMasterSeen() {
    try {
      return Optional.of(Instant.parse(report.path("OldMasterSeen").asString("")));
    } catch (DateTimeParseException e) {
      return Optional.empty(); // not said
    }
  }

  private boolean isNonEmptySet(String name) {
    return !report.path(name).asString("").isEmpty();
  }

  /** By the ledger. */
  String inWords() {
    if (lost.isEmpty()) {
      return acknowledged + " acknowledged by the old master, all are on the new one";
    }
    return "%d acknowledged by the old master, %d of them LOST: row%s %s"
        .formatted(acknowledged, lost.size(), lost.size() == 1 ? "" : "s", rows());
  }

  private String rows() {
    long first = lost.getFirst().id();
    long last = lost.getLast().id();
    return first == last ? Long.toString(first) : first + " to " + last;
  }

  /** The manager's report. */
  String reportInWords() {
    if (report.path("Exact").isString()) {
      return isNonEmptySet("Exact")
          ? "lost: " + report.path("Exact").asString("")
          : "nothing was lost: the old master was compared";
    }
    String known;
    if (!report.path("KnownMissing").isString()) {
      known = "what was lost is not known";
    } else if (isNonEmptySet("KnownMissing")) {
      known = "known to be missing: " + report.path("KnownMissing").asString("");
    } else {
      known = "nothing is known to be missing";
    }
    String since = report.path("OldMasterSeen").asString("");
    return since.isEmpty()
        ? known
        : known
            + "; what was committed after "
            + since
            + " cannot be known before the old"
            + " master is back";
  }
}
