package orchestrator.server.engine.recovery;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import orchestrator.core.facts.JournalEntry;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.state.Command;
import orchestrator.core.state.LogPosition;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.state.StateMachine;
import orchestrator.core.topology.InstanceKey;

/**
 * Which of the recoveries that run here only wait for what becomes of another server, for minutes
 * perhaps: those give way when a person asks for a recovery of the same server.
 */
final class WaitingRecoveries {
  private final Map<String, RecoveryRun> runs = new ConcurrentHashMap<>();

  RecoveryRun tracked(String uid, RecoveryRun run) {
    runs.put(uid, run);
    return run;
  }

  void ended(String uid) {
    runs.remove(uid);
  }

  /** The one of this server, if there is one. */
  Optional<RecoveryTicket> of(InstanceKey failed, ReplicatedState state) {
    return state.recoveries().values().stream()
        .filter(ticket -> ticket.isOpen() && ticket.failed().equals(failed))
        .filter(ticket -> run(ticket).filter(RecoveryRun::isWaiting).isPresent())
        .findFirst();
  }

  /** Returns at once; it ends soon afterwards. */
  void giveWay(RecoveryTicket ticket) {
    run(ticket).ifPresent(RecoveryRun::giveWay);
  }

  private Optional<RecoveryRun> run(RecoveryTicket ticket) {
    return Optional.ofNullable(runs.get(ticket.uid()));
  }

  /** The state as it will be when the one of this server has given way. */
  ReplicatedState without(InstanceKey failed, ReplicatedState state, Instant now) {
    return of(failed, state)
        .map(ticket ->
            StateMachine.apply(
                    state,
                    new Command.Journal(
                        ticket.uid(), List.of(new JournalEntry.Closed(false, List.of())), now),
                    LogPosition.NONE)
                .next())
        .orElse(state);
  }
}
