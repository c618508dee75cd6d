package orchestrator.server.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import orchestrator.core.state.Command;
import orchestrator.server.engine.GroupStatus;
import orchestrator.server.engine.Leadership;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto.AppendResult;
import org.apache.ratis.proto.RaftProtos.RequestVoteReplyProto;
import org.apache.ratis.thirdparty.io.grpc.StatusRuntimeException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a node answers to wrong messages (Raft dissertation §3.3, §3.4, §3.6): sent by a peer that
 * is no node, in the engine's own protocol. Where it can be, the node under test is alone of three,
 * so that nothing but these messages changes it.
 */
class ForgedPeerTest {
  @TempDir Path folder;
  private Optional<Trio> started = Optional.empty();
  private Optional<ForgedPeer> forged = Optional.empty();

  Timeouts timeouts() {
    return Timeouts.DEFAULT;
  }

  @AfterEach
  void stop() {
    forged.ifPresent(ForgedPeer::close);
    started.ifPresent(Trio::close);
  }

  /** One node of three that has entries and a term, while the other two are down. */
  private RaftConsensus lonelyNode() {
    Trio trio = new Trio(folder, 3).withTimeouts(timeouts().timing()).startAll();
    started = Optional.of(trio);
    trio.leader().submit(List.of(new Command.PutKeyValue("k", "v")), Trio.LIMIT);
    for (RaftConsensus node : trio.nodes()) {
      await().atMost(Trio.LIMIT).until(() -> node.state().equals(trio.leader().state()));
    }
    trio.stop("node2");
    trio.stop("node3");
    RaftConsensus node = trio.node("node1");
    // A leader that has just lost its followers leads on until it misses their answers.
    await().atMost(Trio.LIMIT).until(() -> !node.status().isLeader());
    return node;
  }

  private ForgedPeer peer() {
    ForgedPeer made = new ForgedPeer(started.orElseThrow(), "node2", "node1");
    forged = Optional.of(made);
    return made;
  }

  private RaftConsensus restarted() {
    Trio trio = started.orElseThrow();
    trio.stop("node1");
    return trio.start(trio.settings(trio.peers().getFirst()));
  }

  @Test
  void givesNoVoteToAStaleTerm() {
    long term = lonelyNode().status().term();

    RequestVoteReplyProto reply = peer().askForVote(term - 1, 99, 99);

    assertThat(reply.getServerReply().getSuccess()).isFalse();
    assertThat(reply.getTerm()).isGreaterThanOrEqualTo(term);
  }

  @Test
  void givesNoVoteToAnOlderLogAndYetLearnsTheTerm() {
    RaftConsensus node = lonelyNode();
    long term = node.status().term() + 10;

    RequestVoteReplyProto reply = peer().askForVote(term, 0, 0);

    assertThat(reply.getServerReply().getSuccess()).isFalse();
    assertThat(node.status().term()).isGreaterThanOrEqualTo(term);
  }

  @Test
  void givesOneVotePerTermAlsoAcrossARestart() {
    RaftConsensus node = lonelyNode();
    long term = node.status().term() + 10;
    long last = node.status().indices().last() + 100;

    assertThat(peer().askForVote(term, term, last).getServerReply().getSuccess()).isTrue();
    forged.orElseThrow().close();
    restarted();
    ForgedPeer other = new ForgedPeer(started.orElseThrow(), "node3", "node1");
    forged = Optional.of(other);

    assertThat(other.askForVote(term, term, last).getServerReply().getSuccess()).isFalse();
  }

  /** It may have been emptied, and have helped to commit what the candidate lacks. */
  @Test
  void anEmptyNodeVotesAmongEmptyNodesOnly() {
    Trio trio = new Trio(folder, 3).withTimeouts(timeouts().timing());
    started = Optional.of(trio);
    trio.start(trio.settings(trio.peers().getFirst()));
    ForgedPeer candidate = peer();

    assertThat(candidate.askWhetherItWouldVote(50, 0, 0).getServerReply().getSuccess()).isTrue();
    assertThatThrownBy(() -> candidate.askForVote(60, 50, 1000))
        .hasMessageContaining("not yet got");
    assertThatThrownBy(() -> candidate.askForVote(70, 0, 0)).hasMessageContaining("not yet got");
  }

  @Test
  void whoeverIsOfAnotherGroupIsRefusedAndTeachesNoTerm() {
    RaftConsensus node = lonelyNode();
    long term = node.status().term();
    ForgedPeer foreign = new ForgedPeer(started.orElseThrow(), "node2", "node1", "other");
    forged = Optional.of(foreign);

    assertThatThrownBy(() -> foreign.askForVote(term + 1000, term + 1000, 1000))
        .hasMessageContaining("not found");

    assertThat(node.status().term()).isLessThan(term + 1000);
    assertThat(node.status().votedFor()).isNotEqualTo(Optional.of("node2"));
  }

  /** Raft dissertation §9.6: what a node asks that was isolated, before it raises its term. */
  @Test
  void wouldGiveNoVoteWhileALeaderIsHeard() {
    Trio trio = wholeGroup();
    RaftConsensus leader = trio.leader();
    long term = leader.status().term();

    for (RaftConsensus node : trio.nodes()) {
      String name = node.status().node();
      String other = trio.othersThan(node).getFirst();
      try (ForgedPeer returning = new ForgedPeer(trio, other, name)) {
        // One whose directory was empty gives no answer before it has what the group committed.
        RequestVoteReplyProto reply =
            await()
                .ignoreException(StatusRuntimeException.class)
                .until(
                    () -> returning.askWhetherItWouldVote(term + 10, term, 1000), Objects::nonNull);
        boolean leads = other.equals(leader.status().node());
        assertThat(reply.getServerReply().getSuccess()).as(name).isEqualTo(leads);
      }
    }

    assertThat(trio.nodes()).allMatch(node -> node.status().term() == term);
    assertThat(trio.leader()).isSameAs(leader);
  }

