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
import orchestrator.core.analysis.Evidence;
import orchestrator.core.topology.InstanceKey;
import orchestrator.server.engine.ProbeResult;
import orchestrator.server.engine.Servers;
import orchestrator.server.engine.Servers.ProbeDepth;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Probes one server, for ever: at its interval, and at once when poked. One thread owns it, so that
 * a server which hangs holds up nothing but itself.
 */
final class ServerPoller {
  private static final Logger log = LoggerFactory.getLogger(ServerPoller.class);

  /**
   * How long somebody who has a reason to ask waits for an answer. Shorter than a regular probe,
   * since there is other evidence, and a server that hangs would be noticed too late.
   */
  private static final Duration IMPATIENCE = Duration.ofSeconds(3);

  /**
   * Attempts at a server that hangs overlap, so that enough of them have failed after the time of
   * one: a further one begins this long after the last, while not more than these are under way.
   */
  private static final Duration BETWEEN_BESIDE = Evidence.BETWEEN_ATTEMPTS;

  private static final int BESIDE = Evidence.ATTEMPTS;

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
  private final List<Beside> beside = new ArrayList<>();
  private volatile long seenNanos;
  private final Pace pace;
  private long dueNanos;

  /** Whether a turn has begun and is not over: it may still wait in a lane. */
  private boolean busy;

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
    this.pace = new Pace(settings, Math::random);
    this.dueNanos = System.nanoTime();
    this.seenNanos = dueNanos;
  }

  void start(PollerThreads threads) {
    threads.start("poll-" + key, this::run);
  }

  /**
   * Asks for a probe that begins after this call, out of turn. One that is in flight and gets no
   * answer holds it up no longer than {@link #IMPATIENCE}: then that is the answer. One that waits
   * in a lane does not hold it up at all.
   */
  CompletableFuture<ProbeResult> poke(ProbeDepth depth) {
    lock.lock();
    try {
      if (closed) {
        return CompletableFuture.completedFuture(
            new ProbeResult.Skipped(key, key + " is not polled any more"));
      }
      if (busy && depth != ProbeDepth.FULL) {
        return besideTheOneInFlight();
      }
      CompletableFuture<ProbeResult> answer = new CompletableFuture<>();
      if (busy && attemptSince == null) {
        startBeside(answer, ProbeDepth.FULL, settings.probeDeadline());
        return answer;
      }
      waiting.add(answer);
      if (depth == ProbeDepth.FULL) {
        wantedDepth = ProbeDepth.FULL;
      }
      poked.signalAll();
      return answer;
    } finally {
      lock.unlock();
    }
  }

  /** A probe beside the one in flight, and when it began on the monotonic clock. */
  private record Beside(CompletableFuture<ProbeResult> answer, long startedNanos) {}

  private CompletableFuture<ProbeResult> besideTheOneInFlight() {
    beside.removeIf(running -> running.answer().isDone());
    long now = System.nanoTime();
    if (!beside.isEmpty()) {
      Beside latest = beside.getLast();
      if (beside.size() >= BESIDE || now - latest.startedNanos() < BETWEEN_BESIDE.toNanos()) {
        return latest.answer();
      }
    }
    Beside started = new Beside(new CompletableFuture<>(), now);
    beside.add(started);
    startBeside(started.answer(), ProbeDepth.URGENT, IMPATIENCE);
    return started.answer();
  }

  private void startBeside(
      CompletableFuture<ProbeResult> answer, ProbeDepth depth, Duration deadline) {
    Thread.ofVirtual()
        .name("poke-" + key)
        .start(() -> {
          Attempt attempt = ask(depth, deadline);
          if (attempt.result() instanceof ProbeResult.Seen) {
            pace.answered();
          }
          publish(new Turn(depth, List.of(answer)), attempt);
        });
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
      Optional<Attempt> result = probeInLane(turn.get());
      if (result.isPresent()) {
        schedule(turn.get(), result.get().result());
        publish(turn.get(), result.get());
      }
    }
  }

  private void publish(Turn turn, Attempt attempt) {
    ProbeResult result = attempt.result();
    try {
      if (isNews(attempt)) {
        onResult.accept(key, result);
      }
    } catch (RuntimeException e) {
      log.error("Recording the probe of {} failed", key, e);
    }
    turn.answers().forEach(answer -> answer.complete(result));
  }

  /**
   * What came of a probe.
   *
   * @param startedNanos when it began, on the monotonic clock
   */
  private record Attempt(ProbeResult result, long startedNanos) {}

  /** That one attempt failed says nothing when a later one has succeeded meanwhile. */
  private boolean isNews(Attempt attempt) {
    if (attempt.result() instanceof ProbeResult.Failed) {
      return attempt.startedNanos() - seenNanos >= 0;
    }
    if (attempt.startedNanos() - seenNanos > 0) {
      seenNanos = attempt.startedNanos();
    }
    return true;
  }

  private record Turn(ProbeDepth depth, List<CompletableFuture<ProbeResult>> answers) {}

  /** Waits for the next turn; empty when the poller is closed. */
  private Optional<Turn> nextTurn() {
    lock.lock();
    try {
      busy = false;
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
      busy = true;
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
  private Optional<Attempt> probeInLane(Turn turn) {
    // Somebody waits for a poke, often because a master is in doubt: it never queues in a lane.
    if (!turn.answers().isEmpty()) {
      return Optional.of(
          turn.depth() == ProbeDepth.FULL
              ? probe(ProbeDepth.FULL, settings.probeDeadline())
              : probe(ProbeDepth.URGENT, IMPATIENCE));
    }
    Semaphore lane = pace.failures() > 0 ? deadLane : regularLane;
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

  private Attempt probe(ProbeDepth depth, Duration deadline) {
    dueNanos = System.nanoTime();
    attemptSince = clock.instant();
    try {
      return ask(depth, deadline);
    } finally {
      attemptSince = null;
    }
  }

  private Attempt ask(ProbeDepth depth, Duration deadline) {
    long started = System.nanoTime();
    try {
      return new Attempt(servers.probe(key, depth, deadline), started);
    } catch (RuntimeException e) {
      log.error("Probe of {} ended unexpectedly", key, e);
      return new Attempt(
          new ProbeResult.Failed(key, ProbeResult.Failure.BAD_ANSWER, key + ": " + e, false),
          started);
    }
  }

  /** Counted from the start of the probe, so that the interval does not drift with latency. */
  private void schedule(Turn turn, ProbeResult result) {
    dueNanos += pace.after(result, !turn.answers().isEmpty()).toNanos();
    long now = System.nanoTime();
    if (dueNanos < now) {
      dueNanos = now;
    }
    if (pace.failures() > 0 && settings.logging().unreachable()) {
      log.info(
          "{} has failed {} times, and is asked again in {} ms",
          key,
          pace.failures(),
          Duration.ofNanos(dueNanos - now).toMillis());
    }
  }
}
