package orchestrator.core.state;

import static orchestrator.core.state.StateDraft.done;
import static orchestrator.core.state.StateDraft.with;
import static orchestrator.core.state.StateDraft.without;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import orchestrator.core.facts.Acknowledgement;
import orchestrator.core.facts.DemotedMaster;
import orchestrator.core.facts.Detection;
import orchestrator.core.facts.JournalEntry;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.state.CommandResult.Done;
import orchestrator.core.state.CommandResult.Refused;
import orchestrator.core.topology.InstanceKey;

/** Beginning and acknowledging recoveries, and what they leave behind. */
final class RecoveryRules {
  private RecoveryRules() {}

  static CommandResult switchGlobally(StateDraft draft, Command.SwitchGlobalRecoveries command) {
    boolean changed = draft.recoveriesEnabled != command.enabled();
    draft.recoveriesEnabled = command.enabled();
    return done(changed);
  }

  static CommandResult open(StateDraft draft, Command.OpenRecovery command) {
    RecoveryTicket ticket = command.ticket();
    Optional<RecoveryTicket> same = Optional.ofNullable(draft.recoveries.get(ticket.uid()));
    if (same.isPresent()) {
      return new Done(same.get().id());
    }
    if (ticket.uid().isBlank() || !ticket.failed().isValid() || !ticket.isOpen()) {
      return new Refused(
          "A recovery needs a uid, the address of a server, and must not have ended: got uid '%s', %s"
              .formatted(ticket.uid(), ticket.failed()));
    }
    Optional<RecoveryGate.Block> block =
        RecoveryGate.blockOf(draft.base(), RecoveryGate.Request.of(ticket, command.budget()));
    if (block.isPresent()) {
      return new Refused(block.get().reason());
    }
    Optional<String> open =
        ticket.origin().isTakeover()
            ? RecoveryGate.openRecoveryOf(draft.base(), ticket.failed(), ticket.clusterName())
            : Optional.empty();
    if (open.isPresent()) {
      return new Refused(open.get());
    }
    if (!ticket.origin().automatic()) {
      acknowledgeEarlier(draft, ticket);
    }
    if (RecoveryGate.changesTopology(ticket.analysis())) {
      closeRepairs(draft, ticket);
    }
    long id = draft.takeId();
    RecoveryTicket opened = ticket.withIds(id, detectionOf(draft, ticket));
    draft.recoveries = with(draft.recoveries, ticket.uid(), opened);
    return new Done(id);
  }

  /**
   * A repair of the same server gives way. One that was to make it writable would do so beside its
   * successor; one that may have done so already is in the way of the failover.
   */
  private static void closeRepairs(StateDraft draft, RecoveryTicket failover) {
    JournalEntry end =
        new JournalEntry.Closed(
            false, List.of("It gave way to recovery " + failover.uid() + " of the server"));
    for (RecoveryTicket ticket : List.copyOf(draft.recoveries.values())) {
      boolean givesWay =
          ticket.isOpen()
              && ticket.failed().equals(failover.failed())
              && !RecoveryGate.changesTopology(ticket.analysis());
      if (givesWay) {
        draft.recoveries =
            with(draft.recoveries, ticket.uid(), ticket.with(end, failover.started()));
      }
    }
  }

  /**
   * The newest detection of the server: perhaps registered by the same entry, with an id of now.
   */
  private static long detectionOf(StateDraft draft, RecoveryTicket ticket) {
    return draft.detections.values().stream()
        .filter(detection -> detection.key().equals(ticket.failed()))
        .mapToLong(Detection::id)
        .max()
        .orElse(ticket.detectionId());
  }

  private static void acknowledgeEarlier(StateDraft draft, RecoveryTicket ticket) {
    acknowledge(
        draft,
        Acknowledgement.implied(ticket.uid(), ticket.started()),
        earlier -> !earlier.isOpen() && earlier.failed().equals(ticket.failed()));
  }

