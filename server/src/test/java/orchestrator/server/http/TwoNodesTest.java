package orchestrator.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.Optional;
import orchestrator.server.engine.FakeGroup;
import orchestrator.server.engine.Outcome.Failure;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever asks a follower gets what the leader would have answered. */
class TwoNodesTest {
  private final FakeGroup ofLeader = FakeGroup.node(1);
  private final FakeGroup ofFollower = FakeGroup.node(2);
  private ApiFixture leader;
  private ApiFixture follower;

  @BeforeEach
  void start() throws IOException {
    leader = ApiFixture.of(ofLeader);
    follower = ApiFixture.of(ofFollower);
    ofLeader.leads(leader.address());
    ofFollower.follows("n1", leader.address());
  }

  @AfterEach
  void stop() throws IOException {
    follower.close();
    leader.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "clusters",
        "all-instances",
        "instance/r1.example/3306",
        "instance/unknown/3306",
        "stop-replica/r1.example/3306",
        "begin-downtime/r1.example/3306/me/ticket%2F17%20%26%20more%3F/1h",
        "no-such-endpoint",
        "tag/r1.example/3306/a"
      })
  void statusAndBodyAreTheSame(String path) throws Exception {
    HttpResponse<String> direct = leader.get(path);
    HttpResponse<String> routed = follower.get(path);
    assertThat(routed.body()).isEqualTo(direct.body());
    assertThat(routed.statusCode()).isEqualTo(direct.statusCode());
    // The name of a character set has no case (RFC 9110, section 8.3.2).
    assertThat(routed.headers().firstValue("Content-Type").orElse(""))
        .isEqualToIgnoringCase(direct.headers().firstValue("Content-Type").orElse("?"));
    assertThat(follower.operations.asked).isEmpty();
  }

  @Test
  void anActionIsCarriedOutOnceAndByTheLeader() throws Exception {
    follower.details("stop-replica/r1.example/3306");
    assertThat(leader.operations.asked).hasSize(1);
    assertThat(follower.operations.asked).isEmpty();
  }

  @Test
  void aCommandIsCommittedUnderTheIdOfTheNodeThatWasAsked() throws Exception {
    follower.details("disable-global-recoveries");
    follower.details("stop-replica/r1.example/3306");
    leader.details("disable-global-recoveries");
    leader.send("GET", "/api/disable-global-recoveries", "Orchestrator-Command-Id", "7-mine");
    assertThat(leader.operations.commandIds)
        .containsExactly(
            Optional.of("7-" + FakeGroup.COMMAND),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
  }

  @Test
  void aFailureIsNotTriedAgain() throws Exception {
    leader.operations.failure = Optional.of(Failure.UNAVAILABLE);
    assertThat(follower.get("stop-replica/r1.example/3306").statusCode()).isEqualTo(503);
    assertThat(leader.operations.asked).hasSize(1);
  }

  @Test
  void headTellsStatusAndLengthOnly() throws Exception {
    HttpResponse<String> direct = leader.send("HEAD", "/api/clusters");
    HttpResponse<String> routed = follower.send("HEAD", "/api/clusters");
    assertThat(routed.statusCode()).isEqualTo(200);
    assertThat(routed.body()).isEmpty();
    assertThat(routed.headers().firstValue("Content-Length"))
        .isPresent()
        .isEqualTo(direct.headers().firstValue("Content-Length"));
  }

  @Test
  void aCompressedAnswerStaysCompressed() throws Exception {
    HttpResponse<String> routed =
        follower.send("GET", "/api/all-instances", "Accept-Encoding", "gzip");
    assertThat(routed.headers().firstValue("Content-Encoding")).contains("gzip");
    assertThat(routed.headers().allValues("Vary")).containsExactly("Accept-Encoding");
  }

  @Test
  void theGroupIsChangedThroughAnyNode() throws Exception {
    follower.details("raft-yield/n2");
    assertThat(ofLeader.asked).containsExactly("yield to n2");
    assertThat(ofFollower.asked).isEmpty();
  }

  @Test
  void theRoutedLeaderCheckSaysYesOnEveryNodeThatReachesTheLeader() throws Exception {
    assertThat(follower.get("routed-leader-check").statusCode()).isEqualTo(200);
    assertThat(follower.get("leader-check").statusCode()).isEqualTo(404);
  }
}
