package orchestrator.server.backend;

import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import orchestrator.core.state.Command;
import orchestrator.server.engine.Consensus.Submission;

/**
 * A process that submits until it is killed. Arguments: the data file, and a prefix for its keys.
 * Prints each key after its submission was acknowledged.
 */
final class KilledManager {
  private static final int THREADS = 3;

  private KilledManager() {}

  public static void main(String[] arguments) throws InterruptedException {
    SqliteBackend backend = SqliteBackend.open(Path.of(arguments[0]));
    StandaloneConsensus consensus = StandaloneConsensus.open(backend);
    PrintStream out = System.out;
    Thread[] threads = new Thread[THREADS];
    for (int i = 0; i < THREADS; i++) {
      String prefix = arguments[1] + "-" + i + "-";
      threads[i] = Thread.ofPlatform().start(() -> submitForEver(consensus, prefix, out));
    }
    for (Thread thread : threads) {
      thread.join();
    }
  }

  private static void submitForEver(StandaloneConsensus consensus, String prefix, PrintStream out) {
    for (long number = 0; ; number++) {
      String key = prefix + number;
      Submission submission =
          consensus.submit(List.of(new Command.PutKeyValue(key, key)), Duration.ofSeconds(30));
      if (!(submission instanceof Submission.Committed)) {
        throw new IllegalStateException("not committed: " + submission);
      }
      out.print(key + "\n");
      out.flush();
    }
  }
}
