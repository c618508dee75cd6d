package orchestrator.simulation.judge;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import orchestrator.core.gtid.BinlogCoordinates;
import orchestrator.core.gtid.GtidDifference;
import orchestrator.core.topology.InstanceKey;

/** How things are at this moment: what no manager can know for sure. */
public interface Truth {
  long now();

  /** The same moment, by the clocks of the managers. */
  Instant instant();

  /** Whether all servers have GTIDs. */
  boolean usesGtid();

  Collection<InstanceKey> servers();

  /** The process runs and answers. */
  boolean isWell(InstanceKey server);

  /** Well, and takes writes. */
  boolean isWritable(InstanceKey server);

  /** The managers that may act now. */
  List<Integer> acting();

  /** Whether the manager and the server reach each other, and the server lets it in. */
  boolean reach(int manager, InstanceKey server);

  /** Since when nothing was wrong with the server, nor with its links to servers and managers. */
  long calmSince(InstanceKey server);

  /** Since when nothing was wrong with either of them, nor with the links between them. */
  long calmBetween(InstanceKey one, InstanceKey other);

  /** Since when nothing was wrong with the link between a manager and a server, nor with either. */
  long calmToManager(int manager, InstanceKey server);

  /** Whether the replica is connected to this source. */
  boolean isReplicating(InstanceKey replica, InstanceKey source);

  /** Applied, or in the relay log; without errant ones. */
  Set<Integer> fetched(InstanceKey server);

  /** Applied; without errant ones. */
  Set<Integer> executed(InstanceKey server);

  /** Whether it applies at once what it fetches, and logs it. */
  boolean isQuick(InstanceKey server);

  /** Whom it is told to replicate from, connected or not. */
  Optional<InstanceKey> sourceOf(InstanceKey server);

  /** Transactions that clients were told are done. */
  Set<Integer> acknowledged();

  /** Transactions that clients were told are safe on a second server. */
  Set<Integer> acknowledgedBySemiSync();

  /** Transactions that their server forgot in a crash. */
  Set<Integer> forgottenInCrash();

  /** Whether it has something, errant or not, that a server forgot in a crash. */
  boolean hasForgotten(InstanceKey server);

  /** Transactions that this server forgot in a crash, its own and others'. */
  Set<Integer> forgottenBy(InstanceKey server);

  /**
   * Whether nothing tells which servers have the transaction. Another one has the same GTID: a
   * server forgot one of them in a crash, and counted on from there. Or there are no GTIDs, and a
   * replica followed a server, which had forgotten it, into its next log file: there its place is
   * later than that of those who have the transaction.
   */
  boolean isIndistinct(int transaction);

  /** Whether a client wrote the transaction on this server, which did not replicate it. */
  boolean isOrigin(InstanceKey server, int transaction);

  /** Whether of co-masters nobody but the other one may replace a dead one. */
  boolean onlyOtherCoMaster();

  /** Whether no limit of data center or region, which co-masters do not have, is against it. */
  boolean mayReplace(InstanceKey failed, InstanceKey candidate);

  /** Whether a set of GTIDs names the transaction. */
  boolean names(GtidDifference set, int transaction);

  /**
   * Whether the transaction stands in the server's binary log, at this place or after it; also when
   * the log has no such place, since a crash took it.
   */
  boolean isLoggedFrom(InstanceKey server, BinlogCoordinates place, int transaction);

  /**
   * What a replica without GTIDs has got twice, or has not got at all, since it goes on at a wrong
   * place; empty for nothing.
   */
  Optional<String> misplaced();

  /** Whether clients wrote to a server during the last seconds. */
  boolean isWrittenTo(InstanceKey server);
}
