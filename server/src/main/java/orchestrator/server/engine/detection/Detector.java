package orchestrator.server.engine.detection;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import orchestrator.core.analysis.Analysis;
import orchestrator.core.analysis.AnalysisChangelog;
import orchestrator.core.analysis.AnalysisCode;
import orchestrator.core.analysis.AnalysisMemory;
import orchestrator.core.analysis.Condition;
import orchestrator.core.analysis.Diagnosis;
import orchestrator.core.analysis.EmergencyMemory;
import orchestrator.core.analysis.EmergencyOperation;
import orchestrator.core.analysis.Evidence;
import orchestrator.core.analysis.Reacting;
import orchestrator.core.analysis.StaleCoordinates;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.state.Promotions;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.Topology;
import orchestrator.server.engine.Consensus;
import orchestrator.server.engine.discovery.Picture;

/**
 * Judges all servers: each second, and whenever somebody has reason to. Remembers what was done in
 * an emergency, so that it is not done too often.
 */
public final class Detector {
  private final Picture picture;
  private final Consensus consensus;
  private final DetectionSettings settings;
  private final InstantSource clock;
  private final Instant started;
  private final Reactions reactions;

  /** Of whoever looked last: any of them serves. */
  private volatile AnalysisMemory memory = AnalysisMemory.NONE;

  private StaleCoordinates stale = StaleCoordinates.NONE;
  private EmergencyMemory emergencies = EmergencyMemory.NONE;
  private AnalysisChangelog changelog = AnalysisChangelog.EMPTY;
  private Map<InstanceKey, Verdict> verdicts = Map.of();

  /** What {@link #promotions} was made of. */
  private Map<String, RecoveryTicket> heeded = Map.of();

  private Promotions promotions = Promotions.NONE;

  /** A verdict and since when it stands. */
  private record Verdict(AnalysisCode code, Instant since) {}

  /**
   * What is done about diagnoses. All of it returns at once.
   *
   * @param emergency carries out an operation
   * @param doubtful told of servers whose failure is not certain yet
   * @param failure told of a failure on conclusive evidence
   * @param changed told of each change of a verdict
   */
  public record Reactions(
      Consumer<EmergencyOperation> emergency,
      BiConsumer<InstanceKey, String> doubtful,
      Consumer<Failure> failure,
      Consumer<List<AnalysisChangelog.Change>> changed) {}

  /**
   * A failure to be announced and recovered from.
   *
   * @param actionable whether something can be done about it now
   */
  public record Failure(Diagnosis diagnosis, boolean actionable, Evidence.Conclusive evidence) {}

  public Detector(
      Picture picture,
      Consensus consensus,
      DetectionSettings settings,
      InstantSource clock,
      Reactions reactions) {
    this.picture = picture;
    this.consensus = consensus;
    this.settings = settings;
    this.clock = clock;
    this.started = clock.instant();
    this.reactions = reactions;
  }

  /** What is wrong now; looks only, does nothing. */
  public List<Diagnosis> diagnoses() {
    return judged(picture.topology(), consensus.state(), staleNow(), clock.instant());
  }

  private List<Diagnosis> judged(
      Topology topology, ReplicatedState state, StaleCoordinates standing, Instant now) {
    Analysis.Update update =
        Analysis.update(memory, topology, state, standing, settings.policy(), now);
    memory = update.memory();
    return update.diagnoses();
  }

  /** The diagnosis of one known server, problem or not. */
  public Optional<Diagnosis> diagnose(InstanceKey key) {
    return Analysis.diagnose(
        key, picture.topology(), consensus.state(), staleNow(), settings.policy(), clock.instant());
  }

  /** Judges all servers and sees to it that something is done. */
  public synchronized void look() {
    Instant now = clock.instant();
    ReplicatedState state = consensus.state();
    heedPromotions(state);
    Topology topology = picture.topology();
    stale = stale.expired(settings.policy().staleCoordinatesKept(), now);
    List<Diagnosis> diagnoses = judged(topology, state, stale, now);
    note(diagnoses, now);
    for (Diagnosis diagnosis : diagnoses) {
      helpAtOnce(diagnosis, topology, state, now);
      if (mayReact(diagnosis, now)) {
        react(diagnosis, topology, now);
      }
    }
  }

  /**
   * Judges all servers, and tells whether nothing more is to be learnt about this one by looking at
   * it: it has answered, or a recovery is on its way, or nothing is to be done about it.
   *
   * @param since when the doubt arose: what was read before does not dispel it
   */
  public boolean lookAndTellWhetherSettled(InstanceKey key, Instant since) {
    look();
    Optional<Instance> instance = picture.find(key);
    if (instance.isEmpty() || isReadSince(instance.get(), since)) {
      return true;
    }
    if (instance.get().isLastCheckValid()) {
      return false;
    }
    Optional<Diagnosis> diagnosis = diagnose(key);
    return diagnosis.isEmpty()
        || diagnosis.get().code() == AnalysisCode.NO_PROBLEM
        || hasRecovery(key)
        || isAnnounced(diagnosis.get());
  }

  /** One who leads anew may not have read the new master since: it does not answer any more. */
  @SuppressWarnings("ReferenceEquality") // a change of the state makes another map
  private void heedPromotions(ReplicatedState state) {
    if (state.recoveries() != heeded) {
      heeded = state.recoveries();
      promotions = Promotions.of(heeded.values());
    }
    picture.heed(promotions);
  }

  private synchronized StaleCoordinates staleNow() {
    return stale;
  }

