package orchestrator.bench.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import orchestrator.sandbox.network.Network;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** The seeds that have found something, see docs/performance.md. */
@Tag("long")
class ChaosSeedsTest {
  @ParameterizedTest(name = "seed {0}, {1} minutes")
  @CsvSource({"2, 4", "2001, 10"})
  void theVerdictIsGood(String seed, String minutes) {
    assumeTrue(Network.isPermitted(), "networks need root");
    assertThat(new CommandLine(new ChaosRun()).execute("--seed", seed, "--minutes", minutes))
        .isZero();
  }
}
