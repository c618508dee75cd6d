package orchestrator.core.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import orchestrator.core.facts.DemotedMaster;
import orchestrator.core.facts.KeptReadOnly;
import orchestrator.core.relocation.ServerAction.SetReadOnly;
import orchestrator.core.testing.InstanceBuilder;
import orchestrator.core.testing.States;
import orchestrator.core.testing.TopologyBuilder;
import orchestrator.core.topology.InstanceKey;
import org.junit.jupiter.api.Test;

/** The former master {@code old} replicates from {@code m}, and so does {@code other}. */
class WritableReplicasTest {
  private static final InstanceKey OLD = TopologyBuilder.key("old");

  private final States states = new States().keptReadOnly(kept("old"));
  private final TopologyBuilder servers =
      new TopologyBuilder()
          .with("m", InstanceBuilder::writable)
          .with("old", s -> s.replicatesFrom("m").writable())
          .with("other", s -> s.replicatesFrom("m").writable());

  private static KeptReadOnly kept(String server) {
    return new KeptReadOnly(TopologyBuilder.key(server), "1:x", TopologyBuilder.NOW);
  }

  private List<SetReadOnly> found() {
    return WritableReplicas.among(servers.build(), states.build(), true);
  }

  @Test
  void aFormerMasterThatTakesWritesAsAReplicaIsSetReadOnlyAndNoOtherServerIs() {
    assertThat(found()).containsExactly(new SetReadOnly(OLD, true, true));
  }

  @Test
  void oneThatTakesNoWritesIsLeftAlone() {
    servers.with("old", InstanceBuilder::readOnly);
    assertThat(found()).isEmpty();
  }

  @Test
  void nobodyActsOnWhatAServerSaidBeforeItFellSilent() {
    servers.with("old", InstanceBuilder::unreachable);
    assertThat(found()).isEmpty();
  }

  @Test
  void aServerThatIsNoReplicaIsLeftAlone() {
    servers.with("old", InstanceBuilder::withoutReplication);
    assertThat(found()).isEmpty();
  }

  @Test
  void aCoMasterIsLeftAlone() {
    servers.with("m", m -> m.replicatesFrom("old"));
    assertThat(found()).isEmpty();
  }

  @Test
  void oneThatIsWatchedAsADemotedMasterIsLeftToThatWatch() {
    states.demoted(new DemotedMaster(OLD, "2:x", TopologyBuilder.key("m"), TopologyBuilder.NOW));
    assertThat(found()).isEmpty();
  }

  @Test
  void thatIsToldByTheRecoveryThatDemotedIt() {
    assertThat(WritableReplicas.text(kept("old"))).contains("old:3306", "1:x", "read-only");
  }
}
