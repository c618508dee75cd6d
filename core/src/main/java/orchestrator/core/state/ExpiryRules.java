package orchestrator.core.state;

import static orchestrator.core.state.StateDraft.keeping;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import orchestrator.core.facts.DemotedMaster;
import orchestrator.core.facts.Detection;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.state.CommandResult.Done;

/** What time takes away. */
final class ExpiryRules {
  /** Since the last marker of a cluster. */
  private static final Duration MARKERS_REMEMBERED = Duration.ofHours(1);

  private ExpiryRules() {}

  static CommandResult expire(StateDraft draft, Command.Expire command) {
    int before = count(draft);
    Instant now = command.now();
    draft.downtimes = keeping(draft.downtimes, (key, value) -> value.isActive(now));
    draft.maintenances = keeping(draft.maintenances, (key, value) -> value.isActive(now));
    draft.candidates = keeping(draft.candidates, (key, value) -> value.isActive(now));
    draft.unresolves = keeping(draft.unresolves, (key, value) -> now.isBefore(value.expires()));
    draft.pauses = keeping(draft.pauses, (name, value) -> value.isActive(now));
    draft.pools = keeping(draft.pools, (key, value) -> now.isBefore(value.expires()));
    draft.pseudoGtid =
        keeping(draft.pseudoGtid, (name, at) -> now.isBefore(at.plus(MARKERS_REMEMBERED)));
    dropRecoveries(draft, command);
    dropDetections(draft);
    long ended =
        DetectionRules.end(
            draft, now, detection -> detection.detected().isBefore(command.detectionsBefore()));
    int dropped = before - count(draft);
    dropLineage(draft);
    return new Done(dropped + ended);
  }

  private static int count(StateDraft draft) {
    return Stream.of(
            draft.downtimes,
            draft.maintenances,
            draft.candidates,
            draft.unresolves,
            draft.pools,
            draft.pauses,
            draft.recoveries,
            draft.detections,
            draft.pseudoGtid)
        .mapToInt(facts -> facts.size())
        .sum();
  }

  /** A recovery whose failed master is still watched is kept: its loss report may become exact. */
  private static void dropRecoveries(StateDraft draft, Command.Expire command) {
    Set<String> watched =
        draft.demoted.values().stream().map(DemotedMaster::recoveryUid).collect(Collectors.toSet());
    draft.recoveries =
        keeping(
            draft.recoveries,
            (uid, ticket) ->
                ticket.isBlocking(command.now())
                    || watched.contains(uid)
                    || ticket.ended().filter(command.recoveriesBefore()::isAfter).isEmpty());
  }

  /**
   * Only those that ended by an earlier command: so that whoever follows the states sees each one
   * end before it is gone.
   */
  private static void dropDetections(StateDraft draft) {
    Set<Long> answered =
        draft.recoveries.values().stream()
            .map(RecoveryTicket::detectionId)
            .collect(Collectors.toSet());
    draft.detections =
        keeping(
            draft.detections,
            (id, detection) ->
                detection.isActive() || detection.hooksPending() || answered.contains(id));
  }

  /** Former names matter as long as a recovery or detection is recorded under them. */
  private static void dropLineage(StateDraft draft) {
    Collection<RecoveryTicket> recoveries = draft.recoveries.values();
    Collection<Detection> detections = draft.detections.values();
    Set<String> recorded =
        Stream.concat(
                recoveries.stream().map(RecoveryTicket::clusterName),
                detections.stream().map(Detection::clusterName))
            .collect(Collectors.toSet());
    draft.clusterLineage =
        keeping(draft.clusterLineage, (former, present) -> recorded.contains(former));
  }
}
