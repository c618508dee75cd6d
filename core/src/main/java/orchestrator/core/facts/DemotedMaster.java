package orchestrator.core.facts;

import java.time.Instant;
import java.util.Optional;
import orchestrator.core.gtid.GtidDifference;
import orchestrator.core.topology.InstanceKey;

/**
 * A former master that must not take writes again. It is watched each second, and set read-only on
 * sight, until a person says otherwise or it replicates again.
 *
 * @param successor the server that was promoted in its place
 * @param compared what came of comparing it with its successor last; empty until it answers again
 */
public record DemotedMaster(
    InstanceKey key,
    String recoveryUid,
    InstanceKey successor,
    Instant since,
    Optional<Comparison> compared) {

  /** One that has not come back yet. */
  public DemotedMaster(InstanceKey key, String recoveryUid, InstanceKey successor, Instant since) {
    this(key, recoveryUid, successor, since, Optional.empty());
  }

  /**
   * @param onlyHere the transactions that it has and its successor lacks
   * @param at when this was found first
   */
  public record Comparison(GtidDifference onlyHere, Instant at) {}

  /** The same server by another name. */
  public DemotedMaster withKey(InstanceKey name) {
    return new DemotedMaster(name, recoveryUid, successor, since, compared);
  }

  /** The same, where its successor has another name. */
  public DemotedMaster succeededBy(InstanceKey name) {
    return new DemotedMaster(key, recoveryUid, name, since, compared);
  }

  public DemotedMaster comparedAs(Comparison comparison) {
    return new DemotedMaster(key, recoveryUid, successor, since, Optional.of(comparison));
  }

  /** Whether it has transactions that its successor lacks: it is no replica in good standing. */
  public boolean isQuarantined() {
    return compared.filter(comparison -> !comparison.onlyHere().isEmpty()).isPresent();
  }

  /** Whether its successor has all that it has. */
  public boolean canFollow() {
    return compared.filter(comparison -> comparison.onlyHere().isEmpty()).isPresent();
  }
}
