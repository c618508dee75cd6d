package orchestrator.core.recovery;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import orchestrator.core.facts.Downtime;
import orchestrator.core.facts.RecoveryBudget;
import orchestrator.core.facts.RecoveryKind;
import orchestrator.core.facts.RecoveryKind.Brake;
import orchestrator.core.facts.RecoveryOrigin;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.state.Brakes;
import orchestrator.core.state.FailedFailovers;
import orchestrator.core.state.Promotions;
import orchestrator.core.state.RecoveryGate;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;

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
    if (origin.isTakeover()) {
      return TakeoverGates.of(circumstances, origin, state);
    }
    RecoveryGates gates = new RecoveryGates(circumstances, origin, state, now);
    Means means = new Means(circumstances);
    return List.of(
        gates.evidence(),
        means.method(),
        means.means(state, origin),
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
    return failure.kind().isPresent();
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
    Optional<String> noMaster = masterInstead();
    if (noMaster.isPresent()) {
      return new Gate("evidence", false, false, noMaster.get());
    }
    if (forced) {
      return new Gate("evidence", true, !supported || !failure.actionable(), seen);
    }
    return new Gate(
        "evidence",
        supported && failure.actionable(),
        false,
        supported ? seen : seen + " (no recovery exists for this analysis)");
  }

  /**
   * A takeover or a failover may have ended since the person looked, or while servers were read.
   */
  private Optional<String> masterInstead() {
    RecoveryKind kind = failure.kind().orElse(RecoveryKind.DEAD_INTERMEDIATE_MASTER);
    if (kind.brake() != Brake.FAILOVER) {
      return Optional.empty();
    }
    // The analysis has looked at the rest already; what a person asks for may be older than that.
    Optional<String> instead =
        kind == RecoveryKind.DEAD_CO_MASTER || origin.automatic()
            ? leftBehind().or(this::inIdleRing)
            : replicating().or(this::superseded).or(this::writableBelow).or(this::leftBehind);
    return instead.map(why -> failure.failed() + " is not the master of its cluster: " + why);
  }

  private Optional<String> replicating() {
    return circumstances
        .surroundings()
        .source()
        .map(Instance::key)
        .filter(source -> !failure.replicas().contains(source)) // co-masters
        .map(source -> "it replicates from " + source);
  }

  private Optional<String> superseded() {
    return Promotions.of(state.recoveries().values()).supersede(circumstances.failedServer())
        ? Optional.of("a recovery has replaced it since it was last read")
        : Optional.empty();
  }

  /** A failed failover gave it up, and the old master, back meanwhile, still replicates from it. */
  private Optional<String> writableBelow() {
    return Optional.ofNullable(state.keptReadOnly().get(failure.failed()))
        .flatMap(kept ->
            circumstances.replicas().stream()
                .filter(replica -> replica.isLastCheckValid() && !replica.readOnly())
                .map(replica ->
                    "it is kept read-only since recovery %s, and %s, which replicates from it, takes writes. Make that a master with reset-replica first"
                        .formatted(kept.recoveryUid(), replica.key()))
                .findFirst());
  }

  /**
   * A failover lost it, or gave it up: it looks like a master since, or like a co-master, when it
   * died while it fetched from a replica that was to follow it.
   */
  private Optional<String> leftBehind() {
    InstanceKey key = failure.failed();
    Downtime downtime = state.downtimes().get(key);
    boolean isLost = downtime != null && downtime.isActive(now) && downtime.isLostInRecovery();
    boolean isGivenUp = state.keptReadOnly().containsKey(key);
    if (!isLost && !isGivenUp) {
      return Optional.empty();
    }
    return state.recoveries().values().stream()
        .filter(ticket -> ticket.kind().brake() == Brake.FAILOVER)
        .filter(ticket -> ticket.fates().containsKey(key) || ticket.failed().equals(key))
        .max(Comparator.comparingLong(RecoveryTicket::id))
        .filter(ticket ->
            ticket
                .promoted()
                .map(other -> !other.equals(key))
                .orElse(isGivenUp && !ticket.failed().equals(key)))
        .map(ticket ->
            "recovery %s left it behind, and %s. Move what replicates from it; or make it a master of its own first, with %s"
                .formatted(
                    ticket.uid(),
                    ticket
                        .promoted()
                        .map(other -> "promoted " + other)
                        .orElse(ticket.failed() + " is still the master"),
                    isLost ? "end-downtime" : "set-writeable"));
  }

  private Optional<String> inIdleRing() {
    return CoMasters.other(circumstances)
        .flatMap(circumstances::lastRead)
        .flatMap(other ->
            FailedFailovers.of(state.recoveries().values())
                .leftInRing(circumstances.failedServer(), other))
        .map(failover ->
            "recovery %s, which failed, left it in a ring in which nobody takes writes, and %s is still the master. Move those in the ring; or make one of them a master of its own first, with reset-replica"
                .formatted(failover.uid(), failover.failed()));
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
    return brake("downtime", Brakes.byDowntime(state, request(true)), "none");
  }

  /** Open and recent recoveries: at least the rule by which the command to open one is refused. */
  private Gate block() {
    Optional<String> block = blockedBy(origin.automatic());
    if (block.isPresent()) {
      return new Gate("recoveries", false, false, block.get());
    }
    return blockedBy(true)
        .map(overridden -> new Gate("recoveries", true, true, overridden + OVERRIDDEN))
        .orElseGet(() -> new Gate("recoveries", true, false, "none stands in the way"));
  }

  private Optional<String> blockedBy(boolean automatic) {
    return RecoveryGate.proposalBlockOf(state, request(automatic))
        .map(RecoveryGate.Block::reason)
        .or(() -> automatic ? givenUp() : Optional.empty());
  }

  /**
   * One that was tried, and given up, has no source any more, and looks like a master. It takes no
   * writes, and what is below it belongs to another: to promote that would make two masters.
   */
  private Optional<String> givenUp() {
    Instance failed = circumstances.failedServer();
    boolean isWritable = failed.freshness().lastSeen().isPresent() && !failed.readOnly();
    return Optional.ofNullable(state.keptReadOnly().get(failure.failed()))
        .filter(kept -> !isWritable && failure.kind().equals(Optional.of(RecoveryKind.DEAD_MASTER)))
        .map(kept ->
            "Recovery %s demoted it, or gave it up, and it took no writes since: it is no master. Move what replicates from it, or recover by hand"
                .formatted(kept.recoveryUid()));
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
