package orchestrator.sandbox.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LinksTest {
  private static final Map<String, String> SUBNETS =
      Map.of("a", "10.93.0.16/28", "b", "10.93.0.32/28", "c", "10.93.0.48/28");

  private final Links links = new Links(List.of("a", "b", "c"));

  @Test
  void cutDirectionIsDroppedWhereItArrives() {
    links.cut("a", "b");
    assertThat(links.filterOf("b", SUBNETS)).contains("ip saddr 10.93.0.16/28 drop");
    assertThat(links.filterOf("a", SUBNETS)).doesNotContain("drop");
    assertThat(links.filterOf("c", SUBNETS)).doesNotContain("drop");
  }

  @Test
  void lossIsAChanceForEachPacket() {
    links.lose("b", "c", 20);
    assertThat(links.filterOf("c", SUBNETS))
        .contains("ip saddr 10.93.0.32/28 numgen random mod 100 < 20 drop");
  }

  @Test
  void healedLinksDropNothing() {
    links.cut("a", "b");
    links.lose("c", "b", 50);
    links.heal();
    assertThat(links.filterOf("b", SUBNETS)).doesNotContain("drop");
  }

  @Test
  void linksThatDoNotExistAreRefused() {
    assertThatThrownBy(() -> links.cut("a", "d")).hasMessageContaining("no link");
    assertThatThrownBy(() -> links.cut("a", "a")).hasMessageContaining("no link");
    assertThatThrownBy(() -> links.lose("a", "b", 101)).hasMessageContaining("percentage");
  }
}
