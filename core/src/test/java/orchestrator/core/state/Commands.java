package orchestrator.core.state;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import orchestrator.core.facts.Acknowledgement;
import orchestrator.core.facts.Detection;
import orchestrator.core.facts.JournalEntry;
import orchestrator.core.facts.RecoveryOrigin;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.topology.InstanceKey;

/** Values for tests of the state. */
final class Commands {
  static final Instant NOON = Instant.parse("2026-01-02T12:00:00Z");
  static final LogPosition HERE = new LogPosition(3, 14);
  static final Duration BLOCK = Duration.ofHours(1);
  static final RecoveryOrigin BY_PERSON =
      new RecoveryOrigin(false, "force-master-failover", Optional.empty(), false);

  private Commands() {}

  static InstanceKey server(String name) {
    return new InstanceKey(name, 3306);
  }

  /** A ticket for the dead master {@code failed} of the cluster that is named after it. */
  static RecoveryTicket ticket(String uid, String failed) {
    return ticket(uid, failed, failed + ":3306", "DeadMaster", RecoveryOrigin.AUTOMATIC, NOON);
  }

  static RecoveryTicket ticket(
      String uid,
      String failed,
      String cluster,
      String analysis,
      RecoveryOrigin origin,
      Instant started) {
    return ticket(uid, failed, cluster, analysis, origin, started, List.of());
  }

  /** An automatic one, begun at noon, of a server with these replicas. */
  static RecoveryTicket ticket(
      String uid, String failed, String cluster, String analysis, List<String> replicas) {
    return ticket(uid, failed, cluster, analysis, RecoveryOrigin.AUTOMATIC, NOON, replicas);
  }

  private static RecoveryTicket ticket(
      String uid,
      String failed,
      String cluster,
      String analysis,
      RecoveryOrigin origin,
      Instant started,
      List<String> replicas) {
    return RecoveryTicket.begun(
        uid,
        server(failed),
        analysis,
        "",
        cluster,
        "",
        "",
        origin,
        started,
        started.plus(BLOCK),
        0,
        "node1",
        replicas.stream().map(Commands::server).toList());
  }

  static Detection detection(String uid, String key, boolean actionable) {
    return new Detection(
        0,
        uid,
        server(key),
        "DeadMaster",
        "",
        key + ":3306",
        "",
        List.of(),
        actionable,
        NOON,
        Optional.empty(),
        "node1");
  }

  static Command journal(String uid, JournalEntry... entries) {
    return new Command.Journal(uid, List.of(entries), NOON.plusSeconds(1));
  }

  /** The whole of a recovery that promoted {@code promoted}. */
  static Command promotionOf(String uid, String promoted) {
    return journal(
        uid,
        new JournalEntry.CandidateChosen(server(promoted), "best"),
        new JournalEntry.PromotionIntended(server(promoted)),
        new JournalEntry.Promoted(server(promoted), "", Optional.empty()),
        new JournalEntry.Closed(true, List.of()));
  }

  static Command acknowledge(Command.Selector selector) {
    return new Command.AcknowledgeRecoveries(
        selector, new Acknowledgement("dba", "seen", NOON.plusSeconds(2)));
  }

  /** Applies all, and fails when one is refused. */
  static ReplicatedState after(Command... commands) {
    return after(ReplicatedState.EMPTY, commands);
  }

  static ReplicatedState after(ReplicatedState state, Command... commands) {
    StateMachine.AppliedAll applied = StateMachine.applyAll(state, List.of(commands), HERE);
    applied.results().stream()
        .filter(CommandResult.Refused.class::isInstance)
        .findFirst()
        .ifPresent(refused -> {
          throw new AssertionError("refused: " + refused);
        });
    return applied.next();
  }

  static Optional<String> refusalOf(ReplicatedState state, Command command) {
    return StateMachine.apply(state, command, HERE).result()
            instanceof CommandResult.Refused refused
        ? Optional.of(refused.reason())
        : Optional.empty();
  }

  static long idOf(ReplicatedState state, Command command) {
    return StateMachine.apply(state, command, HERE).result() instanceof CommandResult.Done done
        ? done.id()
        : -1;
  }
}
