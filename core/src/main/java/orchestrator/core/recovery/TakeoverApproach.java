package orchestrator.core.recovery;

import java.time.Duration;
import java.util.Optional;
import orchestrator.core.recovery.Pending.Alarm;
import orchestrator.core.recovery.RecoveryState.Phase;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;

/**
 * Waits until the target of a takeover has nearly all that the master has, while the master takes
 * writes: what it lacks when the master is set read-only is what clients wait for.
 *
 * <p>Under a load that the target cannot keep up with it never is. Then a person's takeover goes on
 * all the same, unless the rest would take longer than the lag that is allowed.
 */
final class TakeoverApproach {
  private TakeoverApproach() {}

  /** The other replicas are where they are to be: judges the last looks, or looks. */
  static void advance(Turn t) {
    if (t.isPending(Pending.TakeoverApproach.class::isInstance)
        || t.isWakePending(Alarm.TAKEOVER_APPROACH)) {
      return;
    }
    Instance target = t.s.live.get(Takeover.target(t));
    Optional<String> hopeless = hopeless(t);
    if (hopeless.isPresent()) {
      Undoing.begin(t, hopeless.get());
    } else if (!t.s.takeover.looked || target == null) {
      again(t);
    } else {
      judge(t, target);
    }
  }

  private static Optional<String> hopeless(Turn t) {
    if (t.s.takeover.failedReadsOfMaster >= 2) {
      return Optional.of(t.failed() + " does not answer any more");
    }
    if (t.s.takeover.failedReadsOfTarget >= 2) {
      return Optional.of(Takeover.target(t) + " does not answer any more");
    }
    return Optional.ofNullable(t.s.live.get(Takeover.target(t)))
        .filter(Survivors::isSqlThreadBroken)
        .map(server -> server.key() + " does not apply what it fetches");
  }

  private static void judge(Turn t, Instance target) {
    Nearness nearness =
        Nearness.after(
            t.s.takeover.nearness,
            t.s.takeover.master.map(m -> t.measure().ofMaster(m)).orElseGet(Progress::nothing),
            t.measure().ofReplica(target, t.failed()),
            t.now);
    t.s.takeover.nearness = Optional.of(nearness);
    t.s.takeover.looked = false;
    Duration limit = t.policy().replication().reasonableMaintenanceLag();
    switch (nearness.verdict(Patience.NEAR, limit)) {
      case NEAR -> {
        waited(t, nearness, "");
        Takeover.moved(t);
      }
      case WAIT -> t.wake(Alarm.TAKEOVER_APPROACH, Patience.MOVE_POLL);
      case AS_NEAR_AS_IT_GETS -> asNearAsItGets(t, nearness, limit);
    }
  }

  private static void asNearAsItGets(Turn t, Nearness nearness, Duration limit) {
    if (nearness.isExpectedWithin(limit)) {
      waited(t, nearness, ", and gets no nearer");
      Takeover.moved(t);
    } else {
      Undoing.begin(
          t,
          "%s lacks %s of %s, for which it needs %s, and gets no nearer: ReasonableMaintenanceReplicationLagSeconds is %d"
              .formatted(
                  Takeover.target(t),
                  nearness.lacking().amount("transactions"),
                  t.failed(),
                  nearness
                      .expected()
                      .map(time -> time.toSeconds() + " s")
                      .orElse("longer than can be told"),
                  limit.toSeconds()));
    }
  }

  private static void waited(Turn t, Nearness nearness, String why) {
    Duration waited = Duration.between(nearness.since(), t.now);
    if (!waited.isZero()) {
      t.note(
          "%s lacks %s of %s after %d ms%s"
              .formatted(
                  Takeover.target(t),
                  nearness.lacking().amount("transactions"),
                  t.failed(),
                  waited.toMillis(),
                  why));
    }
  }

  private static void again(Turn t) {
    if (t.s.takeover.failedReadsOfMaster + t.s.takeover.failedReadsOfTarget > 0) {
      t.wake(Alarm.TAKEOVER_APPROACH, Patience.MOVE_POLL);
    } else {
      look(t);
    }
  }

  /** Reads both at once. */
  static void look(Turn t) {
    if (t.s.phase == Phase.TAKEOVER_MOVING) {
      t.s.takeover.looked = true;
      t.probe(new Pending.TakeoverApproach(t.failed()), t.failed());
      t.probe(new Pending.TakeoverApproach(Takeover.target(t)), Takeover.target(t));
    }
  }

  static void seen(Turn t, InstanceKey key, Instance instance) {
    if (key.equals(t.failed())) {
      t.s.takeover.failedReadsOfMaster = 0;
      t.s.takeover.master = Optional.of(instance);
    } else {
      t.s.takeover.failedReadsOfTarget = 0;
      t.answered(key, instance);
    }
  }

  /** Two in a row count: the first may be an accident of the network. */
  static void notSeen(Turn t, InstanceKey key, String reason) {
    t.note(key + " was not read: " + reason);
    t.s.takeover.looked = false;
    if (key.equals(t.failed())) {
      t.s.takeover.failedReadsOfMaster++;
    } else {
      t.s.takeover.failedReadsOfTarget++;
    }
  }
}
