package orchestrator.server.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import orchestrator.core.state.Command;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node whose disk lost something, or everything, comes back without harm to the group. */
class DamagedDirectoryTest {
  @TempDir Path folder;
  private Optional<Trio> started = Optional.empty();

  Timeouts timeouts() {
    return Timeouts.DEFAULT;
  }

  @BeforeEach
  void start() {
    Trio trio = new Trio(folder, 3).withTimeouts(timeouts().timing()).startAll();
    started = Optional.of(trio);
    Trio.putMany(trio.leader(), 150);
  }

  @AfterEach
  void stop() {
    trio().close();
  }

  private Trio trio() {
    return started.orElseThrow();
  }

  /** A follower that is stopped, and its settings. */
  private RaftSettings stoppedFollower() {
    String name = trio().follower().status().node();
    trio().stop(name);
    return trio().settings(name);
  }

  private static Path logFile(RaftSettings settings, String prefix) throws IOException {
    try (Stream<Path> files = Files.walk(settings.directory())) {
      return files
          .filter(file -> file.getFileName().toString().startsWith(prefix))
          .min(Comparator.naturalOrder())
          .orElseThrow();
    }
  }

  private void assertCatchesUp(RaftSettings settings) {
    RaftConsensus back = trio().start(settings);
    Trio.put(trio().leader(), "after", "it");
    await().atMost(Trio.LIMIT).until(() -> back.state().equals(trio().leader().state()));
  }

