package orchestrator.system;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import orchestrator.system.HaltingManager.Moment;
import orchestrator.system.HaltingManager.Point;
import org.slf4j.LoggerFactory;

/**
 * Does something at a step of a recovery, once. Every effect is logged before it is played and
 * every answer before it is judged, by the thread that does it: so it is done between two exactly
 * known steps.
 */
final class AtStep extends AppenderBase<ILoggingEvent> implements AutoCloseable {
  private static final Pattern EFFECT_ID = Pattern.compile("\\[id=(\\d+)");

  private final Logger player =
      (Logger) LoggerFactory.getLogger("orchestrator.server.engine.recovery.EffectPlayer");
  private final Point point;
  private final Pattern step;
  private final Runnable what;
  private int seen;
  private String awaited = "";
  private volatile boolean done;

  AtStep(Point point, Runnable what) {
    this.point = point;
    this.step = Pattern.compile(point.step());
    this.what = what;
    start();
    player.setLevel(Level.DEBUG);
    player.setAdditive(false);
    player.addAppender(this);
  }

  boolean isDone() {
    return done;
  }

  /** One at a time: the framework holds a lock. */
  @Override
  protected void append(ILoggingEvent event) {
    String message = event.getFormattedMessage();
    if (!done && isReached(message)) {
      what.run();
      done = true;
    }
  }

  private boolean isReached(String message) {
    if (!awaited.isEmpty()) {
      return message.contains(awaited);
    }
    if (!step.matcher(message).find() || ++seen != point.occurrence()) {
      return false;
    }
    Matcher id = EFFECT_ID.matcher(message);
    if (point.moment() == Moment.AFTER && id.find()) {
      awaited = "effectId=" + id.group(1) + ",";
      return false;
    }
    return true;
  }

  @Override
  public void close() {
    player.detachAppender(this);
    player.setAdditive(true);
    player.setLevel(null);
  }
}
