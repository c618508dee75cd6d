package orchestrator.server.backend;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import orchestrator.core.facts.JournalEntry;
import orchestrator.core.state.Command;
import orchestrator.sandbox.process.PortReservation;
import orchestrator.server.engine.Consensus.Submission;
import orchestrator.server.engine.GroupStatus.Peer;
import orchestrator.server.engine.History.RecoveryStep;
import orchestrator.server.raft.RaftConsensus;
import orchestrator.server.raft.RaftSettings;

/** An open store whose history is that of a raft log: the only node of its group, which leads. */
final class StoreInGroup implements AutoCloseable {
  static final Duration LIMIT = Duration.ofSeconds(30);
  static final String RECOVERY = "u1";

  final SqlBackend backend;
  final RaftConsensus node;

  /**
   * @param directory of the log; what it holds decides what the node knows
   */
  StoreInGroup(Path directory, TestStore store) {
    backend = store.open();
    try {
      node =
          RaftConsensus.start(
              settings(directory), backend::projection, InstantSource.system(), reason -> {});
    } catch (RuntimeException e) {
      backend.close();
      throw e;
    }
    await().atMost(LIMIT).until(() -> node.leadership().isPresent());
  }

  private static RaftSettings settings(Path directory) {
    try (PortReservation port = PortReservation.any()) {
      Peer self = new Peer("node1", "127.0.0.1:" + port.port());
      return new RaftSettings(
          "test",
          self,
          List.of(self),
          false,
          directory,
          "127.0.0.1",
          port.port(),
          10008,
          new RaftSettings.Timing(Duration.ofMillis(300), Duration.ofMillis(600)),
          "",
          "http://node1:3000",
          "test",
          Optional.empty());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void openRecovery() {
    commit(new Command.OpenRecovery(Recorded.ticket(RECOVERY, Recorded.A)));
  }

  /** One step of the recovery's protocol for each number. */
  void note(int from, int to) {
    for (int i = from; i < to; i++) {
      commit(
          new Command.Journal(
              RECOVERY,
              List.of(new JournalEntry.Noted("note " + i)),
              Recorded.NOON.plusSeconds(i)));
    }
  }

  void commit(Command command) {
    Submission submission = node.submit(List.of(command), LIMIT);
    if (!(submission instanceof Submission.Committed)) {
      throw new AssertionError("not committed: " + submission);
    }
  }

  /** The steps in the history that were noted. */
  List<String> notes() {
    return backend.recoverySteps(RECOVERY).stream()
        .map(RecoveryStep::message)
        .filter(message -> message.startsWith("note "))
        .toList();
  }

  @Override
  public void close() {
    node.close();
    backend.close();
  }
}
