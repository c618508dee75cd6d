package orchestrator.core.topology;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * One server as the latest probes read it.
 *
 * @param key its canonical address
 * @param replication its status row; empty when it has none
 * @param group empty when it is in no replication group
 * @param reportedReplicas replicas that the server itself names: a hint for discovery. Who
 *     replicates from whom is decided by the replicas' own {@code replication.source()}
 * @param credentialsAvailable whether replication credentials can be read off the server
 */
public record Instance(
    InstanceKey key,
    Freshness freshness,
    Identity identity,
    boolean readOnly,
    boolean superReadOnly,
    Binlog binlog,
    Gtid gtid,
    Optional<Replication> replication,
    SemiSync semiSync,
    Classification classification,
    Optional<GroupMembership> group,
    Set<InstanceKey> reportedReplicas,
    boolean credentialsAvailable) {

  public Instance {
    reportedReplicas = Set.copyOf(reportedReplicas);
  }

  /** A server that is known by name only: never seen, not valid. */
  public static Instance unseen(InstanceKey key) {
    return new Instance(
        key,
        Freshness.NEVER,
        Identity.UNKNOWN,
        false,
        false,
        Binlog.UNKNOWN,
        Gtid.NONE,
        Optional.empty(),
        SemiSync.NONE,
        Classification.NONE,
        Optional.empty(),
        Set.of(),
        false);
  }

  public Instance withFreshness(Freshness newFreshness) {
    return with(newFreshness, replication, classification);
  }

  private Instance with(
      Freshness newFreshness,
      Optional<Replication> newReplication,
      Classification newClassification) {
    return new Instance(
        key,
        newFreshness,
        identity,
        readOnly,
        superReadOnly,
        binlog,
        gtid,
        newReplication,
        semiSync,
        newClassification,
        group,
        reportedReplicas,
        credentialsAvailable);
  }

  /**
   * The same, just read, knowing what an earlier reading found: for how long it has heard nothing
   * of its source.
   *
   * @param began when the reading began, or earlier
   * @param ended when the reading ended, or later, by the same clock: one that nobody sets
   */
  public Instance after(Optional<Instance> earlier, Instant began, Instant ended) {
    if (replication.flatMap(Replication::hearing).isEmpty()) {
      return this;
    }
    Optional<Replication> before = earlier.flatMap(Instance::replication);
    return with(freshness, replication.map(row -> row.after(before, began, ended)), classification);
  }

  /** The same server, known to replicate from nobody any more. */
  public Instance withoutReplication() {
    return with(freshness, Optional.empty(), classification);
  }

  /** The same server, known to have Pseudo-GTID markers or not. */
  public Instance withPseudoGtid(boolean pseudoGtid) {
    return classification.pseudoGtid() == pseudoGtid
        ? this
        : with(freshness, replication, classification.withPseudoGtid(pseudoGtid));
  }

  /** The same server after a probe of it failed at {@code now}. */
  public Instance failedCheck(Instant now, boolean partialSuccess) {
    return withFreshness(freshness.failed(now, partialSuccess));
  }

  /** The key of the server it claims to replicate from, detached or not; empty for a master. */
  public Optional<InstanceKey> sourceKey() {
    return replication.filter(Replication::isReplica).map(Replication::source);
  }

  /**
   * The source that its status row names, whether or not anything was ever read from it; detached
   * or not. Empty for a server without one, and for what a reset leaves behind ({@code _}).
   */
  public Optional<InstanceKey> claimedSource() {
    return replication
        .map(Replication::source)
        .filter(s -> !s.hostname().isEmpty() && !s.hostname().equals("_") && s.port() != 0);
  }

  /** The server above: the source of a replica, the primary of a group's secondary. */
  public Optional<InstanceKey> upstreamKey() {
    return isGroupSecondary()
        ? group.flatMap(GroupMembership::primary)
        : claimedSource().filter(InstanceKey::isValid);
  }

  public boolean isReplica() {
    return sourceKey().isPresent();
  }

  /** Whether it replicates, both threads running. */
  public boolean isReplicating() {
    return replication.filter(Replication::isRunning).isPresent();
  }

  public boolean isGroupMember() {
    return group.filter(GroupMembership::isMember).isPresent();
  }

  public boolean isGroupSecondary() {
    return group.filter(g -> g.isMember() && g.isSecondary()).isPresent();
  }

  /**
   * A server without a source that can be contacted, and not a group secondary. A replica whose
   * source is detached looks like a master.
   */
  public boolean isMaster() {
    boolean hasSource = claimedSource().filter(InstanceKey::isValid).isPresent();
    return !hasSource && group.filter(g -> !g.name().isEmpty() && !g.isPrimary()).isEmpty();
  }

  public boolean isBinlogServer() {
    return identity.version().isBinlogServer();
  }

  public boolean isLastCheckValid() {
    return freshness.isLastCheckValid();
  }

  public boolean usesOracleGtid() {
    return replication.filter(Replication::autoPosition).isPresent();
  }

  public boolean usesMariaDbGtid() {
    return replication.filter(Replication::mariaDbGtid).isPresent();
  }

  public ServerVersion version() {
    return identity.version();
  }
}
