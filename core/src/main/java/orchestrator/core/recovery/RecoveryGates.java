package orchestrator.core.recovery;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import orchestrator.core.facts.Downtime;
import orchestrator.core.facts.RecoveryBudget;
import orchestrator.core.facts.RecoveryKind;
import orchestrator.core.facts.RecoveryOrigin;
import orchestrator.core.state.Brakes;
import orchestrator.core.state.RecoveryGate;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.topology.Instance;

/** Whether a recovery may begin. All gates are asked, so that all reasons are shown. */
public final class RecoveryGates {
  private static final String BUDGET = "budget";

  private static final String OVERRIDDEN = " (overridden: asked for by a person)";

  private final Circumstances circumstances;
  private final FailureCase failure;
  private final RecoveryOrigin origin;
  private final ReplicatedState state;
  private final Instant now;

  private RecoveryGates(
      Circumstances circumstances, RecoveryOrigin origin, ReplicatedState state, Instant now) {
    this.circumstances = circumstances;
    this.failure = circumstances.failure();
    this.origin = origin;
    this.state = state;
    this.now = now;
  }

  /** Every gate, in the order in which they are told to people. */
  public static List<Gate> of(
      Circumstances circumstances, RecoveryOrigin origin, ReplicatedState state, Instant now) {
    RecoveryGates gates = new RecoveryGates(circumstances, origin, state, now);
    return List.of(
        gates.evidence(),
        gates.method(),
        gates.newSource(),
        gates.brake("global switch", Brakes.bySwitch(state), "recoveries are enabled"),
        gates.brake("mass-failure brake", Brakes.byBrake(state), "it is off"),
        gates.budget(),
        gates.pause(),
        gates.filter(),
        gates.downtime(),
        gates.block());
  }

  /**
   * Whether such a failure is to be recovered from without being asked, whatever stands in the way
   * now.
   */
  public static boolean isAutomatic(FailureCase failure) {
    return isSupported(failure) && isCovered(failure);
  }

  private static boolean isSupported(FailureCase failure) {
    return failure.kind().flatMap(Flow::of).isPresent();
  }

  private static boolean isCovered(FailureCase failure) {
    return switch (failure.kind().orElse(RecoveryKind.DEAD_MASTER)) {
      case DEAD_MASTER, DEAD_CO_MASTER -> failure.autoMasterRecovery();
      case DEAD_INTERMEDIATE_MASTER, DEAD_GROUP_MEMBER -> failure.autoIntermediateMasterRecovery();
      case SEMI_SYNC, NON_WRITEABLE_MASTER -> true;
    };
  }

  private static Optional<String> filterKeyOf(FailureCase failure) {
    return switch (failure.kind().orElse(RecoveryKind.DEAD_MASTER)) {
      case DEAD_MASTER, DEAD_CO_MASTER -> Optional.of("RecoverMasterClusterFilters");
      case DEAD_INTERMEDIATE_MASTER, DEAD_GROUP_MEMBER ->
          Optional.of("RecoverIntermediateMasterClusterFilters");
      case SEMI_SYNC, NON_WRITEABLE_MASTER -> Optional.empty();
    };
  }

  public static boolean allOpen(List<Gate> gates) {
    return gates.stream().allMatch(Gate::open);
  }

  /** What stands in the way; empty when nothing does. */
  public static String refusal(List<Gate> gates) {
    return gates.stream()
        .filter(gate -> !gate.open())
        .map(gate -> gate.name() + ": " + gate.explanation())
        .collect(Collectors.joining("; "));
  }

  /** Whether it would begin, were it not one too many: then the brake is pulled. */
  public static boolean isOnlyOverBudget(List<Gate> gates) {
    return gates.stream().allMatch(gate -> gate.open() != gate.name().equals(BUDGET));
  }

  private Gate evidence() {
    boolean forced = !origin.commandHint().isEmpty();
    boolean supported = isSupported(failure);
    String seen = failure.analysis() + " of " + failure.failed() + ": " + failure.evidence();
    if (forced) {
      return new Gate("evidence", true, !supported || !failure.actionable(), seen);
    }
    return new Gate(
        "evidence",
        supported && failure.actionable(),
        false,
        supported ? seen : seen + " (no recovery exists for this analysis)");
  }

