package orchestrator.server.engine.discovery;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Stream;
import orchestrator.core.analysis.FailureLog;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.server.engine.ProbeResult;
import orchestrator.server.engine.Servers;
import orchestrator.server.engine.Servers.ProbeDepth;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Polls every known server and follows replication to those that are not known yet. Its product is
 * the {@link Picture}.
 */
public final class Discovery implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Discovery.class);

  /** A probe that lasts longer than this is noted as an attempt, so that a hang is noticed. */
  private static final Duration SLOW_PROBE = Duration.ofSeconds(1);

  /** Pollers beyond these share the carriers of virtual threads: there memory counts for more. */
  private static final int PLATFORM_THREADS = 100;

  private final Servers servers;
  private final Picture picture;
  private final DiscoverySettings settings;
  private final InstantSource clock;
  private final Semaphore regularLane;
  private final Semaphore deadLane;
  private final PollerThreads threads = new PollerThreads(PLATFORM_THREADS);
  private final Map<InstanceKey, ServerPoller> pollers = new ConcurrentHashMap<>();
  private final List<BiConsumer<InstanceKey, ProbeResult>> listeners = new CopyOnWriteArrayList<>();

  /** Servers that turned out to replicate as a filtered user. */
  private final Set<InstanceKey> filtered = ConcurrentHashMap.newKeySet();

  private volatile Consumer<InstanceKey> onUnseenForLong = this::forget;
  private volatile boolean closed;

  public Discovery(
      Servers servers, Picture picture, DiscoverySettings settings, InstantSource clock) {
    this.servers = servers;
    this.picture = picture;
    this.settings = settings;
    this.clock = clock;
    // Fair: a server whose probe hung, and that is due again at once, would pass those that wait.
    this.regularLane = new Semaphore(settings.maxConcurrency(), true);
    this.deadLane = new Semaphore(settings.deadConcurrency(), true);
  }

  /** Told of each probe after it was recorded. */
  public void onProbed(BiConsumer<InstanceKey, ProbeResult> listener) {
    listeners.add(listener);
  }

  /**
   * Told of servers that were not seen for long, with each of their failed probes; who is told may
   * {@link #forget} them. Without a listener they are forgotten.
   */
  public void onUnseenForLong(Consumer<InstanceKey> listener) {
    onUnseenForLong = listener;
  }

  /** Begins to poll what the picture holds already; what is ignored by now leaves it. */
  public void start() {
    for (InstanceKey key : picture.keys()) {
      if (settings.ignored().test(key)) {
        picture.forget(key, Duration.ZERO);
      } else {
        poll(key);
      }
    }
    Thread.ofVirtual().name("slow-probes").start(this::noteSlowProbes);
  }

  /** Makes a server known and polls it from now on. */
  public void admit(InstanceKey key) {
    if (pollers.containsKey(key)) {
      return; // as each probe of a server finds its source and its replicas again
    }
    if (!key.isValid() || settings.ignored().test(key)) {
      return;
    }
    if (picture.admit(key)) {
      // One that is left out is found again with each probe of its source.
      if (!filtered.contains(key)) {
        log.info("Found {}", key);
      }
      poll(key);
    }
  }

  /**
   * As {@link #admit}, at a person's wish: ends the quarantine of a forgotten server. One that is
   * ignored is read once.
   */
  public void invite(InstanceKey key) {
    picture.recall(key);
    picture.admit(key);
    poll(key);
  }

  /** As {@link #invite}, for a server that the managers have agreed to know. */
  public void agreeOn(InstanceKey key) {
    if (key.isValid() && !settings.ignored().test(key)) {
      invite(key);
    }
  }

  public void forget(InstanceKey key) {
    ServerPoller poller = pollers.remove(key);
    if (poller != null) {
      poller.close();
    }
    filtered.remove(key);
    picture.forget(key, settings.forgottenFor());
    servers.forget(key);
  }

  /**
   * Probes a server now. The answer is recorded in the picture before the future completes; it
   * never completes exceptionally.
   */
  public CompletableFuture<ProbeResult> probeNow(InstanceKey key, ProbeDepth depth) {
    ServerPoller poller = pollers.get(key);
    if (poller != null) {
      return poller.poke(depth);
    }
    return CompletableFuture.completedFuture(
        new ProbeResult.Skipped(key, key + " is not a known server"));
  }

  /** Probes several servers at once, and completes when all have answered or failed. */
  public CompletableFuture<Void> probeNow(Collection<InstanceKey> keys) {
    return CompletableFuture.allOf(
        keys.stream()
            .map(key -> probeNow(key, ProbeDepth.REGULAR))
            .toArray(CompletableFuture<?>[]::new));
  }

  @Override
  public void close() {
    closed = true;
    pollers.values().forEach(ServerPoller::close);
    pollers.clear();
  }

  private void poll(InstanceKey key) {
    if (closed) {
      return;
    }
    ServerPoller fresh =
        new ServerPoller(key, servers, settings, clock, regularLane, deadLane, this::onResult);
    if (pollers.putIfAbsent(key, fresh) == null) {
      fresh.start(threads);
    }
  }

  private void onResult(InstanceKey asked, ProbeResult result) {
    if (!pollers.containsKey(asked)) {
      return; // forgotten while the probe ran
    }
    Optional<Instance> before = picture.find(asked);
    picture.record(asked, result);
    switch (result) {
      case ProbeResult.Seen seen -> {
        if (before.filter(Instance::isLastCheckValid).isEmpty()) {
          log.info("{} answers", seen.instance().key());
        }
        filtered.remove(asked);
        followName(asked, seen.instance().key());
        follow(seen.instance());
      }
      case ProbeResult.Failed failed -> {
        if (before.filter(Instance::isLastCheckValid).isPresent()) {
          log.warn("{} does not answer: {}", asked, failed.reason());
        }
        if (isUnseenForLong(asked)) {
          onUnseenForLong.accept(asked);
        }
      }
      case ProbeResult.Skipped skipped -> leaveOut(asked, skipped.reason());
    }
    if (settings.ignored().test(asked)) {
      stopPolling(asked, "DiscoveryIgnoreHostnameFilters match it");
    }
    listeners.forEach(listener -> listener.accept(asked, result));
  }

  /** A server that goes by another name is polled under that name from now on. */
  private void followName(InstanceKey asked, InstanceKey resolved) {
    if (!asked.equals(resolved)) {
      stopPolling(asked, "it is " + resolved);
      // One that was forgotten just now is not in the picture.
      if (picture.find(resolved).isPresent() && !settings.ignored().test(resolved)) {
        poll(resolved);
      }
    }
  }

  private void stopPolling(InstanceKey key, String reason) {
    ServerPoller poller = pollers.remove(key);
    if (poller != null) {
      poller.close();
      log.info("{} is not polled any more: {}", key, reason);
    }
  }

  private void leaveOut(InstanceKey key, String reason) {
    ServerPoller poller = pollers.remove(key);
    if (poller != null) {
      poller.close();
      if (filtered.add(key) && settings.logging().filtered()) {
        log.info("{} is left out: {}", key, reason);
      }
    }
  }

  private void follow(Instance instance) {
    instance
        .replication()
        .map(replication -> replication.source())
        .filter(key -> !settings.ignoredMasters().test(key))
        .ifPresent(this::admit);
    Stream.concat(
            instance.reportedReplicas().stream(),
            instance.group().stream().flatMap(group -> group.members().stream()))
        .filter(key -> !settings.ignoredReplicas().test(key))
        .forEach(this::admit);
  }

  /** Of a server that never answered, the time counts from its first failed probe. */
  private boolean isUnseenForLong(InstanceKey key) {
    return picture
        .find(key)
        .flatMap(i -> i.freshness().lastSeen())
        .or(() -> picture.failures().of(key).map(FailureLog.Run::firstFailure))
        .filter(since -> since.plus(settings.forgetAfter()).isBefore(clock.instant()))
        .isPresent();
  }

  private void noteSlowProbes() {
    while (!closed) {
      Instant limit = clock.instant().minus(SLOW_PROBE);
      pollers.forEach((key, poller) ->
          poller
              .attemptSince()
              .filter(since -> since.isBefore(limit))
              .ifPresent(since -> picture.attempting(key, clock.instant())));
      try {
        Thread.sleep(SLOW_PROBE);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}
