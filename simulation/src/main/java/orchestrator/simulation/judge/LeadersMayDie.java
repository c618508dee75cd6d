package orchestrator.simulation.judge;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.state.Command;

/** I6: whoever dies, an open recovery is gone on with, and ends. */
public final class LeadersMayDie implements Invariant {
  /** A process may take 20 seconds here; nothing else takes as long. */
  private static final long SILENCE_MILLIS = 45_000;

  private List<RecoveryTicket> open = List.of();
  private final Map<String, Long> progress = new HashMap<>();
  private int actor = -1;
  private long actingSince;

  @Override
  public String name() {
    return "I6 recoveries end";
  }

  @Override
  public Optional<String> see(Fact fact, Truth truth) {
    switch (fact) {
      case Fact.Committed entry -> {
        open = entry.after().recoveries().values().stream().filter(RecoveryTicket::isOpen).toList();
        for (Command command : entry.commands()) {
          if (command instanceof Command.Journal journal) {
            progress.put(journal.recoveryUid(), entry.at());
          } else if (command instanceof Command.OpenRecovery open) {
            progress.putIfAbsent(open.ticket().uid(), entry.at());
          }
        }
      }
      // One may wait long for somebody else, and looks meanwhile.
      case Fact.Probed probed -> progress.put(probed.recoveryUid(), probed.at());
      case Fact.Ended ignored -> {
        return open.stream()
            .findAny()
            .map(ticket -> "the recovery of " + ticket.failed() + " is still open");
      }
      default -> {}
    }
    return Optional.empty();
  }

  @Override
  public boolean looks() {
    return true;
  }

  @Override
  public Optional<String> look(Truth truth) {
    if (truth.acting().size() != 1 || truth.acting().getFirst() != actor) {
      actor = truth.acting().size() == 1 ? truth.acting().getFirst() : -1;
      actingSince = truth.now();
      return Optional.empty();
    }
    long limit = truth.now() - SILENCE_MILLIS;
    return actingSince > limit
        ? Optional.empty()
        : open.stream()
            .filter(ticket -> progress.getOrDefault(ticket.uid(), 0L) < limit)
            .map(ticket -> "nobody goes on with the recovery of " + ticket.failed())
            .findAny();
  }
}