  private Trio wholeGroup() {
    Trio trio = new Trio(folder, 3).withTimeouts(timeouts().timing()).startAll();
    started = Optional.of(trio);
    trio.leader();
    return trio;
  }

  private ForgedPeer sendingTo(RaftConsensus node) {
    Trio trio = started.orElseThrow();
    return new ForgedPeer(trio, trio.othersThan(node).getFirst(), node.status().node());
  }

  @Test
  void aLeaderThatHearsOfAHigherTermStepsDown() {
    Trio trio = wholeGroup();
    RaftConsensus leader = trio.leader();
    Leadership held = leader.leadership().orElseThrow();
    long term = leader.status().term() + 10;
    GroupStatus.Indices indices = leader.status().indices();

    try (ForgedPeer higher = sendingTo(leader)) {
      higher.heartbeat(term, held.term(), indices.last());
    }

    assertThat(leader.status().term()).isGreaterThanOrEqualTo(term);
    assertThat(held.isValid()).isFalse();
    // No harm is done for long: the group goes on in a later term.
    assertThat(trio.leader().status().term()).isGreaterThan(term);
  }

  @Test
  void aCandidateOfAHigherTermMakesALeaderStepDown() {
    Trio trio = wholeGroup();
    RaftConsensus leader = trio.leader();
    Leadership held = leader.leadership().orElseThrow();
    long term = leader.status().term() + 10;

    try (ForgedPeer higher = sendingTo(leader)) {
      higher.askForVote(term, 0, 0);
    }

    assertThat(leader.status().term()).isGreaterThanOrEqualTo(term);
    assertThat(held.isValid()).isFalse();
    assertThat(trio.leader().status().term()).isGreaterThan(term);
  }

  @Test
  void aLeaderOfAStaleTermIsToldTheTermAndChangesNothing() {
    RaftConsensus node = lonelyNode();
    long term = node.status().term();
    GroupStatus.Indices before = node.status().indices();

    AppendEntriesReplyProto reply = peer().heartbeat(term - 1, term - 1, before.last());

    assertThat(reply.getResult()).isEqualTo(AppendResult.NOT_LEADER);
    assertThat(reply.getTerm()).isGreaterThanOrEqualTo(term);
    assertThat(node.status().indices()).isEqualTo(before);
  }

  /** Who took it for a sign of a leader would vote for nobody for as long as it talks. */
  @Test
  void aLeaderOfAStaleTermDelaysNoElection() throws Exception {
    RaftConsensus node = lonelyNode();
    Trio trio = started.orElseThrow();
    long term = node.status().term();
    long last = node.status().indices().last();
    AtomicBoolean elected = new AtomicBoolean();
    try (ForgedPeer stale = new ForgedPeer(trio, "node3", "node1");
        ExecutorService thread = Executors.newSingleThreadExecutor()) {
      Future<Integer> refused = thread.submit(() -> talk(stale, term - 1, last, elected));
      try {
        trio.start(trio.settings("node2"));
        assertThat(trio.leader().status().term()).isGreaterThan(term);
      } finally {
        elected.set(true);
      }
      assertThat(refused.get()).isGreaterThan(5);
    }
  }

  /** Far more often than an election timeout; how often it was refused. */
  private static int talk(ForgedPeer peer, long term, long last, AtomicBoolean end) {
    int refused = 0;
    while (!end.get()) {
      if (peer.heartbeat(term, term, last).getResult() == AppendResult.NOT_LEADER) {
        refused++;
      }
      LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
    }
    return refused;
  }

  /** Otherwise two that once asked in the same moment would do so again and again. */
  @Test
  void waitsForAnotherTimeBeforeEachAttemptToLead() throws IOException {
    RaftConsensus node = lonelyNode();
    long term = node.status().term();
    int attempts = 15;
    Duration shortest = timeouts().timing().min();
    Duration longest = timeouts().timing().max();

    try (RefusingPeer peer = new RefusingPeer(started.orElseThrow().peers().get(1))) {
      await().atMost(Trio.LIMIT).until(() -> peer.pauses().size() > attempts);

      // The first ones come with the connection.
      List<Duration> pauses = peer.pauses().subList(1, attempts);
      assertThat(pauses).allMatch(pause -> pause.compareTo(shortest) >= 0);
      Duration spread = Collections.max(pauses).minus(Collections.min(pauses));
      assertThat(spread).as("%s", pauses).isGreaterThan(longest.minus(shortest).dividedBy(3));
    }
    assertThat(node.status().term()).isEqualTo(term);
  }

  @Test
  void startsAsAFollowerWithThePersistedTerm() {
    RaftConsensus node = lonelyNode();
    long term = node.status().term() + 10;
    peer().askForVote(term, term, node.status().indices().last() + 100);

    RaftConsensus again = restarted();

    assertThat(again.status().term()).isGreaterThanOrEqualTo(term);
    assertThat(again.status().isLeader()).isFalse();
  }
}
