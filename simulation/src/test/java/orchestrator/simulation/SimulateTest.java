package orchestrator.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** What {@code ./orchestrator simulate} tells. */
class SimulateTest {
  private final ByteArrayOutputStream told = new ByteArrayOutputStream();

  private int simulate(String... arguments) {
    PrintStream out = new PrintStream(told, true, StandardCharsets.UTF_8);
    return new CommandLine(new Simulate(out, out)).execute(arguments);
  }

  private String told() {
    return told.toString(StandardCharsets.UTF_8);
  }

  @Test
  void manyWorldsAreCounted() {
    assertThat(simulate("--from", "40", "--seeds", "12", "--minutes", "5")).isZero();
    assertThat(told()).matches("12 worlds in [0-9.]+ s, [0-9]+ a minute: nothing went wrong\n");
  }

  @Test
  void oneWorldMayBeTriedAlone() {
    assertThat(simulate("--seed", "3")).isZero();
    assertThat(told()).isEqualTo("seed 3: nothing went wrong\n");
  }

  @Test
  void whatIsNoNumberIsRefused() {
    assertThat(simulate("--seeds", "many")).isEqualTo(CommandLine.ExitCode.USAGE);
    assertThat(told()).isEmpty();
  }

  /** The faults that suffice, and the end of the story: there the reason is. */
  @Test
  void aViolationIsToldWithItsSeedItsFaultsAndTheLastLinesOfItsStory() {
    List<Fault> faults = World.faultsOf(7).subList(0, 1);
    Trial.Report report =
        new Trial.Report(
            7,
            new World.Violation("I1 one writable master", 1234, "both take writes"),
            faults,
            "MySQL, 4 servers",
            Stream.of("first", "second", "third").toList());
    assertThat(report.lines(2))
        .containsExactly(
            "seed 7: I1 one writable master at 1234 ms",
            "  both take writes",
            "  world: MySQL, 4 servers",
            "  faults that suffice:",
            "    " + faults.getFirst(),
            "  what happened (the last 2 lines):",
            "    second",
            "    third");
    assertThat(report.lines(3))
        .endsWith("  what happened:", "    first", "    second", "    third");
  }
}
