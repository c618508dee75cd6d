package orchestrator.core.state;

import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.function.Predicate;
import orchestrator.core.facts.RecoveryBudget;
import orchestrator.core.facts.RecoveryKind;
import orchestrator.core.facts.RecoveryKind.Brake;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.topology.InstanceKey;

/**
 * What stands in the way of a recovery, by what is agreed on. Nothing but an open recovery of the
 * same server holds a person back, or one that may have made it writable: that one proves first
 * what became of it. An automatic recovery is also held back
 *
 * <ul>
 *   <li>by the {@linkplain Brakes brakes};
 *   <li>while a failover of the same cluster is open, and then until its block ends, unless it is
 *       acknowledged: so that a cluster does not fail over again and again. A cluster that a
 *       failover renamed is the same cluster;
 *   <li>likewise when the server was promoted by a failover, or may have been, or was what an
 *       earlier one was about.
 * </ul>
 *
 * <p>A recovery holds back only those under the same {@linkplain RecoveryKind.Brake brake}; an open
 * failover holds back all of its cluster. So repairs of semi-synchronous replication and of a
 * read-only master, and new sources for the replicas of an intermediate master, never delay the
 * failover of a master. Of intermediate masters several may die at once: there only the server
 * itself and the one that took its replicas are held back, not the cluster.
 *
 * <p>These rules are asked when a ticket is applied, and stay as they are. What a leader asks
 * before it proposes one may go beyond them: {@link #proposalBlockOf}.
 */
public final class RecoveryGate {
  private RecoveryGate() {}

  /**
   * A recovery that somebody considers.
   *
   * @param clusterAlias empty for none
   * @param analysis the diagnosis code, e.g. {@code DeadMaster}
   * @param automatic not asked for by a person
   * @param budget the limit for automatic recoveries, if there is one
   */
  public record Request(
      InstanceKey failed,
      String clusterName,
      String clusterAlias,
      String analysis,
      boolean automatic,
      Optional<RecoveryBudget> budget,
      Instant at) {
    public static Request of(RecoveryTicket ticket, Optional<RecoveryBudget> budget) {
      return new Request(
          ticket.failed(),
          ticket.clusterName(),
          ticket.clusterAlias(),
          ticket.analysis(),
          ticket.origin().automatic(),
          budget,
          ticket.started());
    }
  }

  /**
   * @param reason for people: what blocks, since when, until when, and what to do
   * @param by the recovery that blocks; empty for a brake
   */
  public record Block(String reason, Optional<RecoveryTicket> by) {}

  /**
   * The first obstacle, if there is one: an open recovery, a brake, a recent recovery; of several
   * recoveries the oldest.
   */
  public static Optional<Block> blockOf(ReplicatedState state, Request request) {
    Optional<Block> byRecovery = recoveryBlockOf(state, request);
    if (!request.automatic()
        || byRecovery.flatMap(Block::by).filter(RecoveryTicket::isOpen).isPresent()) {
      return byRecovery;
    }
    return Brakes.holding(state, request)
        .map(reason -> new Block(reason, Optional.empty()))
        .or(() -> byRecovery);
  }

  /** The recovery for which a ticket would be refused, whatever the brakes say. */
  public static Optional<Block> recoveryBlockOf(ReplicatedState state, Request request) {
    Optional<Block> open =
        oldest(
                state,
                ticket ->
                    ticket.isOpen()
                        && (isInTheWay(ticket, request)
                            || mayHavePromoted(ticket, request.failed())))
            .map(RecoveryGate::stillOpen);
    if (open.isPresent() || !request.automatic()) {
      return open;
    }
    return oldest(state, ticket -> blocks(state, ticket, request))
        .map(ticket -> ticket.isOpen() ? stillOpen(ticket) : recent(ticket));
  }

  /**
   * What holds a leader back from proposing a recovery, whatever the brakes say: all that would
   * have it refused; and an automatic one also when the server was a replica of the master that a
   * failover was about, whatever it counts as now. One that was tried and could not be promoted has
   * no source any more, and looks like the master of a cluster of its own. Its replicas belong to
   * the cluster that it came from. Likewise, and a person too, for as long as the server is watched
   * as a former master that a failover replaced: what still points at it belongs below its
   * successor, beside which nobody else is to be promoted. A person also while a failover of the
   * same cluster is open: it may still move its replicas below the one that is to be replaced.
   */
  public static Optional<Block> proposalBlockOf(ReplicatedState state, Request request) {
    Optional<Block> refusal = recoveryBlockOf(state, request);
    if (refusal.isPresent()) {
      return refusal;
    }
    return request.automatic()
        ? ofItsCluster(state, request)
        : underWay(state, request).or(() -> replaced(state, request));
  }

  private static Optional<Block> underWay(ReplicatedState state, Request request) {
    return changesTopology(request.analysis())
        ? oldest(
                state,
                ticket ->
                    ticket.isOpen()
                        && ticket.kind().brake() == Brake.FAILOVER
                        && (isOfCluster(state, ticket, request.clusterName())
                            || ticket.promoted().filter(request.failed()::equals).isPresent()
                            || ticket.fates().containsKey(request.failed())))
            .map(RecoveryGate::stillOpen)
        : Optional.empty();
  }

