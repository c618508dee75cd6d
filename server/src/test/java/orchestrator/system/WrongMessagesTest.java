package orchestrator.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import orchestrator.server.raft.ForgedPeer;
import orchestrator.system.ManagerGroup.Node;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * What manager processes do when a peer that is no node sends them wrong messages, in the engine's
 * own protocol (Raft dissertation §3.3, §3.4, §3.6, §9.6). Some of them are told to one that is
 * alone of three, so that nothing but these messages changes it.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WrongMessagesTest {
  private static final long FAR = 1_000_000;

  private ManagerGroup group;
  private int writes;

  @BeforeAll
  void start(@TempDir Path folder) {
    group = ManagerGroup.of(3, folder, configuration()).startAll();
  }

  ManagerConfiguration configuration() {
    return ManagerConfiguration.quick();
  }

  @AfterAll
  void stop() {
    group.close();
  }

  @BeforeEach
  void awaitWholeGroup() {
    group.awaitWhole();
    writes++;
    assertThat(group.get(group.leader(), "put-key-value/key" + writes + "/v").isOk()).isTrue();
    group.awaitSameState();
  }

  /** Of the others none runs. */
  private Node lonelyNode() {
    Node node = group.nodes().getFirst();
    group.others(node).forEach(group::kill);
    await("it leads no more").atMost(ManagerGroup.LIMIT).until(() -> !state(node).equals("Leader"));
    return node;
  }

  private String state(Node node) {
    return group.raft(node).map(json -> json.path("State").asString()).orElse("");
  }

  private long last(Node node) {
    return group.index(node, "LastIndex");
  }

  /** One that speaks in the name of another node. */
  private static ForgedPeer forged(Node as, Node target) {
    return forged(as, target, "orchestrator");
  }

  private static ForgedPeer forged(Node as, Node target, String cluster) {
    return new ForgedPeer(as.raftAddress(), target.raftAddress(), target.raftAddress(), cluster);
  }

  private void awaitTerm(Node node, long term) {
    await(node + " is in term " + term)
        .atMost(ManagerGroup.LIMIT)
        .until(() -> group.term(node) >= term);
  }

  private void assertThatNothingIsLost() {
    group.awaitSameState();
    for (Node node : group.running()) {
      assertThat(group.get(node, "local-key-values?prefix=key").json()).hasSize(writes);
    }
  }

  /** In a later term than the one that a leader has just learnt. */
  private void assertThatTheGroupGoesOn(Node former, long learnt) {
    awaitTerm(former, learnt);
    await("it goes on")
        .atMost(ManagerGroup.LIMIT)
        .until(() -> group.leaders().stream().anyMatch(node -> group.term(node) > learnt));
    assertThatNothingIsLost();
  }

  @Test
  void aStaleCandidateGetsNoVoteNorDoesOneWithAnOlderLogButItsTermIsLearnt() {
    Node node = lonelyNode();
    long term = group.term(node);
    try (ForgedPeer candidate = forged(group.nodes().get(1), node)) {
      assertThat(candidate.getsVote(term - 1, FAR, FAR)).as("a stale term").isFalse();
      assertThat(group.term(node)).isEqualTo(term);
      assertThat(candidate.getsVote(term + 10, 1, 1)).as("an older log").isFalse();
      awaitTerm(node, term + 10);
    }
    assertThat(state(node)).isNotEqualTo("Leader");
  }

  @Test
  void aNodeStartsAsAFollowerWithTheTermItHadLearnt() throws IOException {
    Node node = lonelyNode();
    long term = group.term(node) + 10;
    try (ForgedPeer candidate = forged(group.nodes().get(1), node)) {
      assertThat(candidate.getsVote(term, term, FAR)).isTrue();
    }
    group.kill(node);
    group.start(node);
    awaitTerm(node, term);
    assertThat(group.term(node)).isEqualTo(term);
    // Soon it asks whether it would be voted for, as a candidate of the term that would follow.
    assertThat(Files.readString(node.output()))
        .contains("role FOLLOWER, term " + term + ": starts with what its directory holds");
  }

  /** Who took it for a sign of a leader would vote for nobody for as long as it talks. */
  @Test
  void aLeaderOfAStaleTermIsRefusedAndDelaysNoElection() {
    Node node = lonelyNode();
    long term = group.term(node);
    long last = last(node);
    try (ForgedPeer stale = forged(group.nodes().get(2), node)) {
      assertThat(stale.isNoLeader(term - 1, term - 1, last)).isTrue();
      assertThat(last(node)).isEqualTo(last);
      group.start(group.nodes().get(1));
      await("a leader, while the stale one talks")
          .atMost(ManagerGroup.LIMIT)
          .pollInterval(Duration.ofMillis(20))
          .until(() -> stale.isNoLeader(term - 1, term - 1, last) && !group.leaders().isEmpty());
    }
    assertThat(group.term(group.leader())).isGreaterThan(term);
    assertThatNothingIsLost();
  }

  @Test
  void aLeaderThatHearsOfAHigherTermStepsDownAndTheGroupGoesOn() {
    Node leader = group.leader();
    long term = group.term(leader) + 10;
    try (ForgedPeer higher = forged(group.others(leader).getFirst(), leader)) {
      higher.isNoLeader(term, group.term(leader), last(leader));
    }
    assertThatTheGroupGoesOn(leader, term);
  }

  @Test
  void aCandidateOfAHigherTermMakesALeaderStepDownAndIsNotElected() {
    Node leader = group.leader();
    long term = group.term(leader) + 10;
    try (ForgedPeer candidate = forged(group.others(leader).getFirst(), leader)) {
      assertThat(candidate.getsVote(term, 0, 0)).as("its log is empty").isFalse();
    }
    assertThatTheGroupGoesOn(leader, term);
  }

  /**
   * What a node asks that was isolated, before it raises its term. Asked again when the machine is
   * so busy that a follower has really not heard its leader for an election timeout.
   */
  @Test
  void nobodyWouldGetAVoteWhileALeaderIsHeard() {
    await()
        .atMost(ManagerGroup.LIMIT)
        .untilAsserted(() -> {
          Node leader = group.leader();
          long term = group.term(leader);
          List<Node> followers = group.others(leader);
          for (Node voter : followers) {
            Node candidate = followers.get(1 - followers.indexOf(voter));
            try (ForgedPeer returning = forged(candidate, voter)) {
              assertThat(returning.wouldGetVote(term + 10, term, FAR)).as("%s", voter).isFalse();
            }
          }
          assertThat(group.leader()).isEqualTo(leader);
          assertThat(group.term(leader)).isEqualTo(term);
        });
  }

  @Test
  void whoeverIsOfAnotherGroupIsRefusedAndTeachesNoTerm() {
    Node node = lonelyNode();
    try (ForgedPeer stranger = forged(group.nodes().get(1), node, "other")) {
      assertThatThrownBy(() -> stranger.getsVote(FAR, FAR, FAR)).hasMessageContaining("not found");
    }
    assertThat(group.term(node)).isLessThan(FAR);
  }
}
