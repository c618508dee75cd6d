package orchestrator.bench.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import orchestrator.sandbox.history.Operation.Outcome;
import org.junit.jupiter.api.Test;

class CommandAnswerTest {
  @Test
  void anAcknowledgementIsBelieved() {
    assertThat(CommandAnswer.of(200, "{\"Code\":\"OK\"}").outcome()).isEqualTo(Outcome.DONE);
  }

  @Test
  void anErrorWithAReasonMeansNotDone() {
    assertThat(CommandAnswer.of(503, "{\"Code\":\"ERROR\",\"Details\":null}"))
        .isEqualTo(CommandAnswer.UNSENT);
    assertThat(CommandAnswer.of(409, "").outcome()).isEqualTo(Outcome.NOT_DONE);
  }

  @Test
  void anUnknownOutcomeCanBeAskedFor() {
    CommandAnswer answer = CommandAnswer.of(503, "{\"Details\":{\"CommandId\":\"3-x\"}}");
    assertThat(answer.outcome()).isEqualTo(Outcome.UNKNOWN);
    assertThat(answer.commandId()).contains("3-x");
  }

  @Test
  void aLostLeaderLeavesItOpen() {
    assertThat(CommandAnswer.of(502, "{\"Code\":\"ERROR\"}")).isEqualTo(CommandAnswer.NONE);
  }

  @Test
  void fatesAreReadAsTheyAreTold() {
    assertThat(CommandAnswer.fateOf(200, "{\"Fate\":\"DONE\"}")).isEqualTo(Outcome.DONE);
    assertThat(CommandAnswer.fateOf(200, "{\"Fate\":\"NOT_DONE\"}")).isEqualTo(Outcome.NOT_DONE);
    assertThat(CommandAnswer.fateOf(200, "{\"Fate\":\"REFUSED\"}")).isEqualTo(Outcome.NOT_DONE);
    assertThat(CommandAnswer.fateOf(200, "{\"Fate\":\"UNKNOWN\"}")).isEqualTo(Outcome.UNKNOWN);
    assertThat(CommandAnswer.fateOf(503, "")).isEqualTo(Outcome.UNKNOWN);
    assertThat(CommandAnswer.fateOf(200, "{\"Fa")).isEqualTo(Outcome.UNKNOWN);
  }
}
