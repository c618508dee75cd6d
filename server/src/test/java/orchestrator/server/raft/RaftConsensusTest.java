package orchestrator.server.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import orchestrator.core.state.Command;
import orchestrator.core.topology.InstanceKey;
import orchestrator.server.engine.Consensus.Submission;
import orchestrator.server.engine.Group.CommandFate;
import orchestrator.server.engine.GroupStatus;
import orchestrator.server.engine.GroupStatus.Peer;
import orchestrator.server.engine.Leadership;
import orchestrator.server.engine.Outcome;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The group as the engine sees it; faults of processes and networks are system tests. */
class RaftConsensusTest {
  private static final InstanceKey DB = new InstanceKey("db", 3306);

  /** What looking costs on a busy machine. */
  private static final Duration OBSERVATION = Duration.ofMillis(300);

  @TempDir Path folder;
  private Optional<Trio> started = Optional.empty();

  Timeouts timeouts() {
    return Timeouts.DEFAULT;
  }

  private Trio trio(int nodes) {
    Trio trio = new Trio(folder, nodes).withTimeouts(timeouts().timing()).startAll();
    started = Optional.of(trio);
    return trio;
  }

  @AfterEach
  void stop() {
    started.ifPresent(Trio::close);
  }

  @Test
  void whatTheLeaderCommitsAppearsOnEveryNode() {
    Trio trio = trio(3);
    RaftConsensus leader = trio.leader();

    Submission done =
        leader.submit(
            List.of(new Command.Discover(DB), new Command.PutTag(DB, "a", "b")), Trio.LIMIT);

    assertThat(done).isInstanceOf(Submission.Committed.class);
    assertThat(leader.state().known()).containsExactly(DB);
    for (RaftConsensus node : trio.nodes()) {
      await().atMost(Trio.LIMIT).until(() -> node.state().equals(leader.state()));
    }
  }

  @Test
  void onlyTheLeaderTakesCommandsAndMayAct() {
    Trio trio = trio(3);
    RaftConsensus follower = trio.follower();

    assertThat(Trio.put(follower, "k", "v")).isInstanceOf(Submission.Rejected.class);
    assertThat(follower.leadership()).isEmpty();
    assertThat(trio.nodes().stream().filter(node -> node.leadership().isPresent())).hasSize(1);
  }

  @Test
  void anotherNodeLeadsInANewTermWhenTheLeaderLeaves() {
    Trio trio = trio(3);
    RaftConsensus first = trio.leader();
    Leadership old = first.leadership().orElseThrow();
    Trio.put(first, "k", "v");

    trio.stop(first.status().node());

    assertThat(old.isValid()).isFalse();
    RaftConsensus second = trio.leader();
    assertThat(second.leadership().orElseThrow().term()).isGreaterThan(old.term());
    assertThat(second.state()).isEqualTo(first.state());
    assertThat(Trio.put(second, "k", "w")).isInstanceOf(Submission.Committed.class);
  }

  @Test
  void aNodeWithoutAMajorityMayNotActAndTellsNothingIsDone() {
    Trio trio = trio(3);
    RaftConsensus leader = trio.leader();
    trio.othersThan(leader).forEach(trio::stop);

    Submission outcome = leader.submit(List.of(new Command.Discover(DB)), Duration.ofSeconds(2));

    assertThat(outcome).isNotInstanceOf(Submission.Committed.class);
    assertThat(leader.state().known()).isEmpty();
    await().atMost(Trio.LIMIT).until(() -> leader.leadership().isEmpty());
    await().atMost(Trio.LIMIT).until(() -> !leader.status().isHealthy());
  }

  @Test
  void aLeaderWithoutAMajorityStepsDownWithinTwoElectionTimeouts() {
    Trio trio = trio(3);
    RaftConsensus leader = trio.leader();
    List<String> others = trio.othersThan(leader);
    Duration twoTimeouts = timeouts().timing().max().multipliedBy(2);

    others.forEach(trio::stop);

    await()
        .pollInterval(Duration.ofMillis(5))
        .atMost(twoTimeouts.plus(OBSERVATION))
        .until(() -> leader.status().role() != GroupStatus.Role.LEADER);
    assertThat(leader.leadership()).isEmpty();
  }

