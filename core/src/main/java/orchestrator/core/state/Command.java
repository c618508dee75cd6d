package orchestrator.core.state;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import orchestrator.core.facts.Acknowledgement;
import orchestrator.core.facts.Candidate;
import orchestrator.core.facts.DemotedMaster;
import orchestrator.core.facts.Detection;
import orchestrator.core.facts.Downtime;
import orchestrator.core.facts.JournalEntry;
import orchestrator.core.facts.KeptReadOnly;
import orchestrator.core.facts.LossReport;
import orchestrator.core.facts.Maintenance;
import orchestrator.core.facts.ManagerNode;
import orchestrator.core.facts.RecoveryBudget;
import orchestrator.core.facts.RecoveryPause;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.topology.InstanceKey;

/**
 * A change of the replicated state. Everything that applying it needs is inside: no clock, no
 * random number, no look at a server.
 */
public sealed interface Command {

  // Servers

  /** The server is to be known, and polled. */
  record Discover(InstanceKey key) implements Command {}

  /**
   * A server that was met by one name goes by another: what was said of the one holds for the
   * other, and people may go on asking for it by either. Nothing when neither is known.
   *
   * @param own the name by which it is known and polled from now on
   */
  record Rename(InstanceKey met, InstanceKey own) implements Command {}

  /** The server is not known any more, nor anything said of it. */
  record Forget(InstanceKey key) implements Command {}

  /**
   * None of these servers is known any more, nor anything said of them or of the cluster.
   *
   * @param members the servers that the cluster had when it was asked for
   */
  record ForgetCluster(String clusterName, List<InstanceKey> members) implements Command {
    public ForgetCluster {
      members = List.copyOf(members);
    }
  }

  /** Replicas below {@code hostname} are to use {@code unresolved} as their source's host name. */
  record RegisterHostnameUnresolve(String hostname, String unresolved, Instant expires)
      implements Command {}

  record DeregisterHostnameUnresolve(String hostname) implements Command {}

  // What people say of servers

  /** Replaces a downtime of the same server. */
  record BeginDowntime(Downtime downtime) implements Command {}

  record EndDowntime(InstanceKey key) implements Command {}

  /**
   * Ends a downtime that a recovery gave to a server it left behind; a downtime that a person asked
   * for stays. For servers that came back.
   */
  record EndLostInRecovery(InstanceKey key) implements Command {}

  /** Refused while another owner has an active maintenance of the server. */
  record BeginMaintenance(Maintenance maintenance, Instant now) implements Command {}

  record EndMaintenance(InstanceKey key) implements Command {}

  record RegisterCandidate(Candidate candidate) implements Command {}

  record PutTag(InstanceKey key, String name, String value) implements Command {}

  /**
   * @param value if given, the tag is deleted only while it has this value
   */
  record DeleteTag(InstanceKey key, String name, Optional<String> value) implements Command {
    /** Whatever the tag's value is. */
    public DeleteTag(InstanceKey key, String name) {
      this(key, name, Optional.empty());
    }
  }

  // Clusters

  /**
   * An alias set by a person: stronger than any that servers suggest. An alias names one cluster:
   * another one that had it loses it. An empty alias takes back what was set.
   */
  record SetClusterAlias(String clusterName, String alias) implements Command {}

  /** After a failover: what was said of the old name now holds for the new one. */
  record MoveCluster(String fromName, String toName) implements Command {}

  /** A Pseudo-GTID marker was written on the cluster's master; forgotten after an hour. */
  record InjectedPseudoGtid(String clusterName, Instant at) implements Command {}

  /** Replaces the members of a pool; without members the pool ends. */
  record SubmitPool(String pool, List<InstanceKey> members, Instant expires) implements Command {
    public SubmitPool {
      members = List.copyOf(members);
    }
  }

  /** The value also remembers the place of this command in the log. */
  record PutKeyValue(String key, String value) implements Command {}

  record DeleteKeyValue(String key) implements Command {}

  // Failure and recovery

  record SwitchGlobalRecoveries(boolean enabled) implements Command {}

  /**
   * More servers fail than the managers may recover from by themselves: nothing is recovered
   * automatically until {@link ReleaseBrake}. Refused while the budget is not used up.
   *
   * @param heldBack the server that would have been one too many
   */
  record PullBrake(RecoveryBudget budget, InstanceKey heldBack, Instant at) implements Command {}

  /** A person lets the managers recover again; the budget counts anew from here. */
  record ReleaseBrake(Acknowledgement by) implements Command {}

