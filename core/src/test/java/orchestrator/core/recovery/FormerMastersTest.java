package orchestrator.core.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import orchestrator.core.facts.DemotedMaster;
import orchestrator.core.facts.RecoveryOrigin;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.gtid.OracleGtidSet;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.testing.InstanceBuilder;
import orchestrator.core.testing.States;
import orchestrator.core.testing.TicketBuilder;
import orchestrator.core.testing.TopologyBuilder;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.PromotionRule;
import org.junit.jupiter.api.Test;

/**
 * Co-master {@code r1} was replaced by {@code m}, has come back below it, and now {@code m} dies.
 */
class FormerMastersTest {
  private static final Instant NOW = TopologyBuilder.NOW;
  private static final InstanceKey MASTER = TopologyBuilder.key("m");
  private static final InstanceKey RETURNED = TopologyBuilder.key("r1");
  private static final InstanceKey OTHER = TopologyBuilder.key("r2");
  private static final String UUID = InstanceBuilder.uuidOf(MASTER);

  private final DemotedMaster returned = new DemotedMaster(RETURNED, "0:x", MASTER, NOW);
  private final States said = new States();
  private RecoveryOrigin origin = RecoveryOrigin.AUTOMATIC;
  private final TopologyBuilder servers =
      TopologyBuilder.masterWithReplicas(2)
          .withAll(s -> s.oracleGtid(UUID + ":1-100"))
          .with("r1", r -> r.promotionRule(PromotionRule.PREFER));

  private static DemotedMaster.Comparison comparison(String onlyHere) {
    return new DemotedMaster.Comparison(OracleGtidSet.parse(onlyHere), NOW);
  }

  private DemotedMaster quarantined() {
    return returned.comparedAs(comparison(InstanceBuilder.uuidOf(RETURNED) + ":7"));
  }

  private Stage stage() {
    return new Stage(servers, "m", "DeadMaster", RecoveryPolicy.DEFAULT, origin, said.build());
  }

  private Optional<InstanceKey> promoted() {
    return stage().start().ticket.promoted();
  }

  @Test
  void aPreferredOneThatIsQuarantinedIsNotPromoted() {
    said.demoted(quarantined());
    assertThat(promoted()).contains(OTHER);
  }

  @Test
  void aPreferredOneThatWasNotComparedIsNotPromoted() {
    said.demoted(returned);
    assertThat(promoted()).contains(OTHER);
  }

  @Test
  void oneThatHasNothingOfItsOwnIsPromoted() {
    said.demoted(returned.comparedAs(comparison("")));
    assertThat(promoted()).contains(RETURNED);
  }

  /** It was held until its successor had all; another look at it is due within a second. */
  @Test
  void oneThatWasReplacedAsPlannedIsPromoted() {
    said.demoted(returned).recovery(takeoverOf(RETURNED));
    assertThat(promoted()).contains(RETURNED);
  }

  @Test
  void aPersonReleasesItBeforeNamingIt() {
    origin = new RecoveryOrigin(false, "force-master-takeover", Optional.of(RETURNED), false);
    said.demoted(quarantined());
    Stage stage = stage().start();
    assertThat(stage.ticket.promoted()).isEmpty();
    assertThat(stage.journal())
        .anyMatch(entry -> entry.toString().contains("release-demoted-master/r1/3306"));
  }

  @Test
  void itIsNoTargetOfATakeover() {
    ReplicatedState state = said.demoted(quarantined()).build();
    List<Gate> gates =
        RecoveryGates.of(
            stage().circumstances, RecoveryOrigin.takeover(RETURNED, true), state, NOW);
    assertThat(RecoveryGates.refusal(gates)).contains("release-demoted-master/r1/3306");
  }

  private static RecoveryTicket takeoverOf(InstanceKey old) {
    return TicketBuilder.of("0:x", old)
        .replicas(MASTER)
        .origin(RecoveryOrigin.takeover(MASTER, true))
        .promoted(MASTER);
  }
}