  @Test
  void aTailThatWasNotWrittenToItsEndIsRepaired() throws IOException {
    RaftSettings settings = stoppedFollower();
    Path log = logFile(settings, "log_inprogress");
    int end = endOfEntries(log);
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "rw")) {
      file.seek(end);
      // The length of an entry, and its first bytes: the power was lost then.
      file.write(new byte[] {100, 8, 1, 16, 60});
    }

    assertCatchesUp(settings);
  }

  @Test
  void aDamagedMiddleIsRefusedWithAMessage() throws IOException {
    RaftSettings settings = stoppedFollower();
    Path log = logFile(settings, "log_");
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "rw")) {
      file.seek(file.length() / 2);
      file.write(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16});
    }

    assertThatThrownBy(() -> trio().start(settings))
        .isInstanceOf(RaftException.class)
        .hasMessageContaining(settings.directory().toString())
        .hasMessageContaining("raft-remove-peer");
  }

  @Test
  void aWipedNodeDoesNotVoteForALeaderThatLacksWhatItHadAcknowledged() throws IOException {
    RaftSettings late = stoppedFollower();
    RaftConsensus leader = trio().leader();
    assertThat(leader.submit(List.of(new Command.PutKeyValue("precious", "entry")), Trio.LIMIT))
        .isInstanceOf(orchestrator.server.engine.Consensus.Submission.Committed.class);
    RaftSettings wiped = stoppedFollower();
    RaftSettings last = trio().settings(leader.status().node());
    trio().stop(leader.status().node());
    delete(wiped.directory());

    RaftConsensus empty = trio().start(wiped);
    trio().start(late);
    assertNobodyLeads(Duration.ofSeconds(4));
    trio().start(last);

    assertThat(trio().leader().state().keyValues()).containsKey("precious");
    await().atMost(Trio.LIMIT).until(() -> empty.state().equals(trio().leader().state()));
  }

  /** The leader goes on believing that the node has what it had acknowledged. */
  @Test
  void aWipedFollowerIsFilledAgainByALeaderThatStays() throws IOException {
    RaftSettings wiped = stoppedFollower();
    RaftConsensus leader = trio().leader();
    long term = leader.status().term();
    delete(wiped.directory());

    RaftConsensus empty = trio().start(wiped);

    await().atMost(Trio.LIMIT).until(() -> empty.state().equals(leader.state()));
    Trio.put(leader, "after", "it");
    await().atMost(Trio.LIMIT).until(() -> empty.state().equals(leader.state()));
    assertThat(leader.status().term()).isEqualTo(term);
  }

  @Test
  void aWipedNodeVotesAgainWhenItIsFilled() throws IOException {
    RaftSettings wiped = stoppedFollower();
    delete(wiped.directory());
    RaftConsensus empty = trio().start(wiped);
    RaftConsensus leader = trio().leader();
    await().atMost(Trio.LIMIT).until(() -> empty.state().equals(leader.state()));
    await().atMost(Trio.LIMIT).until(() -> !isOnProbation(wiped));

    trio().stop(leader.status().node());

    assertThat(Trio.put(trio().leader(), "after", "it"))
        .isInstanceOf(orchestrator.server.engine.Consensus.Submission.Committed.class);
  }

  private static boolean isOnProbation(RaftSettings settings) {
    return GroupDirectory.prepare(settings.directory(), settings.cluster(), settings.self().name())
        .isOnProbation();
  }

  /** The two would have a majority, and nothing of what was agreed on. They are there first. */
  @Test
  void twoWipedNodesDoNotOutvoteTheOneThatHasEverything() throws IOException {
    RaftConsensus leader = trio().leader();
    RaftSettings last = trio().settings(leader.status().node());
    Trio.put(leader, "precious", "entry");
    List<RaftSettings> wiped =
        trio().othersThan(leader).stream().map(name -> trio().settings(name)).toList();
    wiped.forEach(settings -> trio().stop(settings.self().name()));
    trio().stop(last.self().name());
    for (RaftSettings settings : wiped) {
      delete(settings.directory());
    }

    wiped.forEach(trio()::start);
    assertNobodyLeads(Duration.ofSeconds(3));
    RaftConsensus intact = trio().start(last);

    assertNobodyLeads(Duration.ofSeconds(4));
    assertThat(intact.state().keyValues()).containsKey("precious");

    copyTo(wiped.getFirst(), last);
    assertThat(trio().leader().state().keyValues()).containsKey("precious");
  }

  private void assertNobodyLeads(Duration period) {
    await()
        .during(period)
        .atMost(Trio.LIMIT)
        .until(() -> trio().nodes().stream().allMatch(node -> node.leadership().isEmpty()));
  }

  /** What docs/raft.md tells an operator to do then. */
  private void copyTo(RaftSettings emptied, RaftSettings intact) throws IOException {
    trio().stop(emptied.self().name());
    trio().stop(intact.self().name());
    delete(emptied.directory());
    try (Stream<Path> files = Files.walk(intact.directory())) {
      for (Path file : files.toList()) {
        Files.copy(file, emptied.directory().resolve(intact.directory().relativize(file)));
      }
    }
    Path owner = emptied.directory().resolve("orchestrator-node");
    List<String> lines = Files.readAllLines(owner);
    Files.write(owner, List.of(emptied.self().name(), lines.getLast()));
    trio().start(emptied);
    trio().start(intact);
  }

  @Test
  void aTailThatIsGoneIsSentAgainByALeaderThatStays() throws IOException {
    RaftSettings settings = stoppedFollower();
    cutInHalf(logFile(settings, "log_inprogress"));

    RaftConsensus back = trio().start(settings);

    await().atMost(Trio.LIMIT).until(() -> back.state().equals(trio().leader().state()));
    Trio.put(trio().leader(), "after", "it");
    await().atMost(Trio.LIMIT).until(() -> back.state().equals(trio().leader().state()));
  }

  @Test
  void aLogThatEndsBeforeTheNewestSnapshotIsContinuedFromTheSnapshot() throws IOException {
    Trio.putMany(trio().leader(), 1000);
    RaftConsensus follower = trio().follower();
    await().atMost(Trio.LIMIT).until(() -> follower.status().indices().snapshot() > 500);
    RaftSettings settings = trio().settings(follower.status().node());
    trio().stop(follower.status().node());
    cutInHalf(logFile(settings, "log_inprogress"));
    Trio.put(trio().leader(), "meanwhile", "v");

    assertCatchesUp(settings);
  }

  /** Of the entries: what follows them was only reserved. */
  private static void cutInHalf(Path log) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "rw")) {
      file.setLength(endOfEntries(log) / 2);
    }
  }

  private static int endOfEntries(Path log) throws IOException {
    byte[] bytes = Files.readAllBytes(log);
    int end = bytes.length;
    while (bytes[end - 1] == 0) {
      end--;
    }
    return end;
  }

  /** As a process leaves it that is killed while it writes the first one. */
  @Test
  void aSnapshotThatWasNotWrittenToItsEndDoesNoHarm() throws IOException {
    RaftSettings settings = stoppedFollower();
    Path snapshots = logFile(settings, "log_").resolveSibling("../sm");
    Files.writeString(snapshots.resolve("snapshot.1_20.tmp"), "ORCA");
    Files.writeString(
        snapshots.resolve("snapshot.1_20.md5"),
        "0123456789abcdef0123456789abcdef *snapshot.1_20\n");

    assertCatchesUp(settings);
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