  static CommandResult acknowledge(StateDraft draft, Command.AcknowledgeRecoveries command) {
    Acknowledgement acknowledgement = command.acknowledgement();
    Instant at = acknowledgement.at();
    ReplicatedState base = draft.base();
    Predicate<RecoveryTicket> wanted =
        switch (command.selector()) {
          case Command.Selector.All ignored -> ticket -> true;
          case Command.Selector.ById byId -> ticket -> ticket.id() == byId.id();
          case Command.Selector.ByUid byUid -> ticket -> ticket.uid().equals(byUid.uid());
          case Command.Selector.ByInstance byInstance -> {
            DetectionRules.end(draft, at, found -> found.key().equals(byInstance.key()));
            yield ticket -> ticket.failed().equals(byInstance.key());
          }
          case Command.Selector.ByCluster byCluster -> {
            DetectionRules.end(draft, at, found -> isOf(base, byCluster, found));
            yield ticket -> isOf(base, byCluster, ticket.clusterName(), ticket.clusterAlias());
          }
        };
    return new Done(acknowledge(draft, acknowledgement, wanted));
  }

  private static boolean isOf(
      ReplicatedState state, Command.Selector.ByCluster cluster, Detection detection) {
    return isOf(state, cluster, detection.clusterName(), detection.clusterAlias());
  }

  private static boolean isOf(
      ReplicatedState state, Command.Selector.ByCluster cluster, String name, String alias) {
    boolean sameName =
        state.currentClusterName(name).equals(state.currentClusterName(cluster.clusterName()));
    return sameName || (!alias.isEmpty() && cluster.alias().filter(alias::equals).isPresent());
  }

  private static long acknowledge(
      StateDraft draft, Acknowledgement acknowledgement, Predicate<RecoveryTicket> wanted) {
    Map<String, RecoveryTicket> before = draft.recoveries;
    long count = 0;
    for (RecoveryTicket ticket : before.values()) {
      if (ticket.acknowledgement().isEmpty() && wanted.test(ticket)) {
        draft.recoveries =
            with(draft.recoveries, ticket.uid(), ticket.acknowledged(acknowledgement));
        count++;
      }
    }
    return count;
  }

  static CommandResult watch(StateDraft draft, Command.WatchDemotedMaster command) {
    if (!command.master().key().isValid()) {
      return ServerRules.notAServer(command.master().key());
    }
    boolean isNew = !command.master().equals(draft.demoted.get(command.master().key()));
    draft.demoted = with(draft.demoted, command.master().key(), command.master());
    return done(isNew);
  }

  static CommandResult release(StateDraft draft, Command.ReleaseDemotedMaster command) {
    boolean was = draft.demoted.containsKey(command.key());
    draft.demoted = without(draft.demoted, command.key());
    return done(was);
  }

  static CommandResult keepReadOnly(StateDraft draft, Command.KeepReadOnly command) {
    InstanceKey key = command.server().key();
    if (!key.isValid()) {
      return ServerRules.notAServer(key);
    }
    boolean isNew = !command.server().equals(draft.keptReadOnly.get(key));
    draft.keptReadOnly = with(draft.keptReadOnly, key, command.server());
    return done(isNew);
  }

  static CommandResult endReadOnly(StateDraft draft, Command.EndReadOnly command) {
    boolean was = draft.keptReadOnly.containsKey(command.key());
    draft.keptReadOnly = without(draft.keptReadOnly, command.key());
    return done(was);
  }

  static CommandResult compare(StateDraft draft, Command.CompareDemotedMaster command) {
    Optional<DemotedMaster> present =
        Optional.ofNullable(draft.demoted.get(command.key()))
            .filter(demoted -> demoted.recoveryUid().equals(command.recoveryUid()));
    if (present.isEmpty()) {
      return new Refused(
          "%s is no master that recovery %s has replaced"
              .formatted(command.key(), command.recoveryUid()));
    }
    DemotedMaster compared = present.get().comparedAs(command.comparison());
    boolean isNew = !compared.equals(present.get());
    draft.demoted = with(draft.demoted, command.key(), compared);
    return done(isNew);
  }
}