  @Test
  void aRestartedGroupHasItsStateAndItsHistoryShowsNothingTwice() {
    Trio trio = trio(3);
    for (int i = 0; i < 20; i++) {
      assertThat(Trio.put(trio.leader(), "k" + i, "v")).isInstanceOf(Submission.Committed.class);
    }
    var before = trio.leader().state();
    long term = trio.leader().status().term();
    trio.close();

    trio.startAll();

    RaftConsensus leader = trio.leader();
    assertThat(leader.state()).isEqualTo(before);
    assertThat(leader.status().term()).isGreaterThan(term);
  }

  @Test
  void aNodeThatWasAwayGetsASnapshotWhenTheLogIsGone() throws Exception {
    Trio trio = trio(3);
    String away = trio.follower().status().node();
    trio.stop(away);
    RaftConsensus first = trio.leader();
    first.submit(List.of(new Command.Discover(DB)), Trio.LIMIT);
    // Only whole segments of the log are purged, and a new term closes one.
    first.yieldTo(trio.follower().status().node(), Trio.LIMIT);
    await().atMost(Trio.LIMIT).until(() -> trio.leader() != first);
    Trio.putMany(trio.leader(), 2300);
    trio.leader().submit(List.of(new Command.Forget(DB)), Trio.LIMIT);
    trio.leader().submit(List.of(new Command.PutKeyValue("last", "one")), Trio.LIMIT);
    for (RaftConsensus node : trio.nodes()) {
      await("its log is purged")
          .atMost(Trio.LIMIT)
          .until(() -> !Trio.hasFirstEntry(trio.settings(node.status().node())));
    }

    RaftConsensus back = trio.start(trio.settings(away));

    await().atMost(Trio.LIMIT).until(() -> back.state().equals(trio.leader().state()));
    assertThat(back.state().known()).isEmpty();
    assertThat(Trio.hasFirstEntry(trio.settings(away))).as("it got the snapshot").isFalse();
    assertThat(trio.dooms()).isEmpty();
  }

  @Test
  void leadershipIsHandedOverToANamedNodeAndToNoOther() {
    Trio trio = trio(3);
    RaftConsensus leader = trio.leader();
    String target = trio.follower().status().node();

    assertThat(leader.yieldTo("node9", Trio.LIMIT)).isInstanceOf(Outcome.Failed.class);
    assertThat(leader.yieldTo(target, Trio.LIMIT)).isInstanceOf(Outcome.Ok.class);

    await().atMost(Trio.LIMIT).until(() -> trio.leader().status().node().equals(target));
  }

  /** As long as it is asked to take over, its leader takes no commands. */
  @Test
  void leadershipIsNotOfferedToANodeThatDoesNotAnswer() {
    Trio trio = trio(3);
    RaftConsensus leader = trio.leader();
    String dead = trio.follower().status().node();
    trio.stop(dead);

    assertThat(leader.yieldTo(dead, Trio.LIMIT))
        .isEqualTo(
            Outcome.failed(Outcome.Failure.CONFLICT, dead + " does not answer: it cannot lead"));
    assertThat(leader.yieldToHint(dead, Trio.LIMIT)).isInstanceOf(Outcome.Failed.class);

    assertThat(Trio.put(leader, "k", "v")).isInstanceOf(Submission.Committed.class);
  }

  @Test
  void aChangeOfTheMembersThatWasThoughtOutBeforeAnotherDoesNotUndoThat() {
    Trio trio = trio(3);
    RaftConsensus leader = trio.leader();
    GroupStatus before = leader.status();
    String leaving = trio.follower().status().node();
    assertThat(leader.removePeer(leaving, Trio.LIMIT)).isInstanceOf(Outcome.Ok.class);
    List<Peer> rest = leader.status().voters();

    assertThat(leader.members.configure(before, before.voters(), Trio.LIMIT))
        .isInstanceOf(Outcome.Failed.class);

    assertThat(leader.status().voters()).isEqualTo(rest).hasSize(2);
  }

