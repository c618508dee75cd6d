package orchestrator.server.engine.discovery;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import orchestrator.core.topology.InstanceKey;
import orchestrator.server.engine.ProbeResult;
import orchestrator.server.engine.Servers;
import orchestrator.server.engine.Servers.ProbeDepth;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Probes one server, for ever: at its interval, and at once when poked. One virtual thread owns it,
 * so that a server which hangs holds up nothing but itself.
 */
final class ServerPoller {
  private static final Logger log = LoggerFactory.getLogger(ServerPoller.class);

  /**
   * How long somebody who has a reason to ask waits for an answer. Shorter than a regular probe,
   * since there is other evidence, and a server that hangs would be noticed too late.
   */
  private static final Duration IMPATIENCE = Duration.ofSeconds(3);

  private final InstanceKey key;
  private final Servers servers;
  private final DiscoverySettings settings;
  private final InstantSource clock;
  private final Semaphore regularLane;
  private final Semaphore deadLane;
  private final BiConsumer<InstanceKey, ProbeResult> onResult;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition poked = lock.newCondition();
  private final List<CompletableFuture<ProbeResult>> waiting = new ArrayList<>();
  private ProbeDepth wantedDepth = ProbeDepth.REGULAR;
  private boolean closed;
  private volatile @Nullable Instant attemptSince;
  private @Nullable CompletableFuture<ProbeResult> beside;
  private int failures;
  private boolean first = true;
  private long dueNanos;

  ServerPoller(
      InstanceKey key,
      Servers servers,
      DiscoverySettings settings,
      InstantSource clock,
      Semaphore regularLane,
      Semaphore deadLane,
      BiConsumer<InstanceKey, ProbeResult> onResult) {
    this.key = key;
    this.servers = servers;
    this.settings = settings;
    this.clock = clock;
    this.regularLane = regularLane;
    this.deadLane = deadLane;
    this.onResult = onResult;
    this.dueNanos = System.nanoTime();
  }

  void start() {
    Thread.ofVirtual().name("poll-" + key).start(this::run);
  }

  /**
   * Asks for a probe that begins after this call, out of turn. One that is in flight and gets no
   * answer holds it up no longer than {@link #IMPATIENCE}: then that is the answer.
   */
  CompletableFuture<ProbeResult> poke(ProbeDepth depth) {
    CompletableFuture<ProbeResult> answer = new CompletableFuture<>();
    lock.lock();
    try {
      if (!closed && attemptSince != null && depth == ProbeDepth.REGULAR) {
        return besideTheOneInFlight();
      }
      if (closed) {
        answer.complete(new ProbeResult.Skipped(key, key + " is not polled any more"));
        return answer;
      }
      waiting.add(answer);
      if (depth == ProbeDepth.FULL) {
        wantedDepth = ProbeDepth.FULL;
      }
      poked.signalAll();
    } finally {
      lock.unlock();
    }
    return answer;
  }

  private CompletableFuture<ProbeResult> besideTheOneInFlight() {
    CompletableFuture<ProbeResult> running = beside;
    if (running != null && !running.isDone()) {
      return running;
    }
    CompletableFuture<ProbeResult> started = new CompletableFuture<>();
    beside = started;
    Thread.ofVirtual()
        .name("poke-" + key)
        .start(() ->
            publish(
                new Turn(ProbeDepth.REGULAR, List.of(started)),
                ask(ProbeDepth.REGULAR, IMPATIENCE)));
    return started;
  }

  void close() {
    lock.lock();
    try {
      closed = true;
      poked.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** When the probe that still runs began; empty when none runs. */
  Optional<Instant> attemptSince() {
    return Optional.ofNullable(attemptSince);
  }

  private void run() {
    while (true) {
      Optional<Turn> turn = nextTurn();
      if (turn.isEmpty()) {
        return;
      }
      Optional<ProbeResult> result = probeInLane(turn.get());
      if (result.isPresent()) {
        schedule(result.get());
        publish(turn.get(), result.get());
      }
    }
  }

  private void publish(Turn turn, ProbeResult result) {
    try {
      onResult.accept(key, result);
    } catch (RuntimeException e) {
      log.error("Recording the probe of {} failed", key, e);
    }
    turn.answers().forEach(answer -> answer.complete(result));
  }

  private record Turn(ProbeDepth depth, List<CompletableFuture<ProbeResult>> answers) {}

  /** Waits for the next turn; empty when the poller is closed. */
  private Optional<Turn> nextTurn() {
    lock.lock();
    try {
      while (!closed && waiting.isEmpty()) {
        long wait = dueNanos - System.nanoTime();
        if (wait <= 0) {
          break;
        }
        poked.awaitNanos(wait);
      }
      if (closed) {
        waiting.forEach(a -> a.complete(new ProbeResult.Skipped(key, key + " was forgotten")));
        return Optional.empty();
      }
      Turn turn = new Turn(wantedDepth, List.copyOf(waiting));
      waiting.clear();
      wantedDepth = ProbeDepth.REGULAR;
      return Optional.of(turn);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  /** Empty when no slot came free in time: then the server's turn comes again at once. */
  private Optional<ProbeResult> probeInLane(Turn turn) {
    // Somebody waits for a poke, often because a master is in doubt: it never queues in a lane.
    if (!turn.answers().isEmpty()) {
      Duration deadline =
          turn.depth() == ProbeDepth.REGULAR ? IMPATIENCE : settings.probeDeadline();
      return Optional.of(probe(turn.depth(), deadline));
    }
    Semaphore lane = failures > 0 ? deadLane : regularLane;
    try {
      if (!lane.tryAcquire(settings.pollInterval().toMillis(), TimeUnit.MILLISECONDS)) {
        return Optional.empty();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
    try {
      return Optional.of(probe(turn.depth(), settings.probeDeadline()));
    } finally {
      lane.release();
    }
  }

  private ProbeResult probe(ProbeDepth depth, Duration deadline) {
    dueNanos = System.nanoTime();
    attemptSince = clock.instant();
    try {
      return ask(depth, deadline);
    } finally {
      attemptSince = null;
    }
  }

  private ProbeResult ask(ProbeDepth depth, Duration deadline) {
    try {
      return servers.probe(key, depth, deadline);
    } catch (RuntimeException e) {
      log.error("Probe of {} ended unexpectedly", key, e);
      return new ProbeResult.Failed(key, ProbeResult.Failure.BAD_ANSWER, key + ": " + e, false);
    }
  }

  private void schedule(ProbeResult result) {
    failures = result instanceof ProbeResult.Failed ? failures + 1 : 0;
    Duration interval = failures > 0 ? settings.deadInterval(failures) : settings.pollInterval();
    // Counted from the start of the probe, so that the interval does not drift with latency. The
    // first
    // interval is shorter by chance: servers that were found together are not polled together.
    double share = first ? 0.2 + 0.8 * Math.random() : 0.98 + 0.04 * Math.random();
    first = false;
    dueNanos += (long) (interval.toNanos() * share);
    long now = System.nanoTime();
    if (dueNanos < now) {
      dueNanos = now;
    }
  }
}
