package orchestrator.core.analysis;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import orchestrator.core.topology.InstanceKey;

/**
 * The latest verdict on each server with replicas, to tell when it changes. Immutable. A server
 * without a diagnosis has no problem.
 */
public final class AnalysisChangelog {
  public static final AnalysisChangelog EMPTY = new AnalysisChangelog(Map.of());

  /** A verdict that differs from the one before. */
  public record Change(InstanceKey key, AnalysisCode from, AnalysisCode to, Instant at) {}

  /** The changelog after an analysis, and what was new in it. */
  public record Update(AnalysisChangelog changelog, List<Change> changes) {
    public Update {
      changes = List.copyOf(changes);
    }
  }

  private final Map<InstanceKey, AnalysisCode> latest;

  private AnalysisChangelog(Map<InstanceKey, AnalysisCode> latest) {
    this.latest = latest;
  }

  /** Takes in all diagnoses of one analysis. */
  public Update update(List<Diagnosis> diagnoses, Instant now) {
    Map<InstanceKey, AnalysisCode> current = new HashMap<>();
    for (Diagnosis diagnosis : diagnoses) {
      if (diagnosis.replicas().count() > 0 && diagnosis.code() != AnalysisCode.NO_PROBLEM) {
        current.put(diagnosis.key(), diagnosis.code());
      }
    }
    if (current.equals(latest)) {
      return new Update(this, List.of());
    }
    List<Change> changes = new ArrayList<>();
    current.forEach((key, code) -> addIfChanged(changes, key, code, now));
    for (InstanceKey key : latest.keySet()) {
      if (!current.containsKey(key)) {
        addIfChanged(changes, key, AnalysisCode.NO_PROBLEM, now);
      }
    }
    changes.sort((left, right) -> left.key().compareTo(right.key()));
    return new Update(new AnalysisChangelog(Map.copyOf(current)), changes);
  }

  private void addIfChanged(List<Change> changes, InstanceKey key, AnalysisCode code, Instant now) {
    AnalysisCode before = latest.getOrDefault(key, AnalysisCode.NO_PROBLEM);
    if (before != code) {
      changes.add(new Change(key, before, code, now));
    }
  }
}