  @Test
  void aDecidedCommandHasAFate() {
    Trio trio = trio(3);
    RaftConsensus leader = trio.leader();
    Trio.put(leader, "k", "v");
    long term = leader.status().term();

    assertThat(trio.follower().fateOf(CommandId.of(term).toString()))
        .isEqualTo(CommandFate.UNKNOWN);
    assertThat(leader.fateOf(CommandId.of(term - 1).toString())).isEqualTo(CommandFate.NOT_DONE);
    assertThat(leader.fateOf("nonsense")).isEqualTo(CommandFate.UNKNOWN);
  }

  @Test
  void aCommandIsDoneUnderTheIdOfWhoeverAskedForItAndOnce() {
    Trio trio = trio(3);
    RaftConsensus leader = trio.leader();
    String id = idOfAFollower(trio);

    assertThat(put(leader, id)).isInstanceOf(Submission.Committed.class);
    assertThat(leader.fateOf(id)).isEqualTo(CommandFate.DONE);
    assertThat(put(leader, id)).isInstanceOf(Submission.Rejected.class);
    String ofAnotherTerm = CommandId.of(leader.status().term() + 1).toString();
    assertThat(put(leader, ofAnotherTerm)).isInstanceOf(Submission.Rejected.class);
    assertThat(put(leader, "nonsense")).isInstanceOf(Submission.Rejected.class);
  }

  @Test
  void whatTheLeaderSaysIsNotDoneIsNeverDone() {
    Trio trio = trio(3);
    RaftConsensus leader = trio.leader();
    String id = idOfAFollower(trio);

    assertThat(leader.fateOf(id)).isEqualTo(CommandFate.NOT_DONE);

    assertThat(put(leader, id)).isInstanceOf(Submission.Rejected.class);
    assertThat(leader.fateOf(id)).isEqualTo(CommandFate.NOT_DONE);
    assertThat(leader.state().keyValues()).isEmpty();
  }

  private static String idOfAFollower(Trio trio) {
    long term = trio.leader().status().term();
    RaftConsensus follower = trio.follower();
    await().atMost(Trio.LIMIT).until(() -> follower.status().term() == term);
    return follower.newCommandId();
  }

  private static Submission put(RaftConsensus node, String commandId) {
    return node.submit(List.of(new Command.PutKeyValue("k", "v")), Trio.LIMIT, commandId);
  }

  @Test
  void theStatusOfAHealthyGroupIsComplete() {
    Trio trio = trio(3);
    await("the log is measured")
        .atMost(Trio.LIMIT)
        .until(() -> trio.leader().status().indices().logBytes() > 0);
    GroupStatus leader = trio.leader().status();

    assertThat(leader.role()).isEqualTo(GroupStatus.Role.LEADER);
    assertThat(leader.ready()).isTrue();
    assertThat(leader.inQuorum()).isTrue();
    assertThat(leader.isHealthy()).isTrue();
    assertThat(leader.voters()).containsExactlyElementsOf(trio.peers());
    assertThat(leader.followers()).hasSize(2);
    assertThat(leader.leader()).contains(leader.node());
    assertThat(leader.votedFor()).contains(leader.node());
    assertThat(leader.drift()).isEmpty();
    assertThat(leader.indices().applied()).isNotNegative();
  }

  @Test
  void aSingleNodeIsAGroupOfItsOwn() {
    Trio trio = trio(1);

    assertThat(Trio.put(trio.leader(), "k", "v")).isInstanceOf(Submission.Committed.class);
  }

