package orchestrator.core.state;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import orchestrator.core.facts.Acknowledgement;
import orchestrator.core.facts.Candidate;
import orchestrator.core.facts.DemotedMaster;
import orchestrator.core.facts.Detection;
import orchestrator.core.facts.Downtime;
import orchestrator.core.facts.JournalEntry;
import orchestrator.core.facts.LossReport;
import orchestrator.core.facts.Maintenance;
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

  /** The server is not known any more, nor anything said of it. */
  record Forget(InstanceKey key) implements Command {}

  // What people say of servers

  /** Replaces a downtime of the same server. */
  record BeginDowntime(Downtime downtime) implements Command {}

  record EndDowntime(InstanceKey key) implements Command {}

  /** Refused while another owner has an active maintenance of the server. */
  record BeginMaintenance(Maintenance maintenance, Instant now) implements Command {}

  record EndMaintenance(InstanceKey key) implements Command {}

  record RegisterCandidate(Candidate candidate) implements Command {}

  record PutTag(InstanceKey key, String name, String value) implements Command {}

  record DeleteTag(InstanceKey key, String name) implements Command {}

  // Clusters

  /** An alias set by a person: stronger than any that servers suggest. */
  record SetClusterAlias(String clusterName, String alias) implements Command {}

  /** After a failover: what was said of the old name now holds for the new one. */
  record MoveCluster(String fromName, String toName) implements Command {}

  record SubmitPool(String pool, List<InstanceKey> members, Instant expires) implements Command {
    public SubmitPool {
      members = List.copyOf(members);
    }
  }

  record PutKeyValue(String key, String value) implements Command {}

  record DeleteKeyValue(String key) implements Command {}

  // Failure and recovery

  record SwitchGlobalRecoveries(boolean enabled) implements Command {}

  /**
   * Refused while a detection of the same server and actionability is active. The id inside is
   * replaced by the next free one.
   */
  record RegisterDetection(Detection detection) implements Command {}

  /** Ends the active detections of a server. */
  record EndDetections(InstanceKey key, Instant at) implements Command {}

  /**
   * Refused while a recovery of the same server is open, and (if the origin is automatic) while one
   * blocks. The id inside is replaced by the next free one.
   */
  record OpenRecovery(RecoveryTicket ticket) implements Command {}

  /** Refused for a recovery that is closed or unknown. */
  record Journal(String recoveryUid, List<JournalEntry> entries, Instant at) implements Command {
    public Journal {
      entries = List.copyOf(entries);
    }
  }

  /** The loss report of a recovery, closed or not, has become exact. */
  record ReviseLoss(String recoveryUid, LossReport loss) implements Command {}

  record AcknowledgeRecoveries(Selector selector, Acknowledgement acknowledgement)
      implements Command {}

  record WatchDemotedMaster(DemotedMaster master) implements Command {}

  record ReleaseDemotedMaster(InstanceKey key) implements Command {}

  // Time

  /**
   * Drops what has expired by {@code now}: downtimes, promotion rules, maintenance, pools, active
   * periods of detections that began before {@code detectionsBefore}, and closed recoveries that
   * block nothing any more and ended before {@code recoveriesBefore} (they live on in the history).
   */
  record Expire(Instant now, Instant detectionsBefore, Instant recoveriesBefore)
      implements Command {}

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
