package orchestrator.server.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import orchestrator.sandbox.network.DelayingRelay;
import orchestrator.sandbox.process.PortReservation;
import orchestrator.server.engine.Consensus.Submission;
import orchestrator.server.engine.GroupStatus.Peer;
import orchestrator.server.engine.Outcome;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nodes in data centres far from each other: every message takes a while. */
class DistantGroupTest {
  private static final Duration ONE_WAY = Duration.ofMillis(40);

  /** The shorter one of ten round trips, as {@code docs/raft.md} has it. */
  private static final RaftSettings.Timing TIMING =
      new RaftSettings.Timing(Duration.ofMillis(800), Duration.ofMillis(1600));

  @TempDir Path folder;
  private final List<DelayingRelay> relays = new ArrayList<>();
  private Trio trio;

  @BeforeEach
  void prepare() {
    trio = new Trio(folder, 3).withTimeouts(TIMING);
  }

  @AfterEach
  void stop() {
    trio.close();
    relays.forEach(DelayingRelay::close);
  }

  /** It is found at an address from which the way is long. */
  private RaftSettings settings(Peer self) throws IOException {
    int port = PortReservation.any().port();
    relays.add(
        DelayingRelay.open(
            new InetSocketAddress("127.0.0.1", trio.settings(self).bindPort()),
            new InetSocketAddress("127.0.0.1", port),
            ONE_WAY));
    return trio.settings(self, port);
  }

  @Test
  void aDistantGroupElectsCommitsAndHandsOver() throws IOException {
    for (Peer peer : trio.peers()) {
      trio.start(settings(peer));
    }

    RaftConsensus leader = trio.leader();
    long began = System.nanoTime();
    assertThat(Trio.put(leader, "k", "v")).isInstanceOf(Submission.Committed.class);
    assertThat(Duration.ofNanos(System.nanoTime() - began))
        .as("a majority is far away")
        .isGreaterThan(ONE_WAY.multipliedBy(2));
    for (int i = 0; i < 20; i++) {
      assertThat(Trio.put(leader, "k" + i, "v")).isInstanceOf(Submission.Committed.class);
    }
    assertThat(trio.leader()).isSameAs(leader);

    String next = trio.follower().status().node();
    assertThat(leader.yieldTo(next, Trio.LIMIT)).isInstanceOf(Outcome.Ok.class);
    await().atMost(Trio.LIMIT).until(() -> trio.leader().status().node().equals(next));
    assertThat(Trio.put(trio.leader(), "k", "w")).isInstanceOf(Submission.Committed.class);
    for (RaftConsensus node : trio.nodes()) {
      await().atMost(Trio.LIMIT).until(() -> node.state().equals(trio.leader().state()));
    }

    trio.stop(next);
    assertThat(Trio.put(trio.leader(), "k", "x")).isInstanceOf(Submission.Committed.class);
  }
}