  @Test
  void aNodeJoinsAndAnotherIsRemoved() {
    Trio trio = trio(3);
    Trio other = new Trio(folder, 4);
    GroupStatus.Peer fourth = other.peers().get(3);
    RaftSettings base = other.settings(fourth);
    RaftSettings joining =
        new RaftSettings(
            base.cluster(),
            fourth,
            trio.peers(),
            true,
            base.directory(),
            base.bindHost(),
            base.bindPort(),
            base.defaultPort(),
            base.timing(),
            "",
            "",
            "test",
            Optional.empty());
    Trio.put(trio.leader(), "k", "v");
    RaftConsensus joined = trio.start(joining);

    RaftConsensus leader = trio.leader();
    for (String malformed :
        List.of("", "node4=", "=127.0.0.1:1", "node4:0", "a b", "node4:port", "node_4")) {
      assertThat(leader.addPeer(malformed, Trio.LIMIT))
          .as(malformed)
          .isInstanceOfSatisfying(
              Outcome.Failed.class,
              failed -> assertThat(failed.failure()).isEqualTo(Outcome.Failure.BAD_REQUEST));
    }
    assertThat(leader.removePeer("node9", Trio.LIMIT)).isInstanceOf(Outcome.Failed.class);
    assertThat(leader.addPeer("node4=" + fourth.address(), Trio.LIMIT))
        .isInstanceOf(Outcome.Ok.class);
    await().atMost(Trio.LIMIT).until(() -> joined.state().equals(leader.state()));
    for (RaftConsensus node : List.of(leader, joined)) {
      assertThat(node.status().drift()).containsExactly("node4 is a member, and not in RaftNodes");
    }

    String removed = trio.follower().status().node();
    assertThat(leader.removePeer(removed, Trio.LIMIT)).isInstanceOf(Outcome.Ok.class);
    assertThat(leader.status().voters()).hasSize(3).noneMatch(peer -> peer.name().equals(removed));

    trio.stop("node4");
    RaftConsensus again = trio.start(joining);
    await("it is a member still").atMost(Trio.LIMIT).until(() -> again.status().isHealthy());
  }

  @Test
  void noQuorumIsGivenAwayThoughADeathWasNotYetNoticed() {
    Trio trio = trio(3);
    RaftConsensus leader = trio.leader();
    List<String> others = trio.othersThan(leader);

    trio.stop(others.getFirst());

    assertThat(leader.removePeer(others.getLast(), Trio.LIMIT))
        .isInstanceOfSatisfying(
            Outcome.Failed.class, failed -> assertThat(failed.message()).contains("no majority"));
    assertThat(leader.status().voters()).hasSize(3);
    assertThat(leader.removePeer(others.getFirst(), Trio.LIMIT)).isInstanceOf(Outcome.Ok.class);
  }

  @Test
  void aDirectoryOfAnotherGroupIsRefused() throws Exception {
    Trio trio = new Trio(folder, 3);
    RaftSettings settings = trio.settings(trio.peers().getFirst());
    Files.createDirectories(
        settings.directory().resolve("0b5dc9f6-0000-3000-8000-000000000000").resolve("current"));

    assertThatThrownBy(() -> start(settings))
        .isInstanceOf(RaftException.class)
        .hasMessageContaining("RaftClusterName");
  }

  @Test
  void aDirectoryOfAnotherNodeIsRefused() throws Exception {
    Trio trio = new Trio(folder, 3);
    RaftSettings settings = trio.settings(trio.peers().getFirst());
    Files.createDirectories(settings.directory());
    Files.writeString(settings.directory().resolve("orchestrator-node"), "node2\nx\n");

    assertThatThrownBy(() -> start(settings))
        .isInstanceOf(RaftException.class)
        .hasMessageContaining("belongs to node 'node2'")
        .hasMessageContaining("RaftNodeName");
  }

  @Test
  void aPortInUseIsToldWithTheAddress() throws Exception {
    Trio trio = new Trio(folder, 3);
    RaftSettings settings = trio.settings(trio.peers().getFirst());
    try (var taken =
        new java.net.ServerSocket(
            settings.bindPort(), 1, java.net.InetAddress.getByName("127.0.0.1"))) {
      assertThat(taken.isBound()).isTrue();
      assertThatThrownBy(() -> start(settings))
          .isInstanceOf(RaftException.class)
          .hasMessageContaining("127.0.0.1:" + settings.bindPort())
          .hasMessageContaining("RaftBind");
    }
  }

  private static RaftConsensus start(RaftSettings settings) {
    return RaftConsensus.start(
        settings, log -> new Trio.Recorded(), InstantSource.system(), reason -> {});
  }
}