  private void note(List<Diagnosis> diagnoses, Instant now) {
    Map<InstanceKey, Verdict> current = new HashMap<>();
    for (Diagnosis diagnosis : diagnoses) {
      Verdict before = verdicts.get(diagnosis.key());
      current.put(
          diagnosis.key(),
          before != null && before.code() == diagnosis.code()
              ? before
              : new Verdict(diagnosis.code(), now));
    }
    verdicts = current;
    AnalysisChangelog.Update update = changelog.update(diagnoses, now);
    changelog = update.changelog();
    if (!update.changes().isEmpty()) {
      reactions.changed().accept(update.changes());
    }
  }

  private void helpAtOnce(
      Diagnosis diagnosis, Topology topology, ReplicatedState state, Instant now) {
    for (EmergencyOperation operation : EmergencyOperation.of(diagnosis, topology)) {
      if (operation instanceof EmergencyOperation.RestartIoThreads restart
          && (!restart.isAllowed(state) || consensus.leadership().isEmpty())) {
        continue;
      }
      EmergencyMemory.Permit permit = emergencies.permit(operation, now);
      emergencies = permit.memory();
      permit
          .operation()
          .ifPresent(allowed -> {
            if (allowed instanceof EmergencyOperation.RecordStaleCoordinates sighting) {
              stale = stale.with(sighting.key(), sighting.coordinates(), now);
            } else {
              reactions.emergency().accept(allowed);
            }
          });
    }
  }

  private boolean mayReact(Diagnosis diagnosis, Instant now) {
    return Reacting.mayReact(diagnosis, looker(diagnosis, now));
  }

  private Reacting.Looker looker(Diagnosis diagnosis, Instant now) {
    return new Reacting.Looker(
        consensus.leadership().isPresent(),
        started.plus(settings.startDelay()),
        Optional.ofNullable(verdicts.get(diagnosis.key()))
            .filter(verdict -> verdict.code() == diagnosis.code())
            .map(Verdict::since),
        now);
  }

  private Evidence evidenceOf(Diagnosis diagnosis, Topology topology, Instant now) {
    return Evidence.verdict(
        diagnosis,
        topology,
        picture.failures(),
        settings.minimumDuration().apply(diagnosis.cluster()),
        now);
  }

  /**
   * Why a failure is reacted to or not: every condition for it, in the order in which they are
   * asked, and whether it can be acted upon.
   */
  public synchronized List<Condition> conditions(Diagnosis diagnosis) {
    Instant now = clock.instant();
    Optional<String> hidden =
        Analysis.hiddenBy(diagnosis.key(), consensus.state(), settings.policy(), now);
    boolean inGrace = isInGrace(diagnosis, now);
    List<Condition> conditions = new ArrayList<>();
    conditions.add(
        new Condition("analysed", hidden.isEmpty(), () -> hidden.orElse("it is looked at")));
    conditions.addAll(Reacting.conditions(diagnosis, looker(diagnosis, now)));
    conditions.add(evidenceCondition(diagnosis, now));
    conditions.add(
        new Condition(
            "no grace",
            !inGrace,
            () ->
                inGrace
                    ? "the IO threads of its replicas were restarted a moment ago"
                    : "it is not waited for replicas to connect again"));
    return conditions;
  }

  private Condition evidenceCondition(Diagnosis diagnosis, Instant now) {
    return switch (evidenceOf(diagnosis, picture.topology(), now)) {
      case Evidence.Conclusive conclusive ->
          new Condition("confirmed", true, () -> FailureCases.describe(conclusive, diagnosis));
      case Evidence.Wait wait ->
          new Condition(
              "confirmed",
              false,
              () ->
                  wait.reason() + (wait.probe().isEmpty() ? "" : "; to be read: " + wait.probe()));
    };
  }

  private boolean isInGrace(Diagnosis diagnosis, Instant now) {
    return diagnosis.code().waitsForRestartedReplicas()
        && emergencies.isInGrace(diagnosis.key(), now);
  }

  private void react(Diagnosis diagnosis, Topology topology, Instant now) {
    boolean actionable = diagnosis.isActionable(isInGrace(diagnosis, now));
    switch (evidenceOf(diagnosis, topology, now)) {
      case Evidence.Conclusive conclusive ->
          reactions.failure().accept(new Failure(diagnosis, actionable, conclusive));
      case Evidence.Wait wait -> reactions.doubtful().accept(diagnosis.key(), wait.reason());
    }
  }

  private static boolean isReadSince(Instance instance, Instant since) {
    return instance.isLastCheckValid() && instance.freshness().isReadSince(since);
  }

  private boolean hasRecovery(InstanceKey key) {
    return consensus.state().recoveries().values().stream()
        .anyMatch(ticket -> ticket.failed().equals(key) && isCurrent(ticket) && !isRepair(ticket));
  }

  /** A server that was repaired may die all the same. */
  private static boolean isRepair(RecoveryTicket ticket) {
    return switch (ticket.kind().brake()) {
      case SEMI_SYNC_REPAIR, READ_ONLY_REPAIR -> true;
      case FAILOVER, RELOCATION -> false;
    };
  }

  private boolean isCurrent(RecoveryTicket ticket) {
    return ticket.isOpen() || ticket.isBlocking(clock.instant());
  }

  /** Announced as actionable: whatever keeps it from being recovered is not for us to find out. */
  private boolean isAnnounced(Diagnosis diagnosis) {
    return diagnosis.code().recoveryFunction().isActionable()
        && consensus.state().detections().values().stream()
            .anyMatch(d -> d.isActive() && d.actionable() && d.key().equals(diagnosis.key()));
  }
}
