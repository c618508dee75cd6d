package orchestrator.core.testing;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import orchestrator.core.facts.JournalEntry;
import orchestrator.core.facts.RecoveryOrigin;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.topology.InstanceKey;

/**
 * The record of a recovery in the making: of a dead master, automatic, begun at {@link
 * TopologyBuilder#NOW}, that holds back no other one once it has ended.
 */
public final class TicketBuilder {
  private static final Instant STARTED = TopologyBuilder.NOW;

  private final String uid;
  private final InstanceKey failed;
  private List<InstanceKey> replicas = List.of();
  private String clusterName;
  private String clusterAlias = "";
  private RecoveryOrigin origin = RecoveryOrigin.AUTOMATIC;
  private Instant blockedUntil = STARTED;

  private TicketBuilder(String uid, InstanceKey failed) {
    this.uid = uid;
    this.failed = failed;
    this.clusterName = failed.displayString();
  }

  public static TicketBuilder of(String uid, InstanceKey failed) {
    return new TicketBuilder(uid, failed);
  }

  public TicketBuilder replicas(InstanceKey... direct) {
    replicas = List.of(direct);
    return this;
  }

  /** By default named as the failed server, and without an alias. */
  public TicketBuilder cluster(String name, String alias) {
    clusterName = name;
    clusterAlias = alias;
    return this;
  }

  public TicketBuilder origin(RecoveryOrigin by) {
    origin = by;
    return this;
  }

  public TicketBuilder blockingFor(Duration period) {
    blockedUntil = STARTED.plus(period);
    return this;
  }

  /** Open. */
  public RecoveryTicket build() {
    return RecoveryTicket.begun(
        uid,
        failed,
        "DeadMaster",
        "",
        clusterName,
        clusterAlias,
        "",
        origin,
        STARTED,
        blockedUntil,
        0,
        "manager",
        replicas);
  }

  /** Closed, successfully. */
  public RecoveryTicket promoted(InstanceKey successor) {
    return build()
        .with(new JournalEntry.Promoted(successor, "", Optional.empty()), STARTED)
        .with(new JournalEntry.Closed(true, List.of()), STARTED);
  }
}
