package orchestrator.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * While others load a group, asks every node for {@code leader-check} and looks at its memory, as a
 * proxy and a monitoring system do.
 */
final class NodeWatch implements AutoCloseable {
  private static final Duration PAUSE = Duration.ofMillis(20);

  private final Queue<Double> millis = new ConcurrentLinkedQueue<>();
  private final List<Thread> threads;
  private volatile long peakMebibytes;
  private volatile long failures;

  NodeWatch(List<ManagerUnderTest> nodes) {
    threads = nodes.stream().map(node -> Thread.ofVirtual().start(() -> watch(node))).toList();
  }

  private void watch(ManagerUnderTest node) {
    try {
      while (true) {
        look(node);
        Thread.sleep(PAUSE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void look(ManagerUnderTest node) throws InterruptedException {
    try {
      long started = System.nanoTime();
      int status = node.status("leader-check");
      millis.add((System.nanoTime() - started) / 1e6);
      note(status == 200 || status == 404, node.residentMebibytes());
    } catch (IOException e) {
      note(false, 0);
    }
  }

  private synchronized void note(boolean answered, long mebibytes) {
    failures += answered ? 0 : 1;
    peakMebibytes = Math.max(peakMebibytes, mebibytes);
  }

  @Override
  public void close() {
    threads.forEach(Thread::interrupt);
    double[] sorted = millis.stream().mapToDouble(Double::doubleValue).toArray();
    Arrays.sort(sorted);
    System.out.printf(
        "under that load  leader-check p50 %.1f  p99 %.1f  worst %.1f ms of %d, %d failed;"
            + " a node's memory at most %d MiB%n",
        at(sorted, 0.5), at(sorted, 0.99), at(sorted, 1), sorted.length, failures, peakMebibytes);
  }

  private static double at(double[] sorted, double share) {
    return sorted.length == 0 ? Double.NaN : sorted[(int) (share * (sorted.length - 1))];
  }
}
