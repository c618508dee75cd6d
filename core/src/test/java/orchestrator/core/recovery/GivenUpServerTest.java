package orchestrator.core.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import orchestrator.core.facts.KeptReadOnly;
import orchestrator.core.facts.RecoveryOrigin;
import orchestrator.core.testing.InstanceBuilder;
import orchestrator.core.testing.States;
import orchestrator.core.testing.TopologyBuilder;
import orchestrator.core.topology.InstanceKey;
import org.junit.jupiter.api.Test;

/** {@code m}, below which {@code r} is, was tried by a recovery of another server, and given up. */
class GivenUpServerTest {
  private static final InstanceKey TRIED = TopologyBuilder.key("m");

  private final TopologyBuilder servers =
      new TopologyBuilder()
          .with("m", m -> m.readOnly().oracleGtid("").unreachable())
          .with("r", r -> r.replicatesFrom("m").readOnly().failingToConnect().oracleGtid(""));

  private String refusal(String analysis, RecoveryOrigin origin) {
    var state =
        new States().keptReadOnly(new KeptReadOnly(TRIED, "7", TopologyBuilder.NOW)).build();
    Stage stage = new Stage(servers, "m", analysis, RecoveryPolicy.DEFAULT, origin, state);
    return RecoveryGates.refusal(
        RecoveryGates.of(stage.circumstances, origin, state, TopologyBuilder.NOW));
  }

  @Test
  void itIsNoMasterWhenItDies() {
    assertThat(refusal("DeadMaster", RecoveryOrigin.AUTOMATIC)).contains("Recovery 7", "no master");
  }

  @Test
  void aPersonKnowsBetter() {
    assertThat(refusal("DeadMaster", new RecoveryOrigin(false, "recover", Optional.empty(), false)))
        .doesNotContain("no master");
  }

  @Test
  void oneThatTookWritesIsAMaster() {
    servers.with("m", InstanceBuilder::writable);
    assertThat(refusal("DeadMaster", RecoveryOrigin.AUTOMATIC)).doesNotContain("no master");
  }

  @Test
  void oneThatBecameAnIntermediateMasterIsNothingSpecial() {
    assertThat(refusal("DeadIntermediateMaster", RecoveryOrigin.AUTOMATIC))
        .doesNotContain("no master");
  }
}
