package orchestrator.core.recovery;

import java.util.Optional;
import orchestrator.core.facts.HookPoint;
import orchestrator.core.facts.PromotionBase;
import orchestrator.core.gtid.GtidSet;
import orchestrator.core.gtid.OracleGtidSet;
import orchestrator.core.recovery.RecoveryState.Phase;
import orchestrator.core.recovery.TakeoverState.OldMaster;
import orchestrator.core.relocation.ActionOutcome;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.relocation.ServerAction.SourcePosition;
import orchestrator.core.state.Command;
import orchestrator.core.topology.Flavor;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;

/** Makes the old master of a takeover a replica of the new one, once that is promoted. */
final class TakeoverEnd {
  private static final int ATTEMPTS = 2;

  private TakeoverEnd() {}

  /** The promotion is committed: looks at the old master first. */
  static void begin(Turn t) {
    if (t.s.takeover.oldMaster == OldMaster.UNTOUCHED) {
      t.s.takeover.oldMaster = OldMaster.AWAITING_MOVES;
    }
  }

  /** The replicas are being moved, or have been. */
  static void awaitMoves(Turn t) {
    boolean waits = t.isByPosition() && !Moving.areDone(t);
    if (t.s.takeover.oldMaster == OldMaster.AWAITING_MOVES && !waits) {
      look(t);
    }
  }

  private static void look(Turn t) {
    t.s.takeover.oldMaster = OldMaster.LOOKED_AT;
    t.probe(new Pending.OldMasterLook(), t.failed());
  }

  /** One that has transactions of its own would bring them to nobody, and stays as it is. */
  static void seen(Turn t, Instance old) {
    InstanceKey master = t.s.ticket.promoted().orElseThrow();
    Optional<GtidSet> newest =
        Optional.ofNullable(t.s.live.get(master)).flatMap(i -> i.gtid().executed());
    GtidSet extra =
        newest
            .map(has -> GtidAlgebra.lacking(old.gtid().executed().orElse(OracleGtidSet.EMPTY), has))
            .orElse(OracleGtidSet.EMPTY);
    Optional<PromotionBase> base = t.s.ticket.base();
    if (isThere(t, old, master)) {
      done(t, old);
    } else if (base.isPresent()) {
      byPosition(t, old, base.get());
    } else if (!extra.isEmpty()) {
      failed(t, "it has transactions that " + master + " lacks: " + extra);
    } else {
      change(
          t,
          old.version().flavor() == Flavor.MARIADB
              ? new SourcePosition.MariaDbCurrentPos()
              : new SourcePosition.OracleAuto());
    }
  }

  /**
   * The new master's log from the recorded place on is what it lacks, if it has written nothing
   * beyond what that one had applied of its own.
   */
  private static void byPosition(Turn t, Instance old, PromotionBase base) {
    InstanceKey master = t.s.ticket.promoted().orElseThrow();
    if (old.sourceKey().filter(master::equals).isPresent()) {
      // An earlier run has pointed it there, at the right place.
      t.s.takeover.oldMaster = OldMaster.CHANGING;
      t.perform(
          new Pending.TurnOldMaster(),
          new ServerAction.StartReplication(t.failed()),
          Patience.CHANGE_SOURCE);
    } else if (base.position().isEmpty()
        || !old.binlog().position().equals(Optional.of(base.executed()))) {
      failed(
          t,
          "its log ends at %s, of which %s had applied what is before %s"
              .formatted(
                  old.binlog().position().map(Object::toString).orElse("an unknown place"),
                  master,
                  base.executed()));
    } else {
      change(t, new SourcePosition.FileAndPosition(base.position().get()));
    }
  }

  static void notSeen(Turn t, String reason) {
    again(t, reason);
  }

  private static boolean isThere(Turn t, Instance old, InstanceKey master) {
    boolean below = old.sourceKey().filter(master::equals).isPresent();
    return below && (old.isReplicating() || !t.s.ticket.origin().startsOldMaster());
  }

  private static void change(Turn t, SourcePosition position) {
    t.s.takeover.oldMaster = OldMaster.CHANGING;
    t.perform(
        new Pending.TurnOldMaster(),
        new ServerAction.ChangeSource(
            t.failed(),
            t.s.ticket.promoted().orElseThrow(),
            position,
            t.s.ticket.origin().startsOldMaster()),
        Patience.CHANGE_SOURCE);
  }

  static void changed(Turn t, ActionOutcome outcome) {
    switch (outcome) {
      case ActionOutcome.Applied(Instance after, _) -> done(t, after);
      case ActionOutcome.NotApplied(String reason) -> again(t, reason);
      case ActionOutcome.Unknown(String reason) -> again(t, reason);
    }
  }

  private static void again(Turn t, String reason) {
    if (++t.s.takeover.oldMasterAttempts < ATTEMPTS) {
      t.note("Making " + t.failed() + " a replica: " + reason);
      look(t);
    } else {
      failed(t, reason);
    }
  }

  private static void failed(Turn t, String reason) {
    t.s.takeover.oldMaster = OldMaster.DONE;
    t.s.errors.add(
        "The takeover is done, but the old master %s was not made a replica of %s: %s"
            .formatted(t.failed(), t.s.ticket.promoted().orElseThrow(), reason));
  }

  private static void done(Turn t, Instance old) {
    t.s.takeover.oldMaster = OldMaster.DONE;
    String master = t.s.ticket.promoted().orElseThrow().displayString();
    if (!t.s.ticket.origin().startsOldMaster()) {
      t.note("The old master " + t.failed() + " is a replica of " + master + ", and is stopped");
    } else if (old.isReplicating()) {
      t.note("The old master " + t.failed() + " replicates from " + master);
      t.also(new Command.EndLostInRecovery(t.failed()));
    } else {
      failed(t, "it was told to, and does not replicate yet");
    }
  }

  /** The processes that tell others have run: the last ones wait for the old master. */
  static void advance(Turn t) {
    awaitMoves(t);
    if (t.s.takeover.oldMaster == OldMaster.DONE) {
      t.s.takeover.lastHooks = true;
      HookRun.begin(t, Phase.POST_HOOKS, HookPoint.POST_GRACEFUL_TAKEOVER);
    }
  }
}
