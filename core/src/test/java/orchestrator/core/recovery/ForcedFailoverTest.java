package orchestrator.core.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import orchestrator.core.facts.Downtime;
import orchestrator.core.facts.JournalEntry;
import orchestrator.core.facts.KeptReadOnly;
import orchestrator.core.facts.RecoveryOrigin;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.testing.InstanceBuilder;
import orchestrator.core.testing.States;
import orchestrator.core.testing.TicketBuilder;
import orchestrator.core.testing.TopologyBuilder;
import orchestrator.core.topology.InstanceKey;
import org.junit.jupiter.api.Test;

/** A person has a master replaced that may not be the master any more. */
class ForcedFailoverTest {
  private static final RecoveryOrigin FORCED =
      new RecoveryOrigin(false, "force-master-failover", Optional.empty(), false);

  private final TopologyBuilder servers = TopologyBuilder.masterWithReplicas(2);

  private String refusal(String failed, ReplicatedState state) {
    return refusal(failed, "DeadMaster", FORCED, state);
  }

  private String refusal(
      String failed, String analysis, RecoveryOrigin origin, ReplicatedState state) {
    Stage stage = new Stage(servers, failed, analysis, RecoveryPolicy.DEFAULT, origin, state);
    return RecoveryGates.refusal(
        RecoveryGates.of(stage.circumstances, origin, state, TopologyBuilder.NOW));
  }

  @Test
  void aLivingMasterIsReplaced() {
    assertThat(refusal("m", ReplicatedState.EMPTY)).isEmpty();
  }

  @Test
  void aCoMasterIsReplaced() {
    servers.with("m", m -> m.replicatesFrom("r1"));
    assertThat(refusal("m", ReplicatedState.EMPTY)).isEmpty();
  }

  /** A takeover ended meanwhile, and the old master follows the new one. */
  @Test
  void whatReplicatesIsNoMasterAndIsLeftAlone() {
    servers.with("r2", r -> r.replicatesFrom("r1"));
    assertThat(refusal("r1", ReplicatedState.EMPTY))
        .contains("r1:3306 is not the master of its cluster: it replicates from m:3306");
  }

  /** A failed failover gave it up; the old master is back, writable, and replicates from it. */
  @Test
  void norIsOneThatWasGivenUpWhileAReplicaOfItTakesWrites() {
    servers.with("m", InstanceBuilder::readOnly).with("r2", InstanceBuilder::writable);
    ReplicatedState kept =
        new States()
            .keptReadOnly(new KeptReadOnly(TopologyBuilder.key("m"), "7:x", TopologyBuilder.NOW))
            .build();
    assertThat(refusal("m", ReplicatedState.EMPTY)).isEmpty();
    assertThat(refusal("m", kept)).contains("7:x", "r2:3306", "reset-replica");
    servers.with("r2", InstanceBuilder::readOnly);
    assertThat(refusal("m", kept)).isEmpty();
  }

  /** It was detached, so it looks like a master; but the cluster has another one. */
  @Test
  void norIsOneThatAFailoverLost() {
    RecoveryTicket ticket =
        TicketBuilder.of("7:x", TopologyBuilder.key("old"))
            .replicas(TopologyBuilder.key("m"), TopologyBuilder.key("new"))
            .promoted(TopologyBuilder.key("new"));
    States lost = new States().recovery(ticket);
    assertThat(refusal("m", lost.build())).isEmpty();
    lost.downtime("m", Downtime.LOST_IN_RECOVERY, Duration.ofDays(1));
    assertThat(refusal("m", lost.build())).contains("7:x", "new:3306", "end-downtime");
  }

  /**
   * It looks like a master, or like a co-master of the replica that fed it; but the failed one may
   * come back and take writes.
   */
  @Test
  void norIsOneThatAFailoverGaveUpWhenItPromotedNobody() {
    servers.with("m", m -> m.replicatesFrom("r1").unreachable());
    RecoveryTicket ticket =
        TicketBuilder.of("7:x", TopologyBuilder.key("old"))
            .replicas(TopologyBuilder.key("m"))
            .build()
            .with(new JournalEntry.Closed(false, List.of("nobody")), TopologyBuilder.NOW);
    States states = new States().recovery(ticket);
    for (String analysis : List.of("DeadMaster", "DeadCoMaster")) {
      for (RecoveryOrigin origin : List.of(FORCED, RecoveryOrigin.AUTOMATIC)) {
        assertThat(refusal("m", analysis, origin, states.build())).isEmpty();
      }
    }
    states.keptReadOnly(new KeptReadOnly(TopologyBuilder.key("m"), "7:x", TopologyBuilder.NOW));
    for (String analysis : List.of("DeadMaster", "DeadCoMaster")) {
      for (RecoveryOrigin origin : List.of(FORCED, RecoveryOrigin.AUTOMATIC)) {
        assertThat(refusal("m", analysis, origin, states.build()))
            .contains("7:x", "old:3306 is still the master", "set-writeable");
      }
    }
  }

  @Test
  void norIsOneThatWasReplacedSinceItWasRead() {
    InstanceKey successor = TopologyBuilder.key("r1");
    Instant now = TopologyBuilder.NOW;
    RecoveryTicket ticket =
        TicketBuilder.of("7:x", TopologyBuilder.key("m"))
            .replicas(successor)
            .build()
            .with(new JournalEntry.PromotionIntended(successor), now)
            .with(new JournalEntry.Promoted(successor, "", Optional.empty()), now)
            .with(new JournalEntry.Closed(true, List.of()), now.plusSeconds(1));
    ReplicatedState state = new States().recovery(ticket).build();
    assertThat(refusal("m", state)).contains("a recovery has replaced it");
  }
}
