package orchestrator.core.analysis;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import orchestrator.core.facts.Downtime;
import orchestrator.core.facts.Maintenance;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.Topology;
import org.jspecify.annotations.Nullable;

/**
 * Looks at every known server in turn, and says what is wrong with it.
 *
 * <p>Left out: servers in maintenance, and those whose host {@code RecoveryIgnoreHostnameFilters}
 * match. Both still count as replicas of others.
 */
public final class Analysis {
  private static final Comparator<Diagnosis> ORDER =
      Comparator.comparing((Diagnosis diagnosis) -> !diagnosis.subject().master())
          .thenComparing(
              diagnosis -> !diagnosis.key().displayString().equals(diagnosis.cluster().name()))
          .thenComparingInt(diagnosis -> -diagnosis.replicas().count())
          .thenComparing(Diagnosis::key);

  private final Topology topology;
  private final ReplicatedState state;
  private final StaleCoordinates stale;
  private final AnalysisPolicy policy;
  private final Instant now;
  private final AnalysisMemory memory;
  private final Optional<List<Instance>> changes;
  private @Nullable ClusterDirectory clusters;

  private Analysis(
      AnalysisMemory memory,
      Topology topology,
      ReplicatedState state,
      StaleCoordinates stale,
      AnalysisPolicy policy,
      Instant now) {
    this.memory = memory;
    this.changes = memory.changes(topology);
    this.topology = topology;
    this.state = state;
    this.stale = stale;
    this.policy = policy;
    this.now = now;
  }

  /** All problems, downtimed or not: masters first, then heads of clusters, then by replicas. */
  public static List<Diagnosis> of(
      Topology topology,
      ReplicatedState state,
      StaleCoordinates stale,
      AnalysisPolicy policy,
      Instant now) {
    return of(topology, state, stale, policy, now, AnalysisScope.PROBLEMS);
  }

  public static List<Diagnosis> of(
      Topology topology,
      ReplicatedState state,
      StaleCoordinates stale,
      AnalysisPolicy policy,
      Instant now,
      AnalysisScope scope) {
    return new Analysis(AnalysisMemory.NONE, topology, state, stale, policy, now).run(scope);
  }

  /**
   * The diagnosis of one server, problem or not, whatever hides it: for actions that a person asks
   * for. Empty when the server is not known.
   */
  public static Optional<Diagnosis> diagnose(
      InstanceKey key,
      Topology topology,
      ReplicatedState state,
      StaleCoordinates stale,
      AnalysisPolicy policy,
      Instant now) {
    Analysis analysis = new Analysis(AnalysisMemory.NONE, topology, state, stale, policy, now);
    return topology.find(key).map(instance -> analysis.judge(instance).diagnosis());
  }

  /**
   * What is wrong, and what to remember of it.
   *
   * @param diagnoses as {@link #of} tells them
   */
  public record Update(List<Diagnosis> diagnoses, AnalysisMemory memory) {}

  /**
   * The same as {@link #of} from scratch, but clusters that were sound and have not changed since
   * are not judged again.
   */
  public static Update update(
      AnalysisMemory memory,
      Topology topology,
      ReplicatedState state,
      StaleCoordinates stale,
      AnalysisPolicy policy,
      Instant now) {
    Analysis analysis = new Analysis(memory, topology, state, stale, policy, now);
    List<Diagnosis> diagnoses = new ArrayList<>();
    Set<String> doubtful = new HashSet<>();
    for (String cluster : memory.toBeJudged(analysis.changes, topology, state, policy)) {
      if (!analysis.judgeAll(topology.cluster(cluster), AnalysisScope.PROBLEMS, diagnoses)) {
        doubtful.add(cluster);
      }
    }
    diagnoses.sort(ORDER);
    return new Update(
        diagnoses,
        new AnalysisMemory(
            topology, state, policy, doubtful, Optional.ofNullable(analysis.clusters)));
  }

