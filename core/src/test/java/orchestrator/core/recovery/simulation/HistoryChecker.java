package orchestrator.core.recovery.simulation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import orchestrator.core.facts.HookPoint;
import orchestrator.core.facts.JournalEntry;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.facts.ReplicaFate;
import orchestrator.core.gtid.OracleGtidSet;
import orchestrator.core.recovery.simulation.History.Fact;
import orchestrator.core.recovery.simulation.History.FinalServer;
import orchestrator.core.relocation.ServerAction.SetReadOnly;
import orchestrator.core.state.ReplicatedState.KeyValue;
import orchestrator.core.topology.InstanceKey;

/** Judges a history: what must never happen, whatever the faults. */
final class HistoryChecker {
  private final History history;
  private final List<String> violations = new ArrayList<>();

  private HistoryChecker(History history) {
    this.history = history;
  }

  /** Every violation, for people; empty when all is well. */
  static List<String> violations(History history) {
    HistoryChecker checker = new HistoryChecker(history);
    checker.ends();
    checker.journalIsAccepted();
    checker.onlyIntendedServersAreMadeWritable();
    checker.abandonedServersCannotBecomeWritable();
    checker.atMostOneIsWritable();
    checker.promotedServersWereWritable();
    checker.everyReplicaIsAccountedFor();
    checker.movedReplicasReplicate();
    checker.nothingIsLostWithoutNeed();
    checker.theOldMasterIsReadOnly();
    checker.hooksRunInTheirPlace();
    checker.applicationsAreTold();
    return checker.violations;
  }

  private void violated(String what) {
    violations.add(what);
  }

  private Optional<RecoveryTicket> ticket() {
    return history.ticket;
  }

  private void ends() {
    if (!history.ended || ticket().filter(RecoveryTicket::isOpen).isPresent()) {
      violated("the recovery does not end");
    }
  }

  private void journalIsAccepted() {
    for (Fact fact : history.facts) {
      if (fact instanceof Fact.Refused refused) {
        violated("a commit was refused: " + refused.reason());
      }
    }
  }

  /** A statement that makes S writable is sent only while the intent for S is committed. */
  private void onlyIntendedServersAreMadeWritable() {
    Optional<InstanceKey> intended = Optional.empty();
    for (Fact fact : history.facts) {
      switch (fact) {
        case Fact.Journaled(JournalEntry.PromotionIntended intent) ->
            intended = Optional.of(intent.candidate());
        case Fact.Journaled(JournalEntry.PromotionAbandoned ignored) -> intended = Optional.empty();
        case Fact.Asked(SetReadOnly set) when !set.readOnly() -> {
          if (!intended.equals(Optional.of(set.target()))) {
            violated(set.target() + " is made writable while the intent is for " + intended);
          }
        }
        default -> {}
      }
    }
  }

  private void abandonedServersCannotBecomeWritable() {
    Map<Long, InstanceKey> threats = new HashMap<>();
    Set<InstanceKey> writable = new HashSet<>();
    for (Fact fact : history.facts) {
      track(fact, writable);
      switch (fact) {
        case Fact.Threat threat -> threats.put(threat.statement(), threat.server());
        case Fact.ThreatOver over -> threats.remove(over.statement());
        case Fact.Journaled(JournalEntry.PromotionAbandoned abandoned) -> {
          if (threats.containsValue(abandoned.candidate())) {
            violated(abandoned.candidate() + " was abandoned and can still become writable");
          }
          if (writable.contains(abandoned.candidate())) {
            violated(abandoned.candidate() + " was abandoned and is writable");
          }
        }
        default -> {}
      }
    }
  }

  /** Which of the replicas are writable because of us, and up. */
  private void track(Fact fact, Set<InstanceKey> writable) {
    switch (fact) {
      case Fact.Done(SetReadOnly set, OracleGtidSet ignored) -> {
        if (set.readOnly()) {
          writable.remove(set.target());
        } else {
          writable.add(set.target());
        }
      }
      case Fact.Crashed crashed -> writable.remove(crashed.server());
      default -> {}
    }
  }

