package orchestrator.simulation;

import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code ./orchestrator simulate}: tries many worlds, and tells of those in which something goes
 * wrong.
 */
@Command(
    name = "simulate",
    mixinStandardHelpOptions = true,
    description = "Tries many simulated worlds, and tells of those in which something goes wrong.")
public final class Simulate implements Runnable, CommandLine.IExitCodeGenerator {
  private static final int TOLD = 5;

  @Option(names = "--seeds", description = "how many worlds to try (default: ${DEFAULT-VALUE})")
  private long seeds = 1000;

  @Option(names = "--minutes", description = "stop after this many minutes")
  private double minutes = Double.MAX_VALUE;

  @Option(names = "--from", description = "the first seed (default: ${DEFAULT-VALUE})")
  private long from = 0;

  @Option(names = "--seed", description = "try this seed alone, and tell all that happened")
  private long seed = -1;

  @Option(names = "--threads", description = "how many to try at a time (default: all cores)")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(names = "--lines", description = "lines told of each story (default: ${DEFAULT-VALUE})")
  private int lines = 60;

  private final PrintStream out;

  /** Tells how far it is. */
  private final PrintStream progress;

  private final Map<String, List<Long>> failures = Collections.synchronizedMap(new TreeMap<>());
  private boolean failed;

  Simulate(PrintStream out, PrintStream progress) {
    this.out = out;
    this.progress = progress;
  }

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Simulate(System.out, System.err)).execute(arguments));
  }

  @Override
  public void run() {
    if (seed >= 0) {
      tellOne();
    } else {
      tryMany();
    }
  }

  private void tellOne() {
    Trial.explain(seed)
        .ifPresentOrElse(
            report -> {
              failed = true;
              report.lines(lines).forEach(out::println);
            },
            () -> out.println("seed " + seed + ": nothing went wrong"));
  }

  private void tryMany() {
    AtomicLong next = new AtomicLong(from);
    long began = System.nanoTime();
    double limit = minutes >= 1e9 ? Double.MAX_VALUE : minutes * 60e9;
    List<Thread> workers = new ArrayList<>();
    AtomicLong tried = new AtomicLong();
    for (int i = 0; i < threads; i++) {
      workers.add(
          Thread.ofPlatform()
              .start(() -> {
                while (System.nanoTime() - began < limit) {
                  long mine = next.getAndIncrement();
                  if (mine >= from + seeds) {
                    return;
                  }
                  tried.incrementAndGet();
                  tryOne(mine);
                }
              }));
    }
    join(workers, () -> tellProgress(tried.get()));
    double seconds = (System.nanoTime() - began) / 1e9;
    out.printf(
        "%d worlds in %.1f s, %.0f a minute: %s%n",
        tried.get(),
        seconds,
        tried.get() * 60 / seconds,
        failures.isEmpty() ? "nothing went wrong" : "something went wrong in some");
    failures.forEach((invariant, found) -> {
      Collections.sort(found);
      out.println("  " + invariant + ": " + found.size() + " seeds, " + first(found));
    });
    failures.values().stream()
        .map(List::getFirst)
        .limit(TOLD)
        .forEach(mine -> Trial.explain(mine).ifPresent(r -> r.lines(lines).forEach(out::println)));
  }

  private static List<Long> first(List<Long> found) {
    return found.subList(0, Math.min(10, found.size()));
  }

  private void tryOne(long mine) {
    Trial.run(mine)
        .ifPresent(violation -> {
          failed = true;
          progress.printf("seed %d: %s%n", mine, violation.invariant());
          failures
              .computeIfAbsent(
                  violation.invariant(), name -> Collections.synchronizedList(new ArrayList<>()))
              .add(mine);
        });
  }

  private void tellProgress(long tried) {
    int found = failures.values().stream().mapToInt(List::size).sum();
    progress.printf("%d of %d worlds, something went wrong in %d%n", tried, seeds, found);
  }

  private static void join(List<Thread> workers, Runnable eachMinute) {
    try {
      for (Thread worker : workers) {
        while (!worker.join(Duration.ofMinutes(1))) {
          eachMinute.run();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public int getExitCode() {
    return failed ? 1 : 0;
  }
}