  /** Replaces a pause of the same cluster. */
  record PauseRecoveries(RecoveryPause pause) implements Command {}

  /** Ends the pauses of a cluster. */
  record ResumeRecoveries(String clusterName) implements Command {}

  /**
   * Refused while a detection of the same server and actionability is active. The id inside is
   * replaced by the next free one.
   */
  record RegisterDetection(Detection detection) implements Command {}

  /** The operators' processes of a detection have run to their end, well or not. */
  record EndDetectionHooks(String uid) implements Command {}

  /** Ends the active detections of a server. */
  record EndDetections(InstanceKey key, Instant at) implements Command {}

  /**
   * Refused while a recovery of the same server is open, and (if the origin is automatic) while
   * {@link RecoveryGate} names another obstacle. If a person asked, it acknowledges the completed
   * recoveries of the server. The id inside is replaced by the next free one. Repeating it with the
   * same uid gives the same id.
   *
   * @param budget the limit for automatic recoveries that the writer is configured with: checked
   *     here, so that leaders that follow each other cannot exceed it together. Empty for none
   */
  record OpenRecovery(RecoveryTicket ticket, Optional<RecoveryBudget> budget) implements Command {
    /** Without a limit. */
    public OpenRecovery(RecoveryTicket ticket) {
      this(ticket, Optional.empty());
    }
  }

  /**
   * Refused for a recovery that is unknown or (unless the entries change nothing) closed, when an
   * entry would choose another server while one may be writable, and in another term than its own:
   * who writes it then has lost the lead in between, and another may have gone on.
   *
   * @param term in which the writer leads; 0 for one that is bound to no term
   */
  record Journal(String recoveryUid, List<JournalEntry> entries, Instant at, long term)
      implements Command {
    public Journal {
      entries = List.copyOf(entries);
    }

    /** Bound to no term. */
    public Journal(String recoveryUid, List<JournalEntry> entries, Instant at) {
      this(recoveryUid, entries, at, 0);
    }
  }

  /** The loss report of a recovery, closed or not, has become exact. */
  record ReviseLoss(String recoveryUid, LossReport loss) implements Command {}

  record AcknowledgeRecoveries(Selector selector, Acknowledgement acknowledgement)
      implements Command {}

  /** Until {@link ReleaseDemotedMaster}, {@link Forget}, or the server is to be promoted again. */
  record WatchDemotedMaster(DemotedMaster master) implements Command {}

  record ReleaseDemotedMaster(InstanceKey key) implements Command {}

  /**
   * A demoted master answers again, and was compared with its successor.
   *
   * @param recoveryUid by which it was demoted: of another time it says nothing
   */
  record CompareDemotedMaster(
      InstanceKey key, String recoveryUid, DemotedMaster.Comparison comparison)
      implements Command {}

  /**
   * The server is to take no writes as long as it is a replica. Until {@link EndReadOnly}, {@link
   * Forget}, or it is to be promoted.
   */
  record KeepReadOnly(KeptReadOnly server) implements Command {}

  /** A person wants it to take writes, or has made it a master. */
  record EndReadOnly(InstanceKey key) implements Command {}

  // The managers themselves

  /** Replaces what the node said of itself before. */
  record AnnounceNode(ManagerNode node) implements Command {}

  /** The node has left the group for good. */
  record ForgetNode(String name) implements Command {}

  // Time

  /**
   * Drops what has expired by {@code now}: downtimes, promotion rules, maintenance, pools, pauses,
   * names for replicas, active periods of detections that began before {@code detectionsBefore},
   * and closed recoveries that block nothing any more and ended before {@code recoveriesBefore}
   * (they live on in the history).
   */
  record Expire(Instant now, Instant detectionsBefore, Instant recoveriesBefore)
      implements Command {
    /**
     * A recovery is never dropped before its detection is over: the next recovery of the server
     * would get the uid of the detection, which is that of the first.
     *
     * @param announced how long a failure counts as announced
     * @param kept how long a closed recovery is kept, at least
     */
    public static Expire at(Instant now, Duration announced, Duration kept) {
      Duration longer = kept.compareTo(announced) < 0 ? announced : kept;
      return new Expire(now, now.minus(announced), now.minus(longer));
    }
  }

  /** Which recoveries an acknowledgement is about. */
  sealed interface Selector {
    record All() implements Selector {}

    record ById(long id) implements Selector {}

    record ByUid(String uid) implements Selector {}

    record ByInstance(InstanceKey key) implements Selector {}

    /** By the cluster's name or, if given, its alias. */
    record ByCluster(String clusterName, Optional<String> alias) implements Selector {}
  }
}