  private static Optional<Block> ofItsCluster(ReplicatedState state, Request request) {
    return oldest(state, ticket -> isOfItsReplicas(ticket, request))
        .map(ticket -> ticket.isOpen() ? stillOpen(ticket) : recent(ticket))
        .or(() -> replaced(state, request));
  }

  private static Optional<Block> replaced(ReplicatedState state, Request request) {
    return state
        .replacementOf(request.failed())
        .filter(ticket -> brakeOf(request.analysis()) == Brake.FAILOVER)
        .map(RecoveryGate::wasReplaced);
  }

  private static boolean isOfItsReplicas(RecoveryTicket ticket, Request request) {
    boolean holds =
        ticket.isOpen()
            || (ticket.isBlocking(request.at()) && brakeOf(request.analysis()) == Brake.FAILOVER);
    return holds
        && ticket.kind().brake() == Brake.FAILOVER
        && ticket.fates().containsKey(request.failed());
  }

  /** Why a planned change of a cluster has to wait: a recovery of any of its servers is open. */
  public static Optional<String> openRecoveryOf(
      ReplicatedState state, InstanceKey master, String clusterName) {
    return oldest(
            state,
            ticket ->
                ticket.isOpen()
                    && (ticket.failed().equals(master)
                        || mayHavePromoted(ticket, master)
                        || isOfCluster(state, ticket, clusterName)))
        .map(ticket -> stillOpen(ticket).reason());
  }

  private static boolean isOfCluster(
      ReplicatedState state, RecoveryTicket ticket, String clusterName) {
    return state
        .currentClusterName(ticket.clusterName())
        .equals(state.currentClusterName(clusterName));
  }

  private static Optional<RecoveryTicket> oldest(
      ReplicatedState state, Predicate<RecoveryTicket> wanted) {
    return state.recoveries().values().stream()
        .filter(wanted)
        .min(Comparator.comparingLong(RecoveryTicket::id));
  }

  private static boolean blocks(ReplicatedState state, RecoveryTicket ticket, Request request) {
    if (!ticket.isOpen() && !ticket.isBlocking(request.at())) {
      return false;
    }
    Brake brake = ticket.kind().brake();
    boolean openFailover = ticket.isOpen() && brake == Brake.FAILOVER;
    if (brake != brakeOf(request.analysis()) && !openFailover) {
      return false;
    }
    return (isOfCluster(state, ticket, request.clusterName()) && brake != Brake.RELOCATION)
        || ticket.failed().equals(request.failed())
        || ticket.promoted().filter(request.failed()::equals).isPresent()
        || mayHavePromoted(ticket, request.failed());
  }

  /** An open recovery of the same server; but a repair gives way to the server's failover. */
  private static boolean isInTheWay(RecoveryTicket ticket, Request request) {
    return ticket.failed().equals(request.failed())
        && (changesTopology(ticket.analysis()) || !changesTopology(request.analysis()));
  }

  private static Brake brakeOf(String analysis) {
    return RecoveryKind.ofAnalysis(analysis).orElse(RecoveryKind.DEAD_MASTER).brake();
  }

  /** Whether it was about to, and what became of that is not known (yet). */
  private static boolean mayHavePromoted(RecoveryTicket ticket, InstanceKey key) {
    return ticket.promoted().isEmpty() && ticket.intended().filter(key::equals).isPresent();
  }

  /** Whether it changes who replicates from whom. */
  static boolean changesTopology(String analysis) {
    return switch (brakeOf(analysis)) {
      case FAILOVER, RELOCATION -> true;
      case SEMI_SYNC_REPAIR, READ_ONLY_REPAIR -> false;
    };
  }

  private static Block stillOpen(RecoveryTicket ticket) {
    return new Block(
        "Recovery %d (uid %s) of %s, %s, is open since %s on node %s: wait for its end"
            .formatted(
                ticket.id(),
                ticket.uid(),
                ticket.failed(),
                ticket.analysis(),
                ticket.started(),
                ticket.processingNode()),
        Optional.of(ticket));
  }

  private static Block wasReplaced(RecoveryTicket ticket) {
    return new Block(
        "Recovery %d (uid %s) replaced %s, which is watched as a demoted master since: move what still replicates from it below its successor, or release it with release-demoted-master"
            .formatted(ticket.id(), ticket.uid(), ticket.failed()),
        Optional.of(ticket));
  }

  private static Block recent(RecoveryTicket ticket) {
    String promoted = ticket.promoted().map(key -> ", which promoted " + key + ",").orElse("");
    return new Block(
        "Recovery %d (uid %s) of %s, %s,%s began at %s and blocks automatic recoveries of its cluster until %s: acknowledge it with ack-recovery/uid/%s to allow the next one now"
            .formatted(
                ticket.id(),
                ticket.uid(),
                ticket.failed(),
                ticket.analysis(),
                promoted,
                ticket.started(),
                ticket.blockedUntil(),
                ticket.uid()),
        Optional.of(ticket));
  }
}
