package orchestrator.simulation.judge;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import orchestrator.core.facts.JournalEntry;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.state.Command;
import orchestrator.core.state.CommandResult;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.topology.InstanceKey;

/** What invariants ask of an entry. */
final class Commits {
  static final String MASTER_KEY = "mysql/master/main";

  private Commits() {}

  private static boolean isDone(Fact.Committed entry) {
    return entry.results().stream().allMatch(CommandResult.Done.class::isInstance);
  }

  /** Whether it is about a master, and not about those below. */
  static boolean isFailover(RecoveryTicket ticket) {
    return ticket.analysis().startsWith("DeadMaster")
        || ticket.analysis().startsWith("DeadCoMaster");
  }

  /** Automatic recoveries that the entry has opened. */
  static List<RecoveryTicket> opened(Fact.Committed entry) {
    return unplanned(entry).stream().filter(ticket -> ticket.origin().automatic()).toList();
  }

  /** Recoveries that the entry has opened, automatic or asked for, but for planned takeovers. */
  static List<RecoveryTicket> unplanned(Fact.Committed entry) {
    List<RecoveryTicket> opened = new ArrayList<>();
    for (Command command : entry.commands()) {
      if (command instanceof Command.OpenRecovery open
          && isDone(entry)
          && !open.ticket().origin().isTakeover()
          && !entry.before().recoveries().containsKey(open.ticket().uid())) {
        opened.add(open.ticket());
      }
    }
    return opened;
  }

  /** The journals that were accepted. */
  static List<Command.Journal> journals(Fact.Committed entry) {
    return entry.commands().stream()
        .filter(Command.Journal.class::isInstance)
        .map(Command.Journal.class::cast)
        .filter(journal -> isDone(entry))
        .toList();
  }

  static <T extends JournalEntry> List<T> entries(Command.Journal journal, Class<T> kind) {
    return journal.entries().stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  /** Whether it is told to replicate, and is no co-master. */
  static boolean isReplica(InstanceKey key, Truth truth) {
    Optional<InstanceKey> source = truth.sourceOf(key).filter(truth.servers()::contains);
    return source.isPresent() && !truth.sourceOf(source.get()).equals(Optional.of(key));
  }

  /**
   * Whether it is a former master that was not found to follow its successor. What it has for
   * itself was given up when it was replaced, and is told as soon as it was compared.
   */
  static boolean isApart(InstanceKey key, ReplicatedState state) {
    return Optional.ofNullable(state.demoted().get(key))
        .filter(demoted -> !demoted.canFollow())
        .isPresent();
  }

  /** The master as applications are told. */
  static Optional<InstanceKey> published(ReplicatedState state) {
    return Optional.ofNullable(state.keyValues().get(MASTER_KEY)).map(value -> key(value.value()));
  }

  private static InstanceKey key(String address) {
    int colon = address.lastIndexOf(':');
    return new InstanceKey(
        address.substring(0, colon), Integer.parseInt(address, colon + 1, address.length(), 10));
  }
}
