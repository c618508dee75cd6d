package orchestrator.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import orchestrator.core.gtid.BinlogCoordinates;
import org.junit.jupiter.api.Test;

/** What a crash may take out of a binary log. */
class LogFilesTest {
  private final LogFiles files = new LogFiles(1);

  @Test
  void theLastTransactionsOfTheFileThatIsWrittenMayBeLost() {
    files.append();
    assertThat(files.mayLoseLast()).isTrue();
    files.removeLast();
    assertThat(files.mayLoseLast()).isFalse();
  }

  /** Otherwise a replica that stands at the beginning of the next one would go on there. */
  @Test
  void whatStandsInAnEarlierFileIsSynced() {
    BinlogCoordinates first = files.end();
    while (files.end().logFile().equals(first.logFile())) {
      files.append();
    }
    assertThat(files.mayLoseLast()).isFalse();
    files.append();
    assertThat(files.mayLoseLast()).isTrue();
    files.removeLast();
    assertThat(files.mayLoseLast()).isFalse();
  }
}
