package orchestrator.core.gtid;

import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * Transactions of a MySQL replica that did not come from its source.
 *
 * @param errant transactions that the source never had: they were made on the replica, or on a
 *     server that is no longer upstream of it
 * @param ahead transactions of the source or of its ancestors that are newer than anything the
 *     source itself reports of them. A source sends a transaction once it is in its binary log, and
 *     counts it in {@code gtid_executed} only when it is committed; between the two it may wait for
 *     semi-synchronous acknowledgements as long as that takes. So these are not errant. If they
 *     stay, the source waits, or has lost the end of its binary log in a crash
 */
public record ErrantGtid(OracleGtidSet errant, OracleGtidSet ahead) {
  public static final ErrantGtid NONE = new ErrantGtid(OracleGtidSet.EMPTY, OracleGtidSet.EMPTY);

  /**
   * Compares a replica with its source. With either set empty there is nothing to compare (the
   * server has no GTIDs, or they could not be read) and nothing is errant.
   *
   * <p>When the source was read later, whatever the replica had by then received was in the
   * source's binary log, and set difference tells; transactions that carry an ancestor's UUID and
   * fill a gap of the source are found too. When it was read earlier, the replica may have received
   * newer transactions of any server upstream, so those servers' UUIDs are not looked at.
   *
   * <p>In a replication group members may commit before the primary does, and numbers are handed
   * out in blocks: pass {@code sourceReadLater} as false, and the group's name among the ancestors.
   *
   * @param replicaExecuted {@code gtid_executed} of the replica
   * @param sourceExecuted {@code gtid_executed} of its source
   * @param ancestryUuids UUIDs of all servers upstream; the replica's own may be among them
   * @param ownUuid UUID of the replica; empty if unknown
   * @param sourceUuid UUID of the source; empty if unknown
   * @param isCoMaster whether replica and source replicate from each other: then the replica's own
   *     transactions are legitimate, and may not have reached the other yet
   * @param sourceReadLater whether the source's set was read when the replica's had been read
   */
  public static ErrantGtid find(
      OracleGtidSet replicaExecuted,
      OracleGtidSet sourceExecuted,
      Set<String> ancestryUuids,
      String ownUuid,
      String sourceUuid,
      boolean isCoMaster,
      boolean sourceReadLater) {
    if (replicaExecuted.isEmpty() || sourceExecuted.isEmpty()) {
      return NONE;
    }
    OracleGtidSet foreign = replicaExecuted.subtract(sourceExecuted);
    if (isCoMaster) {
      foreign = foreign.without(ownUuid);
    }
    if (foreign.isEmpty()) {
      return NONE;
    }
    Set<String> upstream = upstream(ancestryUuids, ownUuid, sourceUuid);
    if (!sourceReadLater) {
      return new ErrantGtid(foreign.without(upstream), OracleGtidSet.EMPTY);
    }
    OracleGtidSet fromUpstream = foreign.only(upstream);
    OracleGtidSet ahead = fromUpstream.subtract(fromUpstream.upToLargestOf(sourceExecuted));
    return new ErrantGtid(foreign.subtract(ahead), ahead);
  }

  private static Set<String> upstream(
      Set<String> ancestryUuids, String ownUuid, String sourceUuid) {
    Set<String> upstream = new HashSet<>();
    ancestryUuids.forEach(uuid -> upstream.add(uuid.toLowerCase(Locale.ROOT)));
    upstream.add(sourceUuid.toLowerCase(Locale.ROOT));
    upstream.remove(ownUuid.toLowerCase(Locale.ROOT));
    return upstream;
  }
}