  private Gate method() {
    if (!failure.kind().map(RecoveryGates::movesReplicas).orElse(true)) {
      return new Gate("method", true, false, "no replica is moved");
    }
    List<Instance> valid =
        circumstances.replicas().stream().filter(Instance::isLastCheckValid).toList();
    boolean oracle = valid.stream().allMatch(Instance::usesOracleGtid);
    boolean mariaDb = valid.stream().allMatch(Instance::usesMariaDbGtid);
    if (valid.isEmpty()) {
      return new Gate("method", false, false, "no replica answered its last probe");
    }
    String without =
        valid.stream()
            .filter(replica -> !replica.usesOracleGtid() && !replica.usesMariaDbGtid())
            .map(replica -> replica.key().displayString())
            .collect(Collectors.joining(", "));
    if (failure.kind().filter(RecoveryGates::relocates).isPresent()) {
      boolean some = valid.stream().anyMatch(r -> r.usesOracleGtid() || r.usesMariaDbGtid());
      return new Gate(
          "method",
          some,
          false,
          without.isEmpty()
              ? "all replicas that answered use GTIDs"
              : "not moved, since they do not use GTIDs: " + without);
    }
    String explanation =
        oracle || mariaDb
            ? "all replicas that answered use " + (oracle ? "Oracle" : "MariaDB") + " GTIDs"
            : without.isEmpty()
                ? "some replicas use Oracle GTIDs, some MariaDB's"
                : "replicas do not use GTIDs: " + without;
    return new Gate("method", oracle || mariaDb, false, explanation);
  }

  private static boolean relocates(RecoveryKind kind) {
    return kind.brake() == RecoveryKind.Brake.RELOCATION;
  }

  /** Whether anybody is known that could take the replicas of a server that was no master. */
  private Gate newSource() {
    if (failure.kind().filter(RecoveryGates::relocates).isEmpty()) {
      return new Gate("new source", true, false, "the promoted server, or none is needed");
    }
    String answering =
        circumstances.surroundings().all().stream()
            .filter(Instance::isLastCheckValid)
            .map(server -> server.key().displayString())
            .collect(Collectors.joining(", "));
    return new Gate(
        "new source",
        !answering.isEmpty(),
        false,
        answering.isEmpty() ? "no server around it answers" : "servers around it: " + answering);
  }

  private static boolean movesReplicas(RecoveryKind kind) {
    return switch (kind) {
      case DEAD_MASTER, DEAD_CO_MASTER, DEAD_INTERMEDIATE_MASTER, DEAD_GROUP_MEMBER -> true;
      case SEMI_SYNC, NON_WRITEABLE_MASTER -> false;
    };
  }

  private Gate brake(String name, Optional<String> holding, String otherwise) {
    return personOverrides(name, holding.isEmpty(), holding.orElse(otherwise));
  }

  private Gate pause() {
    return brake("pause", Brakes.byPause(state, request(true)), "the cluster is not paused");
  }

  private Gate budget() {
    Optional<RecoveryBudget> budget = circumstances.policy().budget();
    String otherwise =
        budget
            .map(limit ->
                "%d of %d servers were recovered from automatically within %d minutes"
                    .formatted(
                        Brakes.spent(state, limit, now).size(),
                        limit.servers(),
                        limit.period().toMinutes()))
            .orElse("there is no limit");
    return brake(BUDGET, Brakes.byBudget(state, request(true)), otherwise);
  }

  private Gate filter() {
    boolean covered = isCovered(failure);
    String explanation =
        filterKeyOf(failure)
            .map(key ->
                "%s %s cluster %s"
                    .formatted(key, covered ? "cover" : "do not cover", failure.aliasOrName()))
            .orElse("none applies to such a repair");
    return personOverrides("cluster filter", covered, explanation);
  }

  private Gate downtime() {
    Optional<Downtime> active =
        Optional.ofNullable(state.downtimes().get(failure.failed()))
            .filter(downtime -> downtime.isActive(now));
    return personOverrides(
        "downtime",
        active.isEmpty(),
        active
            .map(downtime ->
                failure.failed()
                    + " is downtimed until "
                    + downtime.end()
                    + " by "
                    + downtime.owner()
                    + ": "
                    + downtime.reason())
            .orElse("none"));
  }

  /** Open and recent recoveries: the same rule by which the command to open one is refused. */
  private Gate block() {
    Optional<RecoveryGate.Block> block =
        RecoveryGate.recoveryBlockOf(state, request(origin.automatic()));
    Optional<RecoveryGate.Block> wouldBlock = RecoveryGate.recoveryBlockOf(state, request(true));
    if (block.isPresent()) {
      return new Gate("recoveries", false, false, block.get().reason());
    }
    return wouldBlock
        .map(overridden -> new Gate("recoveries", true, true, overridden.reason() + OVERRIDDEN))
        .orElseGet(() -> new Gate("recoveries", true, false, "none stands in the way"));
  }

  private RecoveryGate.Request request(boolean automatic) {
    return new RecoveryGate.Request(
        failure.failed(),
        failure.clusterName(),
        failure.clusterAlias(),
        failure.analysis(),
        automatic,
        circumstances.policy().budget(),
        now);
  }

  private Gate personOverrides(String name, boolean open, String explanation) {
    boolean overridden = !open && !origin.automatic();
    return new Gate(
        name, open || overridden, overridden, overridden ? explanation + OVERRIDDEN : explanation);
  }
}