  private void atMostOneIsWritable() {
    Set<InstanceKey> writable = new LinkedHashSet<>();
    for (Fact fact : history.facts) {
      track(fact, writable);
      if (writable.size() > 1) {
        violated("writable at the same time: " + writable);
        return;
      }
    }
  }

  private void promotedServersWereWritable() {
    Set<InstanceKey> madeWritable = new HashSet<>();
    for (Fact fact : history.facts) {
      switch (fact) {
        case Fact.Done(SetReadOnly set, OracleGtidSet ignored) -> {
          if (set.readOnly()) {
            madeWritable.remove(set.target());
          } else {
            madeWritable.add(set.target());
          }
        }
        case Fact.Journaled(JournalEntry.Promoted promoted) -> {
          if (!madeWritable.contains(promoted.candidate())) {
            violated(promoted.candidate() + " is called promoted and is not writable");
          }
        }
        default -> {}
      }
    }
  }

  private void everyReplicaIsAccountedFor() {
    if (ticket().filter(RecoveryTicket::successful).isEmpty()) {
      return;
    }
    Map<InstanceKey, ReplicaFate> fates = ticket().get().fates();
    if (!fates.keySet().equals(history.replicas)) {
      violated("fates of " + fates.keySet() + " instead of " + history.replicas);
    }
    fates.forEach((replica, fate) -> {
      boolean promoted = ticket().get().promoted().equals(Optional.of(replica));
      if (fate.kind() == ReplicaFate.Kind.PENDING) {
        violated(replica + " has no fate");
      } else if (promoted != (fate.kind() == ReplicaFate.Kind.PROMOTED)) {
        violated(replica + " is called " + fate.kind());
      }
    });
  }

  private void movedReplicasReplicate() {
    ticket()
        .ifPresent(t ->
            t.fates()
                .forEach((replica, fate) -> {
                  FinalServer server = history.servers.get(replica);
                  if (t.successful()
                      && fate.kind() == ReplicaFate.Kind.MOVED
                      && server != null
                      && !server.disturbed()
                      && !server.source().equals(t.promoted())) {
                    violated(replica + " is called moved and replicates from " + server.source());
                  }
                }));
  }

  private void nothingIsLostWithoutNeed() {
    for (Fact fact : history.facts) {
      if (fact instanceof Fact.Done(SetReadOnly set, OracleGtidSet executed)
          && !set.readOnly()
          && !executed.contains(history.mustSurvive)) {
        violated(
            set.target() + " was made writable without " + history.mustSurvive.subtract(executed));
        return;
      }
    }
  }

  private void theOldMasterIsReadOnly() {
    FinalServer old = history.servers.get(history.failed);
    boolean replaced = ticket().flatMap(RecoveryTicket::promoted).isPresent();
    // One that replicates from the new master is a replica like others, and not watched.
    boolean rejoined =
        old != null
            && old.source().isPresent()
            && old.source().equals(ticket().flatMap(RecoveryTicket::promoted));
    if (replaced && old != null && old.well() && !old.readOnly() && !rejoined) {
      violated("the old master is back and writable");
    }
  }

  private void hooksRunInTheirPlace() {
    boolean touched = false;
    boolean promoted = false;
    for (Fact fact : history.facts) {
      touched |= fact instanceof Fact.Asked;
      promoted |= fact instanceof Fact.Journaled(JournalEntry.Promoted ignored);
      if (fact instanceof Fact.HookRan hook) {
        if (hook.point() == HookPoint.PRE_FAILOVER && touched) {
          violated("a process that may forbid the recovery ran after servers were changed");
        }
        if (hook.point() == HookPoint.POST_MASTER_FAILOVER && !promoted) {
          violated("applications were told of a promotion that was not committed");
        }
      }
    }
  }

  private void applicationsAreTold() {
    Optional<InstanceKey> promoted = ticket().flatMap(RecoveryTicket::promoted);
    String told =
        Optional.ofNullable(history.state.keyValues().get("mysql/master/main"))
            .map(KeyValue::value)
            .orElse("");
    String expected = promoted.map(InstanceKey::displayString).orElse("");
    if (!told.equals(expected)) {
      violated("applications were told '" + told + "' instead of '" + expected + "'");
    }
  }
}
