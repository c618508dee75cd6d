package orchestrator.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import orchestrator.server.engine.FakeGroup;
import orchestrator.server.engine.Outcome.Failure;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What a node of a group answers about the group. Nothing here is forwarded. */
class RaftEndpointsTest {
  private static final String URI = "http://n1.example:3000";

  private final FakeGroup group = FakeGroup.node(1);
  private ApiFixture api;

  @BeforeEach
  void start() throws IOException {
    api = ApiFixture.of(group);
  }

  @AfterEach
  void stop() throws IOException {
    api.close();
  }

  private void answers(String path, int status, String body) throws Exception {
    HttpResponse<String> response = api.get(path);
    assertThat(response.body()).as(path).isEqualTo(body);
    assertThat(response.statusCode()).as(path).isEqualTo(status);
  }

  private static List<String> names(JsonNode object) {
    return new ArrayList<>(object.propertyNames());
  }

  @Test
  void theReadyLeaderAloneAnswersTheLeaderCheck() throws Exception {
    group.leads(URI);
    answers("leader-check", 200, "\"OK\"");
    answers("leader-check/503", 200, "\"OK\"");
    answers("routed-leader-check", 200, "\"OK\"");
    group.follows("n2", "");
    answers("leader-check", 404, "\"Not leader\"");
    answers("leader-check/503", 503, "\"Not leader\"");
    answers("leader-check/no-number", 404, "\"Not leader\"");
    group.isAlone();
    answers("leader-check", 404, "\"Not leader\"");
    answers("routed-leader-check", 404, "\"Not leader\"");
  }

  @Test
  void theLeaderCheckWaitsForNothingElse() throws Exception {
    group.leads(URI);
    api.operations.broken = true;
    answers("leader-check", 200, "\"OK\"");
  }

  @Test
  void aLeaderThatIsNotReadyIsNone() throws Exception {
    group.leads(URI).butIsNotReady();
    answers("leader-check", 404, "\"Not leader\"");
    answers("raft-state", 200, "\"Leader\"");
  }

  @Test
  void stateLeaderAndPeersAreBareValues() throws Exception {
    group.leads(URI);
    answers("raft-state", 200, "\"Leader\"");
    answers("raft-leader", 200, "\"10.0.0.1:10008\"");
    answers("raft-peers", 200, "[\"10.0.0.1:10008\",\"10.0.0.2:10008\",\"10.0.0.3:10008\"]");
    group.follows("n3", "http://n3.example:3000");
    answers("raft-state", 200, "\"Follower\"");
    answers("raft-leader", 200, "\"10.0.0.3:10008\"");
    group.isAlone();
    answers("raft-state", 200, "\"Candidate\"");
    answers("raft-leader", 200, "\"\"");
  }

  @Test
  void theSummaryHasTheKeysThatClientsKnow() throws Exception {
    group.follows("n2", "http://n2.example:3000");
    answers(
        "raft-status",
        200,
        "{\"RaftBind\":\"0.0.0.0:10008\",\"RaftAdvertise\":\"10.0.0.1:10008\",\"State\":\"Follower\","
            + "\"Healthy\":true,\"IsPartOfQuorum\":true,\"Leader\":\"10.0.0.2:10008\","
            + "\"LeaderURI\":\"http://n2.example:3000\","
            + "\"Peers\":[\"10.0.0.1:10008\",\"10.0.0.2:10008\",\"10.0.0.3:10008\"]}");
  }

  @Test
  void anUnhealthyNodeSaysWhyAndSinceWhen() throws Exception {
    answers(
        "raft-health",
        500,
        "{\"Code\":\"ERROR\",\"Message\":\"unhealthy\","
            + "\"Details\":{\"Reason\":\"no leader is known\",\"Since\":\"2026-01-02T03:04:05Z\"}}");
    group.follows("n2", "");
    answers("raft-health", 200, "\"healthy\"");
  }

  @Test
  void healthTellsOfTheGroup() throws Exception {
    group.leads(URI);
    JsonNode leader = api.details("health");
    assertThat(leader.path("IsActiveNode").asBoolean()).isTrue();
    assertThat(leader.path("RaftLeader").asString()).isEqualTo("10.0.0.1:10008");
    assertThat(leader.path("IsRaftLeader").asBoolean()).isTrue();
    assertThat(leader.path("RaftLeaderURI").asString()).isEqualTo(URI);
    assertThat(leader.path("RaftAdvertise").asString()).isEqualTo("10.0.0.1:10008");
    assertThat(leader.path("RaftHealthyMembers")).hasSize(3);
    assertThat(leader.path("ActiveNode").path("Hostname").asString()).isEqualTo("manager-1");
    group.follows("n2", "http://n2.example:3000");
    JsonNode follower = api.details("status");
    assertThat(follower.path("Healthy").asBoolean()).isTrue();
    assertThat(follower.path("IsActiveNode").asBoolean()).isFalse();
    assertThat(follower.path("IsRaftLeader").asBoolean()).isFalse();
    assertThat(follower.path("ActiveNode").path("Hostname").asString()).isEqualTo("n2.example");
    assertThat(follower.path("AvailableNodes").get(0).path("Hostname").asString())
        .isEqualTo("manager-1");
    assertThat(follower.path("RaftLeader").asString()).isEqualTo("10.0.0.2:10008");
    assertThat(follower.path("RaftHealthyMembers").isNull()).isTrue();
    assertThat(names(follower))
        .containsExactly(
            "Healthy",
            "Hostname",
            "Token",
            "IsActiveNode",
            "ActiveNode",
            "Error",
            "AvailableNodes",
            "RaftLeader",
            "IsRaftLeader",
            "RaftLeaderURI",
            "RaftAdvertise",
            "RaftHealthyMembers",
            "RecoveryBrakes");
  }

