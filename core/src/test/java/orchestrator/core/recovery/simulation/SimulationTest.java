package orchestrator.core.recovery.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import orchestrator.core.facts.RecoveryTicket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever goes wrong, what must never happen does not happen, and the recovery ends. */
class SimulationTest {
  private static final int SEEDS = Integer.getInteger("simulation.seeds", 3000);

  private static final List<Fault> FAULTS = List.of(Fault.values());

  @Test
  void nothingGoesWrongInAWorldWithoutFaults() {
    History history =
        Simulation.run(Scenario.plain(true, true), new Random(1), (effect, index) -> Fault.NONE);
    assertThat(HistoryChecker.violations(history)).isEmpty();
    assertThat(history.ticket).get().extracting(RecoveryTicket::successful).isEqualTo(true);
  }

  @ParameterizedTest
  @CsvSource({"false,false", "true,false", "false,true", "true,true"})
  void survivesEveryFaultAtEveryStep(boolean hooks, boolean catchUp) {
    List<String> failures = new ArrayList<>();
    int steps = Simulation.effectsOf(Scenario.plain(hooks, catchUp));
    for (int step = 0; step < steps; step++) {
      for (Fault fault : Fault.values()) {
        int at = step;
        History history =
            Simulation.run(
                Scenario.plain(hooks, catchUp),
                new Random(step),
                (effect, index) -> index == at ? fault : Fault.NONE);
        HistoryChecker.violations(history)
            .forEach(violation -> failures.add(fault + " at effect " + at + ": " + violation));
      }
    }
    assertThat(failures).isEmpty();
  }

  @Test
  void survivesWhateverASeedBrings() {
    List<String> failures = new ArrayList<>();
    for (long seed = 0; seed < SEEDS && failures.size() < 10; seed++) {
      for (String violation : HistoryChecker.violations(runSeed(seed))) {
        failures.add("seed " + seed + ": " + violation);
      }
    }
    assertThat(failures).isEmpty();
  }

  @Test
  void mostRecoveriesSucceedAndSomeAbandonAServer() {
    int successful = 0;
    int abandoned = 0;
    for (long seed = 0; seed < 300; seed++) {
      History history = runSeed(seed);
      successful += history.ticket.filter(RecoveryTicket::successful).isPresent() ? 1 : 0;
      abandoned += history.facts.toString().contains("PromotionAbandoned") ? 1 : 0;
    }
    assertThat(successful).isGreaterThan(200);
    assertThat(abandoned).isPositive();
  }

  static History runSeed(long seed) {
    Random random = new Random(seed);
    Scenario scenario = Scenario.random(random);
    double rate = random.nextInt(4) == 0 ? 0 : 0.15 * random.nextDouble();
    Random dice = new Random(seed + 1);
    return Simulation.run(
        scenario,
        random,
        (effect, index) ->
            index < 200 && dice.nextDouble() < rate
                ? FAULTS.get(dice.nextInt(FAULTS.size()))
                : Fault.NONE);
  }
}