  private List<Diagnosis> run(AnalysisScope scope) {
    List<Diagnosis> diagnoses = new ArrayList<>();
    judgeAll(
        scope.clusterName().map(topology::cluster).orElseGet(topology::instances),
        scope,
        diagnoses);
    diagnoses.sort(ORDER);
    return diagnoses;
  }

  /** Tells whether nothing is wrong with any, and nothing will be until something changes. */
  private boolean judgeAll(
      List<Instance> instances, AnalysisScope scope, List<Diagnosis> diagnoses) {
    boolean sound = true;
    for (Instance instance : instances) {
      if (isHidden(instance.key())) {
        sound = false;
        continue;
      }
      Judgement judgement = judge(instance);
      sound &= !judgement.isProblem() && !judgement.maySoonBeAnother();
      if (judgement.isProblem() || scope.includeHealthy()) {
        Diagnosis diagnosis = judgement.diagnosis();
        if (scope.includeDowntimed() || !diagnosis.isSkippableDueToDowntime()) {
          diagnoses.add(diagnosis);
        }
      }
    }
    return sound;
  }

  private boolean isHidden(InstanceKey key) {
    return hiddenBy(key, state, policy, now).isPresent();
  }

  /** Why a server is left out, for people; empty when it is not. */
  public static Optional<String> hiddenBy(
      InstanceKey key, ReplicatedState state, AnalysisPolicy policy, Instant now) {
    Maintenance maintenance = state.maintenances().get(key);
    if (maintenance != null && maintenance.isActive(now)) {
      return Optional.of(
          "it is in maintenance until %s by %s: %s"
              .formatted(maintenance.end(), maintenance.owner(), maintenance.reason()));
    }
    return policy.ignoredHosts().test(key.hostname())
        ? Optional.of("RecoveryIgnoreHostnameFilters match it")
        : Optional.empty();
  }

  private Judgement judge(Instance instance) {
    List<Instance> replicas = topology.replicasOf(instance.key());
    Subject subject = Subject.of(instance, replicas, topology, state, policy);
    ReplicaSummary summary =
        ReplicaSummary.of(
            replicas,
            instance,
            subject.lastCheckValid() || subject.lastCheckPartialSuccess(),
            topology,
            state,
            policy.reasonableLag(),
            now);
    boolean isStale =
        subject.isWaitingForSemiSyncReplicas()
            && stale.isStale(subject.key(), subject.binlog(), policy.lockedSemiSyncAfter(), now);
    AnalysisCode code =
        Classifier.classify(new Classifier.Picture(subject, summary, isStale, policy));
    return new Judgement(code, StructureRules.of(subject, summary), subject, summary);
  }

  /** A verdict without what only shown diagnoses need. */
  private final class Judgement {
    private final AnalysisCode code;
    private final List<StructureCode> structure;
    private final Subject subject;
    private final ReplicaSummary replicas;

    Judgement(
        AnalysisCode code,
        List<StructureCode> structure,
        Subject subject,
        ReplicaSummary replicas) {
      this.code = code;
      this.structure = structure;
      this.subject = subject;
      this.replicas = replicas;
    }

    boolean isProblem() {
      return code != AnalysisCode.NO_PROBLEM || !structure.isEmpty();
    }

    /** Without anything being read or said: because time goes by. */
    boolean maySoonBeAnother() {
      return subject.isWaitingForSemiSyncReplicas() || replicas.downtimed() > 0;
    }

    Diagnosis diagnosis() {
      Optional<Downtime> downtime =
          Optional.ofNullable(state.downtimes().get(subject.key())).filter(d -> d.isActive(now));
      ClusterInfo cluster =
          clusters()
              .of(subject.key())
              .orElseGet(() -> ClusterInfo.unknown(subject.key().displayString()));
      return new Diagnosis(code, structure, subject, replicas, cluster, downtime, now);
    }
  }

  /** Made when the first problem is found: a healthy world needs none. */
  private ClusterDirectory clusters() {
    ClusterDirectory directory = clusters;
    if (directory == null) {
      directory = memory.clusters(changes, topology, state, policy, now);
      clusters = directory;
    }
    return directory;
  }
}
