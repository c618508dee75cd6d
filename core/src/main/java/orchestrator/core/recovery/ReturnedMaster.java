package orchestrator.core.recovery;

import java.util.Optional;
import orchestrator.core.facts.DemotedMaster;
import orchestrator.core.facts.PromotionBase;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.gtid.BinlogCoordinates;
import orchestrator.core.gtid.GtidDifference;
import orchestrator.core.gtid.GtidSet;
import orchestrator.core.gtid.MariaDbGtidSet;
import orchestrator.core.gtid.OracleGtidSet;
import orchestrator.core.relocation.CanReplicate;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.relocation.ServerAction.SourcePosition;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.Topology;

/** What an old master that answers again has for itself, and whether it may become a replica. */
public final class ReturnedMaster {
  private final DemotedMaster demoted;
  private final Instance read;
  private final ReplicatedState state;
  private final InstanceKey successor;
  private final Optional<Instance> seenSuccessor;

  /**
   * @param read the demoted server as it answered just now
   * @param topology holds the successor as last read
   */
  public ReturnedMaster(
      DemotedMaster demoted, Instance read, Topology topology, ReplicatedState state) {
    this.demoted = demoted;
    this.read = read;
    this.state = state;
    this.successor = state.inForce(demoted.successor());
    this.seenSuccessor = topology.find(successor).filter(Instance::isLastCheckValid);
  }

  public InstanceKey successor() {
    return successor;
  }

  Optional<RecoveryTicket> ticket() {
    return Optional.ofNullable(state.recoveries().get(demoted.recoveryUid()));
  }

  /**
   * What only the old master has; empty while it cannot be told. It may have fetched what its
   * successor wrote after that was last read, which does not count.
   *
   * <p>MariaDB's sequence numbers go on with the successor's own writes, which then seem to cover
   * those that it lacks: so what others wrote is compared with what it had when it was promoted.
   */
  Optional<GtidDifference> onlyHere() {
    Optional<GtidSet> had = known(read);
    Optional<GtidSet> has = seenSuccessor.flatMap(ReturnedMaster::known);
    if (had.isEmpty() || has.isEmpty()) {
      return Optional.empty();
    }
    Instance other = seenSuccessor.get();
    return Optional.of(
        switch (had.get()) {
          case OracleGtidSet oracle ->
              oracle.missingFrom(has.get()).without(other.identity().serverUuid());
          case MariaDbGtidSet mariaDb ->
              MariaDbGtidSet.of(
                      mariaDb.gtids().stream()
                          .filter(gtid -> gtid.serverId() != other.identity().serverId())
                          .toList())
                  .missingFrom(
                      ticket()
                          .flatMap(ticket -> ticket.loss().promotedExecuted())
                          .orElseGet(has::get));
        });
  }

  /** The set of a server without GTIDs is empty whatever it has. */
  private static Optional<GtidSet> known(Instance server) {
    return server
        .gtid()
        .executed()
        .filter(set -> set instanceof MariaDbGtidSet || server.gtid().supportsOracle());
  }

  /** What keeps it from being made a replica of its successor now; empty for nothing. */
  public Optional<String> obstacle(CanReplicate.Policy policy) {
    if (!read.readOnly()) {
      return Optional.of("it is writable, and is being set read-only");
    }
    if (ticket().filter(RecoveryTicket::isOpen).isPresent()) {
      return Optional.of("recovery " + demoted.recoveryUid() + " still runs");
    }
    if (placeBelowSuccessor().isPresent() && seenSuccessor.isPresent()) {
      return replicates().or(() -> cannotFollow(policy));
    }
    Optional<GtidDifference> own = onlyHere();
    if (known(read).isEmpty()) {
      return Optional.of(
          "it does not use GTIDs, so that it cannot be compared with %s: rebuild it from there"
              .formatted(successor));
    }
    if (own.isEmpty() || seenSuccessor.isEmpty()) {
      return Optional.of("it cannot be compared with " + successor + ", which was not read");
    }
    if (!own.get().isEmpty()) {
      return Optional.of("it has transactions that " + successor + " lacks: " + own.get());
    }
    return replicates()
        .or(() -> cannotFollow(policy))
        .or(() -> seenSuccessor.flatMap(this::purged));
  }

  private Optional<String> replicates() {
    return read.replication()
        .filter(r -> !r.isStopped())
        .map(r -> "it replicates from " + r.source());
  }

  private Optional<String> cannotFollow(CanReplicate.Policy policy) {
    return seenSuccessor
        .map(source -> CanReplicate.from(read, source, policy))
        .filter(CanReplicate.Verdict.Refused.class::isInstance)
        .map(refused -> ((CanReplicate.Verdict.Refused) refused).reason());
  }

  /**
   * From where it can replicate without GTIDs: its log ends where its successor had applied it, so
   * that it has nothing of its own.
   */
  private Optional<BinlogCoordinates> placeBelowSuccessor() {
    return ticket()
        .flatMap(RecoveryTicket::base)
        .filter(base -> base.candidate().equals(successor))
        .filter(base -> read.binlog().position().equals(Optional.of(base.executed())))
        .flatMap(PromotionBase::position);
  }

  private Optional<String> purged(Instance source) {
    GtidSet had = read.gtid().executed().orElse(OracleGtidSet.EMPTY);
    return source
        .gtid()
        .purged()
        .map(gone -> gone.missingFrom(had))
        .filter(gone -> !gone.isEmpty())
        .map(gone -> successor + " has purged transactions that it lacks: " + gone);
  }

  /** Makes it a replica of its successor. */
  public ServerAction.ChangeSource reattachment() {
    Optional<SourcePosition> place = placeBelowSuccessor().map(SourcePosition.FileAndPosition::new);
    SourcePosition byGtid =
        read.gtid().executed().filter(MariaDbGtidSet.class::isInstance).isPresent()
            ? new SourcePosition.MariaDbCurrentPos()
            : new SourcePosition.OracleAuto();
    return new ServerAction.ChangeSource(demoted.key(), successor, place.orElse(byGtid), true);
  }
}
