package orchestrator.server.engine.discovery;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import orchestrator.core.analysis.FailureLog;
import orchestrator.core.state.Promotions;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.Topology;
import orchestrator.server.engine.ProbeResult;

/**
 * What this node knows of all servers. Written by pollers, read by everybody: readers get immutable
 * snapshots.
 */
public final class Picture {
  private final InstantSource clock;
  private final LongSupplier nanoTime;
  private final Optional<Predicate<String>> markers;
  private final Map<InstanceKey, Instance> instances = new HashMap<>();
  private final Map<InstanceKey, Instance> recollected = new HashMap<>();
  private final Map<InstanceKey, Instant> forgotten = new HashMap<>();
  private FailureLog failures = FailureLog.NONE;
  private Topology snapshot = Topology.EMPTY;

  /** What is not in the snapshot yet. */
  private final Map<InstanceKey, Instance> readSince = new HashMap<>();

  private boolean droppedSince;
  private long version;

  public Picture(InstantSource clock) {
    this(clock, System::nanoTime, Optional.empty());
  }

  /**
   * @param nanoTime nanoseconds of a clock that nobody sets
   * @param markers whether Pseudo-GTID markers are injected into a cluster; empty when nobody does
   */
  public Picture(InstantSource clock, LongSupplier nanoTime, Optional<Predicate<String>> markers) {
    this.clock = clock;
    this.nanoTime = nanoTime;
    this.markers = markers;
  }

  /** Takes up what was known before a restart. Nothing of it counts as seen by this process. */
  public synchronized void restore(Collection<Instance> remembered) {
    for (Instance instance : remembered) {
      if (!instances.containsKey(instance.key())) {
        put(instance);
      }
    }
  }

  /**
   * Keeps what was read before a restart, for servers that turn out to be known still: this node
   * may have missed that others forgot them.
   */
  public synchronized void recollect(Collection<Instance> instancesOfOld) {
    instancesOfOld.forEach(instance -> recollected.putIfAbsent(instance.key(), instance));
  }

  /** Makes a server known by name, unless it is known or was forgotten just now. */
  public synchronized boolean admit(InstanceKey key) {
    if (isForgotten(key) || instances.containsKey(key)) {
      return false;
    }
    Instance old = recollected.remove(key);
    put(old == null ? Instance.unseen(key) : old);
    return true;
  }

  /** Records what came of a probe of {@code asked}. */
  public synchronized void record(InstanceKey asked, ProbeResult result) {
    Instant now = clock.instant();
    switch (result) {
      case ProbeResult.Seen seen -> recordSeen(asked, seen.instance());
      case ProbeResult.Failed failed -> recordFailed(asked, failed, now);
      case ProbeResult.Skipped ignored -> drop(asked);
    }
  }

  /** Takes over a reading that an action returned. */
  public synchronized void recordSeen(InstanceKey asked, Instance read) {
    if (!asked.equals(read.key())) {
      drop(asked);
      failures = failures.without(asked);
    }
    if (isForgotten(read.key())) {
      return;
    }
    Instance known = instances.get(read.key());
    if (known == null || !isNewer(known, read)) {
      put(after(Optional.ofNullable(known), read));
    }
    failures = failures.without(read.key());
    version++;
  }

  /** How long ago the reading ended the wall clock says, which nobody sets in so short a time. */
  private Instance after(Optional<Instance> known, Instance read) {
    Instant recorded = Instant.EPOCH.plusNanos(nanoTime.getAsLong());
    Duration age =
        read.freshness()
            .lastSeen()
            .map(ended -> Duration.between(ended, clock.instant()))
            .filter(Duration::isPositive)
            .orElse(Duration.ZERO);
    return read.after(known, recorded.minus(age).minus(read.freshness().latency()), recorded);
  }

  private static boolean isNewer(Instance known, Instance read) {
    return known.freshness().lastSeen().isPresent()
        && read.freshness().lastSeen().isPresent()
        && known.freshness().lastSeen().get().isAfter(read.freshness().lastSeen().get());
  }

  /** Puts right what was read of servers before they were promoted. */
  public synchronized void heed(Promotions promotions) {
    for (InstanceKey promoted : promotions.ended().keySet()) {
      Optional.ofNullable(instances.get(promoted))
          .filter(promotions::outdate)
          .ifPresent(read -> put(read.withoutReplication()));
    }
  }

  private void recordFailed(InstanceKey asked, ProbeResult.Failed failed, Instant now) {
    Instance known = instances.get(asked);
    if (known != null) {
      put(known.failedCheck(now, failed.partialSuccess()));
    }
    failures = failures.failed(asked, kindOf(failed.failure()), now);
    version++;
  }

  private static FailureLog.Kind kindOf(ProbeResult.Failure failure) {
    return switch (failure) {
      // The name of a dead pod goes with it; replicas must agree in any case.
      case CONNECTION_REFUSED, TIMEOUT, CONNECTION_LOST, UNKNOWN_HOST -> FailureLog.Kind.SILENT;
      case ACCESS_DENIED, TOO_MANY_CONNECTIONS, BAD_ANSWER -> FailureLog.Kind.ANSWERED;
    };
  }

  /** Notes that a probe of the server has been waiting for an answer for a while. */
  public synchronized void attempting(InstanceKey key, Instant since) {
    Instance known = instances.get(key);
    if (known != null) {
      put(known.withFreshness(known.freshness().attempting(since)));
    }
  }

  /** Drops a server; it is not admitted again for {@code quarantine}. */
  public synchronized void forget(InstanceKey key, Duration quarantine) {
    drop(key);
    recollected.remove(key);
    failures = failures.without(key);
    forgotten.put(key, clock.instant().plus(quarantine));
  }

  /** Ends the quarantine: somebody asked for the server by name. */
  public synchronized void recall(InstanceKey key) {
    forgotten.remove(key);
  }

  public synchronized Optional<Instance> find(InstanceKey key) {
    return Optional.ofNullable(instances.get(key));
  }

  public synchronized List<InstanceKey> keys() {
    return List.copyOf(instances.keySet());
  }

  /** Grows with each change. */
  public synchronized long version() {
    return version;
  }

  public synchronized FailureLog failures() {
    return failures;
  }

  /** The graph of all that is known now; made once for each version. */
  public synchronized Topology topology() {
    if (droppedSince) {
      snapshot = Topology.of(instances.values());
    } else if (!readSince.isEmpty()) {
      snapshot = snapshot.with(readSince.values());
    }
    droppedSince = false;
    readSince.clear();
    return snapshot;
  }

  private boolean isForgotten(InstanceKey key) {
    Instant until = forgotten.get(key);
    if (until == null) {
      return false;
    }
    if (clock.instant().isBefore(until)) {
      return true;
    }
    forgotten.remove(key);
    return false;
  }

  private void put(Instance read) {
    Instance instance =
        markers
            .map(marked ->
                read.withPseudoGtid(snapshot.clusterNameOf(read.key()).filter(marked).isPresent()))
            .orElse(read);
    instances.put(instance.key(), instance);
    readSince.put(instance.key(), instance);
    version++;
  }

  private void drop(InstanceKey key) {
    droppedSince |= instances.remove(key) != null;
    version++;
  }
}
