package orchestrator.core.recovery.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.recovery.Effect;
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

  /**
   * @param lasting how often the fault strikes what the first struck effect is about
   */
  @ParameterizedTest
  @CsvSource({
    "false,false,1",
    "true,false,1",
    "true,true,1",
    "false,false,4",
    "false,true,4",
  })
  void survivesEveryFaultAtEveryStep(boolean hooks, boolean catchUp, int lasting) {
    List<String> failures = new ArrayList<>();
    int steps = Simulation.effectsOf(Scenario.plain(hooks, catchUp));
    for (int step = 0; step < steps; step++) {
      for (Fault fault : FAULTS) {
        History history =
            Simulation.run(
                Scenario.plain(hooks, catchUp),
                new Random(step),
                new LastingFault(step, fault, lasting));
        for (String violation : HistoryChecker.violations(history)) {
          failures.add(fault + " at effect " + step + ": " + violation);
        }
      }
    }
    assertThat(failures).isEmpty();
  }

  /** Strikes an effect, and the next ones that are about the same thing. */
  static final class LastingFault implements Simulation.Faults {
    private final int first;
    private final Fault fault;
    private int left;
    private String subject = "";

    LastingFault(int first, Fault fault, int times) {
      this.first = first;
      this.fault = fault;
      this.left = times;
    }

    @Override
    public Fault of(Effect effect, int index) {
      if (index == first) {
        subject = subjectOf(effect);
      }
      if (index < first || left == 0 || !subject.equals(subjectOf(effect))) {
        return Fault.NONE;
      }
      left--;
      return fault;
    }

    private static String subjectOf(Effect effect) {
      return switch (effect) {
        case Effect.Perform perform ->
            perform.action().target() + "/" + perform.action().getClass();
        case Effect.Probe probe -> probe.key() + "/probe";
        default -> effect.getClass().toString();
      };
    }
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
    return Simulation.run(scenario, random, new RandomFaults(new Random(seed + 1), rate));
  }

  /**
   * Single faults, and some that last: what is tried again fails again, as with a network that
   * loses every answer of one server.
   */
  static final class RandomFaults implements Simulation.Faults {
    private static final int FAULTY_EFFECTS = 200;

    private final Random dice;
    private final double rate;
    private Simulation.Faults lasting = (effect, index) -> Fault.NONE;

    RandomFaults(Random dice, double rate) {
      this.dice = dice;
      this.rate = rate;
    }

    @Override
    public Fault of(Effect effect, int index) {
      Fault again = lasting.of(effect, index);
      if (again != Fault.NONE) {
        return again;
      }
      if (index >= FAULTY_EFFECTS || dice.nextDouble() >= rate) {
        return Fault.NONE;
      }
      Fault fault = FAULTS.get(dice.nextInt(FAULTS.size()));
      if (dice.nextInt(3) == 0) {
        lasting = new LastingFault(index, fault, 2 + dice.nextInt(4));
        return lasting.of(effect, index);
      }
      return fault;
    }
  }
}
