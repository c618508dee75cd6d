package orchestrator.core.analysis;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import orchestrator.core.facts.Downtime;
import orchestrator.core.topology.InstanceKey;

/**
 * What is wrong with one server, and all that led to the verdict.
 *
 * @param structure what else is questionable about it, in the order of {@link StructureCode}
 * @param downtime of the server itself, if it is in one now
 * @param at when the verdict was given
 */
public record Diagnosis(
    AnalysisCode code,
    List<StructureCode> structure,
    Subject subject,
    ReplicaSummary replicas,
    ClusterInfo cluster,
    Optional<Downtime> downtime,
    Instant at) {

  public Diagnosis {
    structure = List.copyOf(structure);
  }

  public InstanceKey key() {
    return subject.key();
  }

  /** One sentence for people; empty when there is no problem. */
  public String description() {
    return Descriptions.of(code, subject, replicas);
  }

  public boolean isProblem() {
    return code != AnalysisCode.NO_PROBLEM || !structure.isEmpty();
  }

  public boolean isDowntimed() {
    return downtime.isPresent();
  }

  /** Whether only its replicas are affected, and every one of them is in downtime. */
  public boolean areReplicasDowntimed() {
    return code.isSkippedWhenAllReplicasAreDowntimed() && replicas.count() == replicas.downtimed();
  }

  /** Whether nothing is to be done about it, since people said so. */
  public boolean isSkippableDueToDowntime() {
    return isDowntimed() || areReplicasDowntimed();
  }

  /** How long its downtime goes on; zero when it is in none. */
  public Duration downtimeRemaining() {
    return downtime.map(d -> Duration.between(at, d.end())).orElse(Duration.ZERO);
  }

  /**
   * Whether a recovery may follow.
   *
   * @param inGrace whether the IO threads of its replicas were restarted a moment ago, see {@link
   *     EmergencyMemory#isInGrace}
   */
  public boolean isActionable(boolean inGrace) {
    return code.recoveryFunction().isActionable() && !(inGrace && code.waitsForRestartedReplicas());
  }

  /** The same server treated as if this were the verdict: a person knows better. */
  public Diagnosis as(AnalysisCode other) {
    return new Diagnosis(other, structure, subject, replicas, cluster, downtime, at);
  }

  /** The verdict, if there is one, and the structure codes, joined by {@code ", "}. */
  public String displayString() {
    List<String> names = new ArrayList<>();
    if (code != AnalysisCode.NO_PROBLEM) {
      names.add(code.displayName());
    }
    structure.forEach(warning -> names.add(warning.displayName()));
    return names.stream().collect(Collectors.joining(", "));
  }
}
