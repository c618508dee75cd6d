package orchestrator.system;

import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import orchestrator.core.topology.Topology;
import orchestrator.server.app.TestManager;
import orchestrator.server.engine.Outcome;

/**
 * The main class of a manager that drops dead at a chosen step of a recovery, as if the machine had
 * lost its power there.
 */
final class HaltingManager {
  static final int HALTED = 137;

  private HaltingManager() {}

  /**
   * Where to end.
   *
   * @param moment before the step is done, or when its answer has arrived
   * @param step regular expression that finds the step in the log
   * @param occurrence which of those, from 1
   */
  record Point(Moment moment, String step, int occurrence) {
    static Point before(String step) {
      return new Point(Moment.BEFORE, step, 1);
    }

    static Point after(String step) {
      return new Point(Moment.AFTER, step, 1);
    }

    /** Any effect or answer. */
    static Point number(int occurrence) {
      return new Point(Moment.BEFORE, "recovery:", occurrence);
    }
  }

  /** Of a step. */
  enum Moment {
    BEFORE,
    AFTER
  }

  /** Asks for a takeover once all servers are known, and again while it is refused. */
  private static void takeOver(TestManager manager, int servers) {
    await()
        .atMost(Managed.LIMIT)
        .until(() -> {
          Topology topology = manager.operations().world().topology();
          return topology.size() == servers
              && topology.clusterNames().size() == 1
              && manager
                      .operations()
                      .takeOver(
                          topology.clusterNames().first(), Optional.empty(), true, Managed.TESTER)
                  instanceof Outcome.Ok;
        });
  }

  /**
   * Arguments: the configuration file and the parts of a {@link Point}; to replace the master as
   * planned also the number of servers.
   */
  public static void main(String[] arguments) throws InterruptedException {
    Point point =
        new Point(Moment.valueOf(arguments[1]), arguments[2], Integer.parseInt(arguments[3]));
    try (AtStep halt = new AtStep(point, () -> Runtime.getRuntime().halt(HALTED));
        TestManager manager = TestManager.start(Path.of(arguments[0]))) {
      System.out.println("Ends at " + point + (halt.isDone() ? ", too late" : ""));
      System.out.println(manager.operations().health());
      if (arguments.length > 4) {
        takeOver(manager, Integer.parseInt(arguments[4]));
      }
      new CountDownLatch(1).await();
    }
  }
}
