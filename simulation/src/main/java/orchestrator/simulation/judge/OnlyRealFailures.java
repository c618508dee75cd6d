package orchestrator.simulation.judge;

import java.util.List;
import java.util.Optional;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.topology.InstanceKey;

/**
 * I8: no failover when only our own links to the master broke: a replica that replicates from it,
 * and that we can read, bears witness.
 */
public final class OnlyRealFailures implements Invariant {
  private static final long WITNESS_MILLIS = 10_000;

  @Override
  public String name() {
    return "I8 only real failures";
  }

  @Override
  public Optional<String> see(Fact fact, Truth truth) {
    if (!(fact instanceof Fact.Committed entry)) {
      return Optional.empty();
    }
    for (RecoveryTicket ticket : Commits.opened(entry)) {
      for (InstanceKey replica : ticket.fates().keySet()) {
        if (bearsWitness(ticket.failed(), replica, truth)) {
          return Optional.of(
              ticket.failed() + " is taken for dead, and " + replica + " replicates from it");
        }
      }
    }
    return Optional.empty();
  }

  private static boolean bearsWitness(InstanceKey master, InstanceKey replica, Truth truth) {
    List<Integer> acting = truth.acting();
    long since = truth.now() - WITNESS_MILLIS;
    return truth.isReplicating(replica, master)
        && truth.calmBetween(master, replica) <= since
        && acting.size() == 1
        && truth.calmToManager(acting.getFirst(), replica) <= since;
  }
}
