package orchestrator.server.http;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import orchestrator.core.analysis.AnalysisPolicy;
import orchestrator.core.facts.RecoveryBudget;
import orchestrator.core.topology.InstanceKey;

/**
 * What the configuration says that answers depend on.
 *
 * @param analysis thresholds and rules by which servers are judged
 * @param candidateLifetime how long a registered promotion rule holds
 * @param replicaNameLifetime how long a name for replicas holds that was registered
 * @param pools how servers are put into pools
 * @param defaultPort of servers that are named without one
 * @param useSuperReadOnly whether read-only means {@code super_read_only} too
 * @param isProblemIgnored tells servers that are left out of the list of problems
 * @param isUnfitForSchemaChange tells servers that are not offered as control replicas
 * @param budget how many servers may be recovered from automatically; empty for no limit
 */
public record ViewSettings(
    AnalysisPolicy analysis,
    Duration candidateLifetime,
    Duration replicaNameLifetime,
    Pools pools,
    int defaultPort,
    boolean useSuperReadOnly,
    Predicate<InstanceKey> isProblemIgnored,
    Predicate<InstanceKey> isUnfitForSchemaChange,
    RecoveryFilters filters,
    Optional<RecoveryBudget> budget) {
  /** All keys at their defaults. */
  public static final ViewSettings DEFAULT =
      new ViewSettings(
          AnalysisPolicy.DEFAULT,
          Duration.ofMinutes(60),
          Duration.ofMinutes(60),
          new Pools(Duration.ofMinutes(60), true),
          3306,
          false,
          key -> false,
          key -> false,
          new RecoveryFilters(List.of(), List.of(), List.of()),
          Optional.empty());

  /**
   * @param lifetime how long a server is in a pool after it was put there
   * @param fuzzy whether a part of a server's name stands for it
   */
  public record Pools(Duration lifetime, boolean fuzzy) {}

  /** The recovery filters as they were configured. */
  public record RecoveryFilters(
      List<String> master, List<String> intermediateMaster, List<String> ignoredHosts) {
    public RecoveryFilters {
      master = List.copyOf(master);
      intermediateMaster = List.copyOf(intermediateMaster);
      ignoredHosts = List.copyOf(ignoredHosts);
    }
  }
}
