package orchestrator.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Processes that take all the processor time they are given, at normal priority. */
final class BusyLoops implements AutoCloseable {
  private final List<Process> processes = new ArrayList<>();

  private BusyLoops() {}

  static BusyLoops onePerCore() throws IOException {
    BusyLoops loops = new BusyLoops();
    for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
      // Ends with the benchmark, however that ends: its parent is looked for.
      loops.processes.add(
          new ProcessBuilder(
                  "sh",
                  "-c",
                  "while kill -0 $PPID; do i=0; while [ $i -lt 1000000 ]; do i=$((i+1)); done; done")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start());
    }
    return loops;
  }

  int count() {
    return processes.size();
  }

  @Override
  public void close() {
    processes.forEach(Process::destroyForcibly);
  }
}