  @Test
  void theWholeStatusIsShown() throws Exception {
    group.leads(URI);
    JsonNode raft = api.ok("raft");
    assertThat(raft.path("Node").asString()).isEqualTo("n1");
    assertThat(raft.path("DataCenter").asString()).isEqualTo("dc1");
    assertThat(raft.path("State").asString()).isEqualTo("Leader");
    assertThat(raft.path("Term").asInt()).isEqualTo(7);
    assertThat(raft.path("LeaderURI").asString()).isEqualTo(URI);
    assertThat(raft.path("IsReadyLeader").asBoolean()).isTrue();
    assertThat(raft.path("MillisecondsSinceQuorum").asInt()).isEqualTo(120);
    assertThat(raft.path("LogBytes").asInt()).isEqualTo(4096);
    assertThat(raft.path("Voters").get(2).toString())
        .isEqualTo("{\"Name\":\"n3\",\"Address\":\"10.0.0.3:10008\"}");
    assertThat(raft.path("Followers").get(0).toString())
        .isEqualTo(
            "{\"Name\":\"n2\",\"Address\":\"10.0.0.2:10008\",\"MatchIndex\":97,\"NextIndex\":101,"
                + "\"EntriesBehind\":3,\"MillisecondsSinceContact\":40}");
    assertThat(raft.path("LastLeaderChange").asString()).isEqualTo("2026-01-02T03:04:05Z");
    assertThat(raft.path("Drift").get(0).asString()).isEqualTo("n4 is in the file only");
    assertThat(raft.path("Unhealthy").isNull()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "raft-yield/n2           | yield to n2      | Yielded to n2 | null",
        "raft-yield/10.0.0.3:10008 | yield to 10.0.0.3:10008 | Yielded to n3 | null",
        "raft-yield-hint/n3      | yield to hint n3 | Yielded to n3 | \"n3\"",
        "reelect                 | step down        | Yielded to n2 | null"
      })
  void leadershipIsHandedOver(String path, String asked, String message, String details)
      throws Exception {
    group.leads(URI);
    answers(
        path, 200, "{\"Code\":\"OK\",\"Message\":\"" + message + "\",\"Details\":" + details + "}");
    assertThat(group.asked).containsExactly(asked);
    assertThat(api.audited).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"raft-yield/n9", "raft-yield-hint/dc9", "raft-remove-peer/n9"})
  void aNodeThatIsNotThereIsRefused(String path) throws Exception {
    group.leads(URI);
    HttpResponse<String> response = api.get(path);
    assertThat(response.statusCode()).isEqualTo(404);
    assertThat(response.body()).contains("\"Code\":\"ERROR\"");
    assertThat(group.asked).isEmpty();
  }

  @Test
  void membersAreAddedAndRemoved() throws Exception {
    group.leads(URI);
    answers("raft-add-peer/n4%3Dn4.example:10008", 200, "\"n4.example:10008\"");
    answers("raft-remove-peer/n3", 200, "\"10.0.0.3:10008\"");
    assertThat(group.asked).containsExactly("add n4=n4.example:10008", "remove n3");
    assertThat(api.audited)
        .containsExactly(
            "raft-add-peer: n4=n4.example:10008, by manager-1",
            "raft-remove-peer: n3=10.0.0.3:10008, by manager-1");
  }

  @Test
  void aChangeThatIsRefusedSaysWhy() throws Exception {
    group.leads(URI).fails(Failure.CONFLICT);
    answers(
        "raft-remove-peer/n3",
        409,
        "{\"Code\":\"ERROR\",\"Message\":\"It fails as asked\",\"Details\":null}");
  }

  @Test
  void aFollowerTakesItsOwnSnapshot() throws Exception {
    group.follows("n2", "http://127.0.0.1:1");
    answers("raft-snapshot", 200, "\"snapshot created\"");
    assertThat(group.asked).containsExactly("snapshot");
  }

  @ParameterizedTest
  @ValueSource(strings = {"DONE", "REFUSED", "NOT_DONE", "UNKNOWN"})
  void itIsToldWhatCameOfACommand(String fate) throws Exception {
    group.leads(URI);
    JsonNode answer = api.ok("command/" + fate);
    assertThat(answer.path("CommandId").asString()).isEqualTo(fate);
    assertThat(answer.path("Fate").asString()).isEqualTo(fate);
  }

  @Test
  void anUnknownOutcomeNamesTheCommandToAskAbout() throws Exception {
    group.leads(URI);
    api.operations.unknownCommand = Optional.of("n1-17");
    answers(
        "disable-global-recoveries",
        503,
        "{\"Code\":\"ERROR\",\"Message\":\"Perhaps\",\"Details\":{\"CommandId\":\"n1-17\"}}");
  }

  @Test
  void reportsOfHealthAreNotNeeded() throws Exception {
    assertThat(api.get("raft-follower-health-report/0123abcd/n2/n2").statusCode()).isEqualTo(409);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "raft",
        "raft-state",
        "raft-leader",
        "raft-peers",
        "raft-health",
        "raft-status",
        "raft-snapshot",
        "raft-yield/n1",
        "raft-yield-hint/n1",
        "raft-add-peer/n1",
        "raft-remove-peer/n1",
        "reelect",
        "command/n1-17"
      })
  void withoutRaftAllOfItIsRefused(String path) throws Exception {
    try (ApiFixture alone = ApiFixture.start()) {
      HttpResponse<String> response = alone.get(path);
      assertThat(response.statusCode()).isEqualTo(409);
      assertThat(response.body()).contains("This node does not run raft");
    }
  }
}
