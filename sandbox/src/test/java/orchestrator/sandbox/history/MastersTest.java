package orchestrator.sandbox.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import orchestrator.sandbox.history.Masters.Right;
import orchestrator.sandbox.history.Masters.Sample;
import org.junit.jupiter.api.Test;

class MastersTest {
  private static final Duration TOLERANCE = Duration.ofSeconds(2);

  private static Sample at(int seconds, Set<String> writable, Set<String> readOnly) {
    return new Sample(Duration.ofSeconds(seconds).toNanos(), writable, readOnly);
  }

  private static Right right(String server, int from, int to) {
    return new Right(server, Duration.ofSeconds(from).toNanos(), Duration.ofSeconds(to).toNanos());
  }

  @Test
  void oneAfterTheOtherAndNoneInBetweenIsAccepted() {
    assertThat(
            Masters.severalAtOnce(
                List.of(
                    at(0, Set.of("A"), Set.of("B")),
                    at(1, Set.of(), Set.of("B")),
                    at(2, Set.of("B"), Set.of())),
                TOLERANCE))
        .isEmpty();
  }

  @Test
  void aServerThatComesBackWritableIsAcceptedForAWhile() {
    assertThat(
            Masters.severalAtOnce(
                List.of(
                    at(0, Set.of("A", "B"), Set.of()),
                    at(1, Set.of("A", "B"), Set.of()),
                    at(2, Set.of("A"), Set.of("B")),
                    at(9, Set.of("A", "B"), Set.of())),
                TOLERANCE))
        .isEmpty();
  }

  @Test
  void twoThatTakeWritesForLongAreFoundOnce() {
    assertThat(
            Masters.severalAtOnce(
                List.of(
                    at(0, Set.of("A", "B"), Set.of()),
                    at(2, Set.of("A", "C"), Set.of()),
                    at(3, Set.of("A", "B"), Set.of()),
                    at(4, Set.of("A", "B"), Set.of())),
                TOLERANCE))
        .singleElement()
        .asString()
        .contains("[A, B, C]", "2000 ms");
  }

  @Test
  void aPromotionByWhoMayIsAccepted() {
    List<Sample> samples =
        List.of(at(0, Set.of("A"), Set.of("B")), at(5, Set.of("B"), Set.of("A")));
    assertThat(Masters.madeWritableWithoutRight(samples, List.of(right("B", 3, 4)))).isEmpty();
    assertThat(Masters.madeWritableWithoutRight(samples, List.of(right("B", 4, 9)))).isEmpty();
  }

  @Test
  void aPromotionByWhoMayNotIsFound() {
    List<Sample> samples =
        List.of(at(0, Set.of("A"), Set.of("B")), at(5, Set.of("B"), Set.of("A")));
    assertThat(Masters.madeWritableWithoutRight(samples, List.of())).hasSize(1);
    assertThat(Masters.madeWritableWithoutRight(samples, List.of(right("C", 3, 4)))).hasSize(1);
    assertThat(Masters.madeWritableWithoutRight(samples, List.of(right("B", 6, 9)))).hasSize(1);
  }

  @Test
  void aPromotionIsFoundAlsoWhenTheServerDidNotAnswerInBetween() {
    assertThat(
            Masters.madeWritableWithoutRight(
                List.of(
                    at(0, Set.of(), Set.of("B")),
                    at(1, Set.of(), Set.of()),
                    at(2, Set.of("B"), Set.of())),
                List.of()))
        .singleElement()
        .asString()
        .contains("B became writable between 0 and 2000 ms");
  }
}
