package orchestrator.sandbox.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import orchestrator.sandbox.history.Digests.Digest;
import org.junit.jupiter.api.Test;

class DigestsTest {
  @Test
  void equalStatesAtEqualEntriesAreAccepted() {
    assertThat(
            Digests.violations(
                List.of(
                    new Digest("n1", 7, "aa"),
                    new Digest("n2", 7, "aa"),
                    new Digest("n2", 8, "bb"))))
        .isEmpty();
  }

  @Test
  void differentStatesAtOneEntryAreFound() {
    assertThat(
            Digests.violations(
                List.of(
                    new Digest("n1", 7, "aa"),
                    new Digest("n1", 8, "bb"),
                    new Digest("n2", 7, "cc"))))
        .containsExactly("At entry 7 n1 holds aa, and n2 holds cc");
  }
}
