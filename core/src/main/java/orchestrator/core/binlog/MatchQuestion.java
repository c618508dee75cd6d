package orchestrator.core.binlog;

import java.util.Optional;
import orchestrator.core.gtid.BinlogCoordinates;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.Replication;

/**
 * Where in the binary log of a server another one stands, whose replication is stopped.
 *
 * @param ownLog the end of the server's own binary log; empty when it does not log what it
 *     replicates, or in another form than the source
 * @param relayLog up to where it has executed its relay log; empty when that is not known
 * @param notAfter a place in the source's log that it is known not to be beyond
 */
public record MatchQuestion(
    InstanceKey replica,
    Optional<BinlogCoordinates> ownLog,
    Optional<BinlogCoordinates> relayLog,
    InstanceKey source,
    PseudoGtid pseudoGtid,
    Optional<BinlogCoordinates> notAfter) {

  /**
   * @param replica as read after its replication was stopped
   */
  public static MatchQuestion of(
      Instance replica,
      Instance source,
      PseudoGtid pseudoGtid,
      Optional<BinlogCoordinates> notAfter) {
    boolean comparable =
        replica.binlog().canFeedReplicas() && replica.binlog().format() == source.binlog().format();
    return new MatchQuestion(
        replica.key(),
        replica.binlog().position().filter(at -> comparable && !at.isUnknown()),
        replica
            .replication()
            .map(Replication::relayLog)
            .filter(at -> !at.isUnknown())
            .map(at -> BinlogCoordinates.relay(at.logFile(), at.logPos())),
        source.key(),
        pseudoGtid,
        notAfter);
  }
}
