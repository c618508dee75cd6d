package orchestrator.system;

import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import orchestrator.core.topology.Topology;
import orchestrator.server.app.TestManager;
import orchestrator.server.engine.Outcome;
import org.slf4j.LoggerFactory;

/**
 * The main class of a manager that drops dead at a chosen step of a recovery. Every effect is
 * logged before it is played and every answer before it is judged, by the thread that does it: so
 * the process ends between two exactly known steps, as if the machine had lost its power there.
 */
final class HaltingManager {
  static final int HALTED = 137;

  private static final String PLAYER = "orchestrator.server.engine.recovery.EffectPlayer";
  private static final Pattern EFFECT_ID = Pattern.compile("\\[id=(\\d+)");

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
    Executioner executioner = new Executioner(point);
    executioner.start();
    Logger player = (Logger) LoggerFactory.getLogger(PLAYER);
    player.setLevel(Level.DEBUG);
    player.setAdditive(false);
    player.addAppender(executioner);
    try (TestManager manager = TestManager.start(Path.of(arguments[0]))) {
      System.out.println(manager.operations().health());
      if (arguments.length > 4) {
        takeOver(manager, Integer.parseInt(arguments[4]));
      }
      new CountDownLatch(1).await();
    }
  }

  /** Ends the process when the point is reached. */
  private static final class Executioner extends AppenderBase<ILoggingEvent> {
    private final Point point;
    private final Pattern step;
    private int seen;
    private String awaited = "";

    Executioner(Point point) {
      this.point = point;
      this.step = Pattern.compile(point.step());
    }

    /** One at a time: the framework holds a lock. */
    @Override
    protected void append(ILoggingEvent event) {
      String message = event.getFormattedMessage();
      if (!awaited.isEmpty() && message.contains(awaited)) {
        Runtime.getRuntime().halt(HALTED);
      }
      if (!step.matcher(message).find() || ++seen != point.occurrence()) {
        return;
      }
      Matcher id = EFFECT_ID.matcher(message);
      if (point.moment() == Moment.BEFORE || !id.find()) {
        Runtime.getRuntime().halt(HALTED);
      }
      awaited = "effectId=" + id.group(1) + ",";
    }
  }
}
