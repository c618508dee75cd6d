package orchestrator.server.engine.recovery;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.recovery.Circumstances;
import orchestrator.core.recovery.Effect;
import orchestrator.core.recovery.Event;
import orchestrator.core.recovery.RecoveryControl;
import orchestrator.core.recovery.RecoveryControl.Decision;
import orchestrator.core.recovery.RecoveryState;
import orchestrator.server.engine.Fence;
import orchestrator.server.engine.Leadership;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of a recovery: by one manager in one term. It ends with the leadership, and a later one,
 * even of the same manager, begins another run.
 */
final class RecoveryRun {
  private static final Logger log = LoggerFactory.getLogger(RecoveryRun.class);

  /** How soon a run that waits for an answer notices that it may not go on. */
  private static final Duration LOOK_AT_LEADERSHIP = Duration.ofMillis(100);

  /**
   * The control bounds each of its waits; this bounds the wait for its next event, should one get
   * lost.
   */
  private static final Duration LONGEST_SILENCE = Duration.ofHours(25);

  private final RecoveryPorts ports;
  private final RecoveryTicket ticket;
  private final Circumstances circumstances;
  private final Leadership leadership;
  private final BooleanSupplier closed;
  private final AtomicBoolean wayAsked = new AtomicBoolean();
  private volatile boolean waiting;

  /**
   * @param ticket as committed
   * @param closed whether this manager is being stopped
   */
  RecoveryRun(
      RecoveryPorts ports,
      RecoveryTicket ticket,
      Circumstances circumstances,
      Leadership leadership,
      BooleanSupplier closed) {
    this.ports = ports;
    this.ticket = ticket;
    this.circumstances = circumstances;
    this.leadership = leadership;
    this.closed = closed;
  }

  /** From the beginning. Returns how it ended; empty when it was left open. */
  Optional<Effect.Finished> start() throws InterruptedException {
    return play(RecoveryControl.start(ticket, circumstances, ports.clock().instant()));
  }

  /** From what an earlier run committed. Returns how it ended; empty when it was left open. */
  Optional<Effect.Finished> resume() throws InterruptedException {
    return play(RecoveryControl.resume(ticket, circumstances, ports.clock().instant()));
  }

  /** Whether it only waits for what becomes of another server. */
  boolean isWaiting() {
    return waiting;
  }

  /** Has it end, if it only waits: another recovery of the same server is to begin. */
  void giveWay() {
    wayAsked.set(true);
  }

  private Optional<Effect.Finished> play(Decision first) throws InterruptedException {
    Fence fence = new Fence(circumstances.node().name(), leadership, "recovery " + ticket.uid());
    try (EffectPlayer player = new EffectPlayer(ports, leadership, fence)) {
      Decision decision = first;
      while (mayGoOn()) {
        decision.effects().forEach(player::play);
        Optional<Effect.Finished> finished = finished(decision.effects());
        if (finished.isPresent()) {
          report(finished.get());
          return finished;
        }
        waiting = decision.state().isWaitingForItsSource();
        Optional<Decision> next = next(player, decision.state());
        if (next.isEmpty()) {
          break;
        }
        decision = next.get();
      }
    }
    log.warn(
        "Recovery {} of {} is left open: {}",
        ticket.uid(),
        ticket.failed(),
        leadership.isValid()
            ? "this manager stops"
            : "this manager does not lead in term " + leadership.term() + " any more");
    return Optional.empty();
  }

  private boolean mayGoOn() {
    return !closed.getAsBoolean() && leadership.isValid();
  }

  private Optional<Decision> next(EffectPlayer player, RecoveryState state)
      throws InterruptedException {
    long looks = LONGEST_SILENCE.dividedBy(LOOK_AT_LEADERSHIP);
    for (long look = 0; look < looks && mayGoOn(); look++) {
      if (wayAsked.getAndSet(false)) {
        return Optional.of(RecoveryControl.giveWay(state, ports.clock().instant()));
      }
      Optional<Event> event =
          Optional.ofNullable(
              player.events().poll(LOOK_AT_LEADERSHIP.toMillis(), TimeUnit.MILLISECONDS));
      if (event.isPresent()) {
        return Optional.of(
            RecoveryControl.step(
                state, event.get(), ports.consensus().state(), ports.clock().instant()));
      }
    }
    return Optional.empty();
  }

  private static Optional<Effect.Finished> finished(List<Effect> effects) {
    return effects.stream()
        .filter(Effect.Finished.class::isInstance)
        .map(Effect.Finished.class::cast)
        .findFirst();
  }

  private void report(Effect.Finished end) {
    String result = end.closed() ? (end.successful() ? "succeeded" : "failed") : "left open";
    log.warn("Recovery {} of {} {}: {}", ticket.uid(), ticket.failed(), result, end.reason());
  }
}
