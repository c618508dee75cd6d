package orchestrator.server.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import orchestrator.core.state.Command;
import orchestrator.core.state.ReplicatedState;
import orchestrator.server.engine.Consensus.Submission;
import orchestrator.server.engine.Outcome;
import orchestrator.server.engine.Projection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A node dies after it applied an entry and before its history has it. How the history keeps its
 * own part of this, the index with the traces, is a test of the backend.
 */
class HistoryAfterCrashTest {
  @TempDir Path folder;
  private final SortedSet<Long> applied = new TreeSet<>();
  private final List<Long> written = new ArrayList<>();

  /** Forgets, as a crash does, what it was shown and has not written. */
  private final class Forgetful implements Projection {
    private final List<Long> waiting = new ArrayList<>();
    private boolean crashed;

    /** From now on nothing is written any more. */
    synchronized void crash() {
      crashed = true;
    }

    @Override
    public synchronized long appliedIndex() {
      return written.isEmpty() ? 0 : written.getLast();
    }

    @Override
    public synchronized void apply(
        long index, ReplicatedState before, ReplicatedState after, List<Command> commands) {
      applied.add(index);
      long newest = waiting.isEmpty() ? appliedIndex() : waiting.getLast();
      if (index > newest) {
        waiting.add(index);
      }
    }

    /** A snapshot is made only of what is written, so that there is nothing to catch up with. */
    @Override
    public synchronized void jump(long index, ReplicatedState state) {
      assertThat(applied.headSet(index + 1)).isSubsetOf(written);
    }

    @Override
    public synchronized boolean flush(Duration limit) {
      if (!crashed) {
        written.addAll(waiting);
        waiting.clear();
      }
      return !crashed;
    }
  }

  private RaftConsensus start(RaftSettings settings, Projection projection) {
    RaftConsensus node =
        RaftConsensus.start(settings, log -> projection, InstantSource.system(), reason -> {});
    await().atMost(Trio.LIMIT).until(() -> node.leadership().isPresent());
    return node;
  }

  private static void put(RaftConsensus node, String prefix, int count) {
    for (int i = 0; i < count; i++) {
      assertThat(Trio.put(node, prefix + i, "v")).isInstanceOf(Submission.Committed.class);
    }
  }

  @Test
  void everyEntryIsInTheHistoryOnceThoughTheNodeDiedBeforeItWroteThem() {
    Trio trio = new Trio(folder, 1);
    RaftSettings settings = trio.settings(trio.peers().getFirst());
    Forgetful dying = new Forgetful();
    try (RaftConsensus node = start(settings, dying)) {
      put(node, "before", 30);
      assertThat(node.snapshot(Trio.LIMIT)).isInstanceOf(Outcome.Ok.class);
      put(node, "after", 20);
      dying.crash();
    }
    int lost = applied.size() - written.size();

    Forgetful history = new Forgetful();
    try (RaftConsensus node = start(settings, history)) {
      put(node, "again", 1);
      assertThat(node.state().keyValues()).hasSize(51);
      history.flush(Trio.LIMIT);
    }

    assertThat(lost).isGreaterThanOrEqualTo(20);
    assertThat(written).containsExactlyElementsOf(applied).hasSizeGreaterThanOrEqualTo(51);
  }
}
