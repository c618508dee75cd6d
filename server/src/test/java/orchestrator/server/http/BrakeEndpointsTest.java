package orchestrator.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import orchestrator.core.facts.RecoveryBudget;
import orchestrator.core.facts.RecoveryOrigin;
import orchestrator.core.state.Command;
import orchestrator.core.testing.TopologyBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** People see what keeps failures from being recovered, and change it. */
class BrakeEndpointsTest {
  private final ApiFixture api;

  BrakeEndpointsTest() throws IOException {
    api = ApiFixture.start();
  }

  @AfterEach
  void stop() throws IOException {
    api.close();
  }

  private JsonNode brakes() throws Exception {
    return api.ok("recovery-brakes");
  }

  private void pullBrake() {
    RecoveryBudget one = new RecoveryBudget(1, Duration.ofMinutes(10));
    assertThat(FakeOperations.openTicket("7", TopologyBuilder.key("x")).origin())
        .isEqualTo(RecoveryOrigin.AUTOMATIC);
    api.operations
        .with(new Command.OpenRecovery(FakeOperations.openTicket("7", TopologyBuilder.key("x"))))
        .with(new Command.PullBrake(one, TopologyBuilder.key("m.example"), TopologyBuilder.NOW));
  }

  @Test
  void aClusterIsPausedByWhateverNamesItAndGoesOn() throws Exception {
    assertThat(api.details("pause-recoveries/main/ann/moves%20to%20rack%205/2h").asString())
        .isEqualTo("m.example:3306");
    JsonNode pause = brakes().path("PausedClusters").get(0);
    assertThat(pause.path("ClusterName").asString()).isEqualTo("m.example:3306");
    assertThat(pause.path("ClusterAlias").asString()).isEqualTo("main");
    assertThat(pause.path("Owner").asString()).isEqualTo("ann");
    assertThat(pause.path("Reason").asString()).isEqualTo("moves to rack 5");
    assertThat(pause.path("EndTimestamp").asString())
        .isEqualTo(Json.timestamp(TopologyBuilder.NOW.plusSeconds(7200)));

    assertThat(api.details("resume-recoveries/r1.example:3306").asString())
        .isEqualTo("m.example:3306");
    assertThat(brakes().path("PausedClusters")).isEmpty();
  }

  @Test
  void aClusterThatIsGoneIsResumedByItsName() throws Exception {
    api.details("pause-recoveries/main/ann/moves");
    api.operations.topology(new TopologyBuilder().build());
    api.details("resume-recoveries/m.example:3306");
    assertThat(api.operations.state().pauses()).isEmpty();
  }

  @Test
  void badInputPausesNothing() throws Exception {
    assertThat(api.get("pause-recoveries/nothing/ann/moves/1h").statusCode()).isEqualTo(404);
    assertThat(api.get("pause-recoveries/main/ann/moves/soon").statusCode()).isEqualTo(400);
    assertThat(api.get("pause-recoveries/main/%20/moves/1h").statusCode()).isEqualTo(400);
    assertThat(api.get("resume-recoveries/nothing").statusCode()).isEqualTo(404);
    assertThat(api.operations.state().pauses()).isEmpty();
  }

  @Test
  void theBrakeIsShownWithItsReasonAndReleasedByAPerson() throws Exception {
    pullBrake();
    assertThat(brakes().path("MassFailureBrakeOn").asBoolean()).isTrue();
    assertThat(brakes().path("Reason").asString()).contains("x:3306", "m.example:3306");

    JsonNode released = api.details("release-recovery-brake?comment=power%20is%20back");
    assertThat(released.path("MassFailureBrakeOn").asBoolean()).isFalse();
    assertThat(released.path("ReleasedBy").asString()).isEqualTo("manager-1");
    assertThat(released.path("ReleaseComment").asString()).isEqualTo("power is back");
    assertThat(api.operations.state().brake()).matches(Optional::isPresent);
  }

  @Test
  void releasingABrakeThatIsNotOnSaysSo() throws Exception {
    assertThat(api.get("release-recovery-brake").body()).contains("was not on");
  }

  @Test
  void healthShowsTheBrakes() throws Exception {
    pullBrake();
    api.details("pause-recoveries/main/ann/moves");
    JsonNode shown = api.details("health").path("RecoveryBrakes");
    assertThat(shown).isEqualTo(brakes());
    assertThat(shown.path("PausedClusters")).hasSize(1);
  }
}
