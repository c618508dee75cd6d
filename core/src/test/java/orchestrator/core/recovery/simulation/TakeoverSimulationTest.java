package orchestrator.core.recovery.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import orchestrator.core.facts.JournalEntry;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.gtid.OracleGtidSet;
import orchestrator.core.recovery.simulation.History.Fact;
import orchestrator.core.recovery.simulation.History.FinalServer;
import orchestrator.core.relocation.ServerAction.SetReadOnly;
import orchestrator.core.topology.InstanceKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever goes wrong in a planned takeover, somebody takes writes at the end, and only one. */
class TakeoverSimulationTest {
  private static final int SEEDS = Integer.getInteger("simulation.seeds", 3000) / 10;
  private static final List<Fault> FAULTS = List.of(Fault.values());

  @Test
  void nothingIsLostAndNobodyWaitsInAWorldWithoutFaults() {
    History history =
        Simulation.run(Scenario.takeover(true), new Random(1), (effect, index) -> Fault.NONE);
    assertThat(violations(history)).isEmpty();
    assertThat(history.ticket).get().extracting(RecoveryTicket::successful).isEqualTo(true);
  }

  /**
   * @param lasting how often the fault strikes what the first struck effect is about
   */
  @ParameterizedTest
  @CsvSource({"false,1", "true,1", "false,4"})
  void survivesEveryFaultAtEveryStep(boolean hooks, int lasting) {
    List<String> failures = new ArrayList<>();
    int steps = Simulation.effectsOf(Scenario.takeover(hooks));
    for (int step = 0; step < steps; step++) {
      for (Fault fault : FAULTS) {
        History history =
            Simulation.run(
                Scenario.takeover(hooks),
                new Random(step),
                new SimulationTest.LastingFault(step, fault, lasting));
        for (String violation : violations(history)) {
          failures.add(fault + " at effect " + step + ": " + violation);
        }
      }
    }
    assertThat(failures).isEmpty();
  }

  @Test
  void survivesWhateverASeedBrings() {
    List<String> failures = new ArrayList<>();
    int successful = 0;
    for (long seed = 0; seed < SEEDS && failures.size() < 10; seed++) {
      Random random = new Random(seed);
      Scenario scenario = Scenario.takeover(random.nextBoolean());
      double rate = 0.1 * random.nextDouble();
      History history =
          Simulation.run(
              scenario, random, new SimulationTest.RandomFaults(new Random(seed + 1), rate));
      successful += history.ticket.filter(RecoveryTicket::successful).isPresent() ? 1 : 0;
      for (String violation : violations(history)) {
        failures.add("seed " + seed + ": " + violation);
      }
    }
    assertThat(failures).isEmpty();
    assertThat(successful).isBetween(SEEDS / 10, SEEDS - 1);
  }

  private static List<String> violations(History history) {
    List<String> violations = new ArrayList<>(HistoryChecker.violations(history));
    oneTakesWrites(history).ifPresent(violations::add);
    nothingAcknowledgedIsLost(history).ifPresent(violations::add);
    neverTwoWritable(history).ifPresent(violations::add);
    return violations;
  }

  /** Unless that could not be: the one in question was struck, and the record says so. */
  private static Optional<String> oneTakesWrites(History history) {
    RecoveryTicket ticket = history.ticket.orElseThrow();
    InstanceKey wanted = ticket.promoted().orElse(ticket.intended().orElse(history.failed));
    FinalServer server = history.servers.get(wanted);
    boolean targetInDoubt =
        ticket.intended().filter(key -> !key.equals(history.failed)).isPresent();
    boolean told = targetInDoubt && !ticket.errors().isEmpty();
    boolean excused = told || server == null || server.disturbed();
    return server != null && server.readOnly() && !excused
        ? Optional.of("nobody takes writes: " + wanted + " is read-only; " + ticket.errors())
        : Optional.empty();
  }

  /** While the old master was not struck, the new one has all that it has acknowledged. */
  private static Optional<String> nothingAcknowledgedIsLost(History history) {
    Optional<InstanceKey> promoted = history.ticket.flatMap(RecoveryTicket::promoted);
    FinalServer old = history.servers.get(history.failed);
    if (promoted.isEmpty() || old == null || old.disturbed()) {
      return Optional.empty();
    }
    OracleGtidSet has = history.executed.getOrDefault(promoted.get(), OracleGtidSet.EMPTY);
    OracleGtidSet lost =
        history.acknowledged.only(Set.of(new SimulatedServer(history.failed).uuid)).subtract(has);
    return lost.isEmpty() ? Optional.empty() : Optional.of("lost " + lost);
  }

  /** The old master takes writes at the beginning; each change of that is seen. */
  private static Optional<String> neverTwoWritable(History history) {
    boolean oldIsOpen = true;
    boolean newIsOpen = false;
    for (Fact fact : history.facts) {
      if (fact instanceof Fact.Done(SetReadOnly set, OracleGtidSet ignored)) {
        if (set.target().equals(history.failed)) {
          oldIsOpen = !set.readOnly();
        } else {
          newIsOpen = !set.readOnly();
        }
      } else if (fact instanceof Fact.Crashed(InstanceKey server)) {
        oldIsOpen &= !server.equals(history.failed);
        newIsOpen &= server.equals(history.failed);
      } else if (fact instanceof Fact.Journaled(JournalEntry.PromotionIntended intent)
          && !intent.candidate().equals(history.failed)
          && oldIsOpen) {
        return Optional.of(intent.candidate() + " was to be promoted beside an open master");
      }
      if (oldIsOpen && newIsOpen) {
        return Optional.of("two servers were writable");
      }
    }
    return Optional.empty();
  }
}
