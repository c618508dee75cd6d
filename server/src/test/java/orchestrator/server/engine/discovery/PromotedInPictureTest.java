package orchestrator.server.engine.discovery;

import static orchestrator.core.testing.TopologyBuilder.NOW;
import static orchestrator.core.testing.TopologyBuilder.key;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import orchestrator.core.state.Promotions;
import orchestrator.core.testing.TopologyBuilder;
import orchestrator.core.topology.Topology;
import orchestrator.server.engine.ProbeResult;
import org.junit.jupiter.api.Test;

/** A manager that did not read the new master of a takeover, before it was cut off. */
class PromotedInPictureTest {
  private final Picture picture = new Picture(() -> NOW, () -> 0, Optional.empty());

  private void read(Topology topology, String server) {
    picture.record(key(server), new ProbeResult.Seen(topology.find(key(server)).orElseThrow()));
  }

  private boolean isTakenForCoMaster(String server) {
    return picture.topology().placeOf(key(server)).coMaster();
  }

  @Test
  void theNewMasterAndTheOldOneAreNoRing() {
    Topology before =
        new TopologyBuilder(NOW)
            .with("m", r -> r.seenAt(NOW.minusSeconds(5)))
            .with("a", r -> r.replicatesFrom("m").seenAt(NOW.minusSeconds(5)))
            .build();
    read(before, "m");
    read(before, "a");
    Topology after =
        new TopologyBuilder(NOW)
            .with("m", r -> r.replicatesFrom("a"))
            .with("a", r -> r.replicatesFrom("m"))
            .build();
    read(after, "m");
    assertThat(isTakenForCoMaster("a")).isTrue();

    picture.heed(new Promotions(Map.of(key("a"), NOW.minusSeconds(1)), Map.of()));

    assertThat(isTakenForCoMaster("a")).isFalse();
    assertThat(picture.topology().replicasOf(key("a")))
        .extracting(replica -> replica.key())
        .containsExactly(key("m"));
    assertThat(picture.topology().replicasOf(key("m"))).isEmpty();
  }
}
