package orchestrator.core.recovery;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import orchestrator.core.facts.JournalEntry;
import orchestrator.core.facts.ReplicaFate;
import orchestrator.core.recovery.RecoveryState.CommitKind;
import orchestrator.core.recovery.RecoveryState.CommitRequest;
import orchestrator.core.recovery.RecoveryState.Phase;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.relocation.ServerAction.SourcePosition;
import orchestrator.core.state.Command;
import orchestrator.core.topology.Binlog;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;

/**
 * One step of the control: a private copy of the state, the present moment, and the effects that
 * come out. The classes of the phases work on it.
 */
final class Turn {
  final RecoveryState s;
  final Instant now;
  final List<Effect> effects = new ArrayList<>();

  Turn(RecoveryState state, Instant now) {
    this.s = state;
    this.now = now;
  }

  RecoveryPolicy policy() {
    return s.circumstances.policy();
  }

  /** What is done by a recovery of this kind. */
  Flow flow() {
    return isTakeover() ? TakeoverFlow.INSTANCE : Flow.of(s.ticket.kind());
  }

  InstanceKey failed() {
    return s.ticket.failed();
  }

  /** Whether a living master is replaced as planned. */
  boolean isTakeover() {
    return s.ticket.origin().isTakeover();
  }

  /** Whether the manager makes the successor writable, and not an operator's process. */
  boolean applies() {
    return policy().promotion().apply() || isTakeover();
  }

  // Effects

  void perform(Pending purpose, ServerAction action, Duration timeout) {
    effects.add(new Effect.Perform(register(purpose), action, timeout));
  }

  void probe(Pending purpose, InstanceKey key) {
    effects.add(new Effect.Probe(register(purpose), key, Patience.PROBE));
  }

  void readLog(Pending purpose, LogQuestion question, Duration timeout) {
    effects.add(new Effect.ReadLog(register(purpose), question, timeout));
  }

  void wake(Pending.Alarm alarm, Duration after) {
    effects.add(new Effect.WakeAt(register(new Pending.Wake(alarm, s.round)), now.plus(after)));
  }

  long register(Pending purpose) {
    long id = s.nextId++;
    s.pending.put(id, purpose);
    return id;
  }

  boolean isPending(Predicate<Pending> wanted) {
    return s.pending.values().stream().anyMatch(wanted);
  }

  /** Of this round: alarms of earlier ones are ignored when they go off. */
  boolean isWakePending(Pending.Alarm alarm) {
    return isPending(p -> p.equals(new Pending.Wake(alarm, s.round)));
  }

  void finish(boolean closed, boolean successful, String reason) {
    s.phase = Phase.FINISHED;
    s.pending.clear();
    effects.add(new Effect.Finished(s.nextId++, closed, successful, reason));
  }

  // Journal

  /** Audited with the next commit. */
  void note(String message) {
    record(new JournalEntry.Noted(message));
  }

  /** Committed with the next commit. */
  void record(JournalEntry entry) {
    s.bufferedEntries.add(entry);
    if (!isWakePending(Pending.Alarm.NOTES)) {
      wake(Pending.Alarm.NOTES, Patience.NOTES);
    }
  }

  /** Submitted with the next commit. */
  void also(Command command) {
    s.bufferedCommands.add(command);
  }

  void commit(CommitKind kind, List<JournalEntry> entries, List<Command> commands) {
    s.commits.add(new CommitRequest(kind, entries, commands));
    submitNext();
  }

  /** Commits what was recorded, if nothing else is being committed anyway. */
  void flush() {
    boolean something = !s.bufferedEntries.isEmpty() || !s.bufferedCommands.isEmpty();
    if (something && s.commits.isEmpty() && s.phase != Phase.FINISHED) {
      commit(CommitKind.NOTES, List.of(), List.of());
    }
  }

  /** One commit at a time, so that the journal is in the order of events. */
  void submitNext() {
    CommitRequest head = s.commits.peek();
    if (head == null || s.commitSubmitted) {
      return;
    }
    List<JournalEntry> entries = new ArrayList<>(s.bufferedEntries);
    entries.addAll(head.entries());
    List<Command> commands = new ArrayList<>();
    commands.add(new Command.Journal(s.ticket.uid(), entries, now, s.circumstances.node().term()));
    commands.addAll(s.bufferedCommands);
    commands.addAll(head.commands());
    s.bufferedEntries.clear();
    s.bufferedCommands.clear();
    s.commits.remove();
    s.commits.addFirst(new CommitRequest(head.kind(), entries, commands));
    s.commitSubmitted = true;
    effects.add(new Effect.Commit(register(new Pending.Committing()), commands));
  }

  /** What becomes of a replica; told once. */
  void settle(InstanceKey replica, ReplicaFate fate) {
    s.settled.put(replica, fate);
    if (s.published.add(replica)) {
      record(new JournalEntry.ReplicaSettled(replica, fate));
    }
  }

  /** That a server was read after it was made writable. */
  static JournalEntry promoted(InstanceKey key, Instance after) {
    return new JournalEntry.Promoted(
        key, after.classification().instanceAlias(), after.binlog().position());
  }

  /** That a server stands in for the failed one, without having been promoted. */
  JournalEntry succeeded(InstanceKey successor) {
    Optional<Instance> server = Optional.ofNullable(s.live.get(successor));
    return new JournalEntry.Succeeded(
        successor,
        server.map(i -> i.classification().instanceAlias()).orElse(""),
        server.map(Instance::binlog).flatMap(Binlog::position));
  }

  // Facts

  CandidateChoice choice() {
    return new CandidateChoice(
        new CandidateChoice.Question(
            s.circumstances,
            CoMasters.mustBePromoted(s),
            Map.copyOf(s.live),
            Map.copyOf(s.silent),
            Map.copyOf(s.excluded),
            Set.copyOf(s.stuck),
            Set.copyOf(s.unfeedable),
            measure()));
  }

  /** What the replicas that answered have: to be asked before anything of this turn goes on. */
  Survivors survivors() {
    return survivors(s.live);
  }

  Survivors survivors(Map<InstanceKey, Instance> live) {
    return new Survivors(s.circumstances, live, s.stuck, measure());
  }

  Measure measure() {
    return new Measure(Method.of(s), Map.copyOf(s.drained), s.ticket.base());
  }

  boolean isByPosition() {
    return Method.of(s) == Method.POSITION;
  }

  void answered(InstanceKey key, Instance instance) {
    s.live.put(key, instance);
    s.silent.remove(key);
  }

  void isSilent(InstanceKey key, String reason) {
    s.live.remove(key);
    s.silent.put(key, reason);
  }

  /** The server that may be, or is, writable. */
  Optional<InstanceKey> successor() {
    return s.ticket.promoted().or(() -> s.ticket.intended()).or(() -> s.candidate);
  }

  static SourcePosition positionFor(Instance replica) {
    return replica.usesMariaDbGtid()
        ? new SourcePosition.MariaDbSlavePos()
        : new SourcePosition.OracleAuto();
  }
}
