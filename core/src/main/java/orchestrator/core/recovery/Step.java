package orchestrator.core.recovery;

import java.util.List;
import orchestrator.core.facts.HookPoint;
import orchestrator.core.facts.JournalEntry;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.state.Command;

/** One step of a {@link RecoveryPlan}, in the order in which a recovery takes them. */
public sealed interface Step {
  /**
   * A server is changed.
   *
   * @param precondition what must hold right before; if it does not, the recovery goes another way
   */
  record Change(ServerAction action, String precondition) implements Step {}

  /** An operator's process runs, with this text. */
  record RunProcess(HookPoint point, int index, String command, boolean asynchronous)
      implements Step {}

  /**
   * Something is agreed on by the managers; what follows waits for it.
   *
   * @param entries of the recovery's journal, without notes
   * @param commands what else is said in the same breath
   */
  record Agree(List<JournalEntry> entries, List<Command> commands) implements Step {
    public Agree {
      entries = List.copyOf(entries);
      commands = List.copyOf(commands);
    }
  }
}
