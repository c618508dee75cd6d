package orchestrator.server.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import orchestrator.server.engine.GroupStatus.Role;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Nodes that ask for votes in the same moment (Raft dissertation §3.4): the votes may be split, and
 * a leader is there soon all the same, one in each term at most. The timeouts are nearly equal, so
 * that this is no rare thing.
 */
class ElectionTest {
  private static final RaftSettings.Timing NEARLY_EQUAL =
      new RaftSettings.Timing(Duration.ofMillis(150), Duration.ofMillis(155));

  /** Dozens of election timeouts. */
  private static final Duration SOON = Duration.ofSeconds(10);

  private static final int ROUNDS = 4;

  @TempDir Path folder;
  private final Map<Long, Set<String>> leadersOfTerms = new ConcurrentHashMap<>();
  private Optional<Trio> started = Optional.empty();

  private Trio group(int nodes) {
    Trio trio = new Trio(folder, nodes).withTimeouts(NEARLY_EQUAL).observedBy(this::observe);
    started = Optional.of(trio);
    return trio;
  }

  private void observe(RaftConsensus node) {
    node.onRoleChange(change -> {
      if (change.to() == Role.LEADER) {
        leadersOfTerms
            .computeIfAbsent(change.term(), term -> ConcurrentHashMap.newKeySet())
            .add(node.status().node());
      }
    });
  }

  @AfterEach
  void stop() {
    started.ifPresent(Trio::close);
  }

  private void assertALeaderAppears(Trio trio) {
    await()
        .atMost(SOON)
        .until(() -> trio.nodes().stream().anyMatch(node -> node.leadership().isPresent()));
    assertThat(leadersOfTerms.values()).allMatch(leaders -> leaders.size() == 1);
  }

  @Test
  void nodesThatStartTogetherHaveALeaderSoonAndOneInATerm() {
    Trio trio = group(3);
    for (int round = 0; round < ROUNDS; round++) {
      trio.startAllAtOnce();
      assertALeaderAppears(trio);
      trio.close();
    }
    assertThat(leadersOfTerms).hasSizeGreaterThanOrEqualTo(ROUNDS);
  }

  /** Three nodes of five live, so that a leader needs all their votes; two of them want to lead. */
  @Test
  void splitVotesResolve() throws Exception {
    Trio trio = group(5);
    trio.peers().subList(0, 3).forEach(peer -> trio.start(trio.settings(peer)));
    int splits = 0;
    for (int round = 0; splits < 2; round++) {
      assertThat(round).as("rounds without a split vote").isLessThan(30);
      RaftConsensus leader = trio.leader();
      long term = leader.status().term();
      boolean both = bothBecomeCandidates(trio, leader);
      assertALeaderAppears(trio);
      // Each of both had its own vote in the next term, and neither can have won that one.
      await().atMost(SOON).until(() -> trio.leader().status().term() > term);
      long next = trio.leader().status().term();
      if (both && !leadersOfTerms.containsKey(term + 1)) {
        assertThat(next).isGreaterThan(term + 1);
        splits++;
      }
    }
  }

  private static boolean bothBecomeCandidates(Trio trio, RaftConsensus leader) throws Exception {
    String name = leader.status().node();
    long term = leader.status().term();
    List<ForgedPeer> peers =
        trio.othersThan(leader).stream().map(other -> new ForgedPeer(trio, name, other)).toList();
    CyclicBarrier together = new CyclicBarrier(peers.size());
    try (ExecutorService threads = Executors.newFixedThreadPool(peers.size())) {
      List<Future<Boolean>> answers = new ArrayList<>();
      for (ForgedPeer peer : peers) {
        answers.add(
            threads.submit(() -> {
              // Connects; this question is refused.
              peer.askWhetherItWouldVote(0, 0, 0);
              together.await(SOON.toSeconds(), TimeUnit.SECONDS);
              return peer.startElection(term);
            }));
      }
      return all(answers);
    } finally {
      peers.forEach(ForgedPeer::close);
    }
  }

  private static boolean all(List<Future<Boolean>> answers)
      throws ExecutionException, InterruptedException {
    boolean all = true;
    for (Future<Boolean> answer : answers) {
      all &= answer.get();
    }
    return all;
  }
}
