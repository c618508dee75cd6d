package orchestrator.core.recovery;

import static orchestrator.core.testing.TopologyBuilder.NOW;
import static orchestrator.core.testing.TopologyBuilder.key;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import orchestrator.core.facts.DemotedMaster;
import orchestrator.core.facts.Downtime;
import orchestrator.core.state.Command;
import orchestrator.core.testing.InstanceBuilder;
import orchestrator.core.testing.States;
import orchestrator.core.testing.TopologyBuilder;
import org.junit.jupiter.api.Test;

/** When the downtime of a server that a recovery gave up ends by itself. */
class LostServersTest {
  /** When {@link States#downtime} begins. */
  private static final Instant BEGIN = NOW.minus(Duration.ofHours(1));

  private static final Instant LATER = BEGIN.plusSeconds(61);

  private static List<Command> returned(Consumer<InstanceBuilder> change, Instant at) {
    return LostServers.returned(
        lost().build(), TopologyBuilder.masterWithReplicas(1).with("r1", change).build(), at);
  }

  private static States lost() {
    return new States().downtime("r1", Downtime.LOST_IN_RECOVERY, Duration.ofDays(365));
  }

  @Test
  void oneThatAnswersAndReplicatesIsBackAfterAMinute() {
    assertThat(returned(r -> {}, LATER)).containsExactly(new Command.EndLostInRecovery(key("r1")));
    assertThat(returned(r -> {}, BEGIN.plusSeconds(60))).isEmpty();
  }

  @Test
  void oneThatIsSilentOrDoesNotReplicateIsNotBack() {
    assertThat(returned(InstanceBuilder::unreachable, LATER)).isEmpty();
    assertThat(returned(InstanceBuilder::replicationStopped, LATER)).isEmpty();
    assertThat(LostServers.returned(lost().build(), new TopologyBuilder().build(), LATER))
        .as("it is not known")
        .isEmpty();
  }

  @Test
  void aWatchedFormerMasterIsNotBackBeforeItWasCompared() {
    States watched = lost().demoted(new DemotedMaster(key("r1"), "uid", key("m"), NOW));
    assertThat(
            LostServers.returned(
                watched.build(), TopologyBuilder.masterWithReplicas(1).build(), LATER))
        .isEmpty();
  }

  @Test
  void whatAPersonPutIntoDowntimeStaysThere() {
    States person = new States().downtime("r1", "my reason", Duration.ofDays(1));
    assertThat(
            LostServers.returned(
                person.build(), TopologyBuilder.masterWithReplicas(1).build(), LATER))
        .isEmpty();
  }
}
