package orchestrator.core.recovery;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import orchestrator.core.facts.HookPoint;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.state.Command;
import orchestrator.core.topology.InstanceKey;

/**
 * What a running recovery wants done. Effects are played concurrently, except commits, which are
 * submitted one after the other in the order given. Each is answered by exactly one {@link Event}
 * with its id, at the latest when its time is up.
 */
public sealed interface Effect {
  /** Answers carry it; unique within one control. */
  long id();

  /** Submit as one entry. The first command is always the journal of this recovery. */
  record Commit(long id, List<Command> commands) implements Effect {
    public Commit {
      commands = List.copyOf(commands);
    }
  }

  /** Change a server. */
  record Perform(long id, ServerAction action, Duration timeout) implements Effect {}

  /** Read a server. */
  record Probe(long id, InstanceKey key, Duration timeout) implements Effect {}

  /** Read the logs of servers, for an answer to a question. */
  record ReadLog(long id, LogQuestion question, Duration timeout) implements Effect {}

  /**
   * Run an operator's process. An asynchronous one is answered too, but nobody waits for it.
   *
   * @param command placeholders replaced, trailing {@code &} removed
   * @param environment added to the manager's own
   */
  record RunHook(
      long id,
      HookPoint point,
      int index,
      String command,
      Map<String, String> environment,
      boolean asynchronous,
      Duration timeout)
      implements Effect {
    public RunHook {
      environment = Map.copyOf(environment);
    }
  }

  /** Send {@link Event.Woken} at that time. */
  record WakeAt(long id, Instant at) implements Effect {}

  /**
   * Nothing more is to be done; later events are ignored.
   *
   * @param closed whether the record was closed; otherwise another node goes on with it, or this
   *     one after the next look at the replicated state
   */
  record Finished(long id, boolean closed, boolean successful, String reason) implements Effect {}
}
