package orchestrator.core.recovery;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import orchestrator.core.facts.RecoveryKind;
import orchestrator.core.facts.RecoveryOrigin;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;

/** Gates on what there is to recover with. No person passes them. */
final class Means {
  private final FailureCase failure;
  private final Circumstances circumstances;

  Means(Circumstances circumstances) {
    this.circumstances = circumstances;
    this.failure = circumstances.failure();
  }

  private RecoveryKind kind() {
    return failure.kind().orElse(RecoveryKind.DEAD_MASTER);
  }

  /** How replicas would be moved. */
  Gate method() {
    return switch (kind()) {
      case SEMI_SYNC, NON_WRITEABLE_MASTER -> gate("method", true, "no replica is moved");
      case DEAD_MASTER, DEAD_CO_MASTER -> ofAll();
      case DEAD_INTERMEDIATE_MASTER, DEAD_GROUP_MEMBER -> ofEach();
    };
  }

  private static Gate gate(String name, boolean open, String explanation) {
    return new Gate(name, open, false, explanation);
  }

  private List<Instance> valid() {
    return circumstances.replicas().stream().filter(Instance::isLastCheckValid).toList();
  }

  private String withoutGtid() {
    return names(valid().stream().filter(Predicate.not(Method.USES_GTID)).toList());
  }

  private static String names(List<Instance> servers) {
    return servers.stream().map(s -> s.key().displayString()).collect(Collectors.joining(", "));
  }

  private Gate ofAll() {
    if (valid().isEmpty()) {
      return gate("method", false, "no replica answered its last probe");
    }
    if (Method.of(circumstances) == Method.POSITION) {
      return gate(
          "method",
          true,
          "by positions in the master's log, since replicas do not use GTIDs ("
              + withoutGtid()
              + (circumstances.policy().pseudoGtid().isPresent()
                  ? "); those that have less than the new master by Pseudo-GTID"
                  : "); those that have less than the new master are lost: there is no"
                      + " Pseudo-GTID (PseudoGTIDPattern)"));
    }
    boolean oracle = valid().stream().allMatch(Instance::usesOracleGtid);
    boolean mariaDb = valid().stream().allMatch(Instance::usesMariaDbGtid);
    String explanation =
        oracle || mariaDb
            ? "all replicas that answered use " + (oracle ? "Oracle" : "MariaDB") + " GTIDs"
            : withoutGtid().isEmpty()
                ? "some replicas use Oracle GTIDs, some MariaDB's"
                : "replicas do not use GTIDs: " + withoutGtid();
    return gate("method", oracle || mariaDb, explanation);
  }

  private Gate ofEach() {
    boolean marked = circumstances.policy().pseudoGtid().isPresent();
    boolean some = valid().stream().anyMatch(replica -> marked || Method.USES_GTID.test(replica));
    String explanation =
        valid().isEmpty()
            ? "no replica answered its last probe"
            : withoutGtid().isEmpty()
                ? "all replicas that answered use GTIDs"
                : marked
                    ? "moved by Pseudo-GTID, since they do not use GTIDs: " + withoutGtid()
                    : "not moved, since they use neither GTIDs nor Pseudo-GTID: " + withoutGtid();
    return gate("method", some, explanation);
  }

  /** Whether there is anything to be done, and by whom. */
  Gate means(ReplicatedState state, RecoveryOrigin origin) {
    return switch (kind()) {
      case DEAD_MASTER -> successor(origin);
      case DEAD_CO_MASTER -> otherCoMaster();
      case DEAD_INTERMEDIATE_MASTER, DEAD_GROUP_MEMBER -> newSource();
      case SEMI_SYNC -> semiSync();
      case NON_WRITEABLE_MASTER -> writable(state);
    };
  }

  /**
   * By what was last read. A person is told before a master that is perhaps alive is set read-only;
   * an automatic attempt is made all the same: it is recorded, and operators' processes are run.
   */
  private Gate successor(RecoveryOrigin origin) {
    Map<InstanceKey, Instance> seen = new TreeMap<>();
    circumstances.replicas().stream()
        .filter(replica -> replica.freshness().lastSeen().isPresent())
        .forEach(replica -> seen.put(replica.key(), replica));
    Measure measure = new Measure(Method.of(circumstances), Map.of(), Optional.empty());
    Eligibility eligibility =
        new Eligibility(
            new CandidateChoice.Question(
                circumstances,
                origin.designated(),
                seen,
                Map.of(),
                silent(origin),
                Set.of(),
                Set.of(),
                measure));
    List<Consideration> refused = new ArrayList<>();
    for (InstanceKey replica : failure.replicas()) {
      eligibility
          .refusal(replica)
          .map(reason -> new Consideration(replica, false, List.of(reason), Optional.empty(), 0))
          .ifPresent(refused::add);
    }
    boolean isOneUnseen = seen.size() < circumstances.replicas().size();
    boolean isAny = refused.size() < failure.replicas().size();
    if (isAny || (isOneUnseen && origin.designated().isEmpty())) {
      return gate("means", true, "one of the replicas");
    }
    return gate(
        "means",
        origin.automatic(),
        "no replica may be promoted: " + Consideration.whyNot(refused, origin.designated()));
  }

  /** One that was asked for must answer. Of others some may answer by then. */
  private Map<InstanceKey, String> silent(RecoveryOrigin origin) {
    return origin
        .designated()
        .flatMap(circumstances::lastRead)
        .filter(server -> !server.isLastCheckValid())
        .map(server -> Map.of(server.key(), "it was asked for, and does not answer"))
        .orElseGet(Map::of);
  }

  private Gate otherCoMaster() {
    return CoMasters.other(circumstances)
        .map(other -> gate("means", true, "the other co-master is " + other))
        .orElseGet(() -> gate("means", false, "the other co-master is not known"));
  }

  private Gate newSource() {
    String answering =
        names(
            circumstances.surroundings().all().stream()
                .filter(Instance::isLastCheckValid)
                .toList());
    return answering.isEmpty()
        ? gate("means", false, "no server around it answers that could take its replicas")
        : gate("means", true, "servers around it answer: " + answering);
  }

  private Gate semiSync() {
    Optional<SemiSyncPlan> plan = SemiSyncFlow.planOf(circumstances);
    if (plan.isEmpty()) {
      return gate(
          "means",
          false,
          "neither EnforceExactSemiSyncReplicas nor RecoverLockedSemiSyncMaster asks for it");
    }
    return gate(
        "means",
        plan.get().changesSomething(),
        plan.get().changesSomething()
            ? "to be switched on: %s; off: %s".formatted(plan.get().on(), plan.get().off())
            : "no replica is left that could be switched: " + plan.get().reasons());
  }

  private Gate writable(ReplicatedState state) {
    if (!circumstances.policy().promotion().apply()) {
      return gate(
          "means",
          false,
          "ApplyMySQLPromotionAfterMasterFailover is off: to make masters writable is left to your"
              + " processes, and who was replaced is not watched");
    }
    return Optional.ofNullable(state.demoted().get(failure.failed()))
        .map(demoted ->
            "it was replaced by "
                + demoted.successor()
                + " and is kept read-only: release-demoted-master first")
        .or(() ->
            Optional.ofNullable(state.keptReadOnly().get(failure.failed()))
                .map(kept ->
                    "it is kept read-only since recovery "
                        + kept.recoveryUid()
                        + ": if it is the master, make it writable by hand (set-writeable)"))
        .map(why -> gate("means", false, why))
        .orElseGet(() -> gate("means", true, "it is to be made writable"));
  }
}
