package orchestrator.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MinimiserTest {
  private static final List<Integer> ALL = IntStream.range(0, 40).boxed().toList();

  @Test
  void leavesWhatIsNeededTogether() {
    assertThat(Minimiser.minimise(ALL, part -> part.containsAll(List.of(3, 17, 18))))
        .containsExactly(3, 17, 18);
  }

  @Test
  void leavesNothingWhenItFailsWithoutAny() {
    assertThat(Minimiser.minimise(ALL, part -> true)).isEmpty();
  }
}
