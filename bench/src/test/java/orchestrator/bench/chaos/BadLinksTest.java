package orchestrator.bench.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import orchestrator.sandbox.network.Loss;
import org.junit.jupiter.api.Test;

class BadLinksTest {
  private static final List<String> SITES = List.of("a", "b", "c");

  private static Fault fault(Fault.Kind kind) {
    return new Fault(1, Duration.ZERO, Duration.ofSeconds(1), kind, Fault.Target.NODE, 0);
  }

  private static List<Loss> of(Fault.Kind kind, String... hit) {
    return BadLinks.of(SITES, Map.of(fault(kind), Set.of(hit)));
  }

  @Test
  void withoutFaultsAllLinksAreGood() {
    assertThat(BadLinks.of(SITES, Map.of())).isEmpty();
    assertThat(of(Fault.Kind.KILL, "a")).isEmpty();
  }

  @Test
  void whoIsCutOffNeitherHearsNorIsHeard() {
    assertThat(of(Fault.Kind.CUT, "a"))
        .containsExactlyInAnyOrder(
            new Loss("a", "b", 100),
            new Loss("b", "a", 100),
            new Loss("a", "c", 100),
            new Loss("c", "a", 100));
  }

  @Test
  void oneDirectionAloneCanBeCut() {
    assertThat(of(Fault.Kind.DEAFEN, "a"))
        .containsExactlyInAnyOrder(new Loss("b", "a", 100), new Loss("c", "a", 100));
    assertThat(of(Fault.Kind.MUTE, "a"))
        .containsExactlyInAnyOrder(new Loss("a", "b", 100), new Loss("a", "c", 100));
  }

  @Test
  void thoseThatAreCutOffTogetherReachEachOther() {
    assertThat(of(Fault.Kind.CUT, "a", "b"))
        .extracting(loss -> loss.from() + loss.to())
        .containsExactlyInAnyOrder("ac", "ca", "bc", "cb");
  }

  @Test
  void slowLinksLoseNothing() {
    assertThat(of(Fault.Kind.SLOW, "a")).isEmpty();
    assertThat(
            BadLinks.slow(
                Map.of(fault(Fault.Kind.SLOW), Set.of("a"), fault(Fault.Kind.CUT), Set.of("b"))))
        .containsExactly("a");
  }

  @Test
  void ofSeveralFaultsTheWorstCounts() {
    List<Loss> losses =
        BadLinks.of(
            SITES,
            Map.of(
                fault(Fault.Kind.LOSE), Set.of("a"),
                fault(Fault.Kind.MUTE), Set.of("a")));
    assertThat(losses).contains(new Loss("a", "b", 100), new Loss("b", "a", 33)).hasSize(4);
  }
}
