package orchestrator.server.observe;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.function.DoubleSupplier;

/** Numbers about the manager, in the text format of Prometheus. */
public final class Metrics implements AutoCloseable {
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Counter attempts = counter("discoveries.attempt", "Probes of servers");
  private final Counter failures = counter("discoveries.fail", "Probes that failed");
  private final Timer latency =
      Timer.builder("orchestrator.probe.latency")
          .description("Duration of probes that succeeded")
          .register(registry);
  private final Counter started = counter("recoveries.started", "Recoveries that began");
  private final Counter succeeded =
      counter("recoveries.succeeded", "Recoveries that ended with a promoted server");
  private final Counter failed = counter("recoveries.failed", "Recoveries that ended otherwise");
  private final JvmGcMetrics garbageCollection = new JvmGcMetrics();

  /** What became of a recovery. */
  public enum RecoveryEnd {
    OPEN,
    SUCCESS,
    FAILURE
  }

  private final Set<String> openRecoveries = new HashSet<>();
  private final Set<String> endedRecoveries = new HashSet<>();

  public Metrics() {
    new JvmMemoryMetrics().bindTo(registry);
    garbageCollection.bindTo(registry);
    new UptimeMetrics().bindTo(registry);
  }

  private Counter counter(String name, String help) {
    return Counter.builder("orchestrator." + name).description(help).register(registry);
  }

  /** A number that is asked for with each scrape. */
  public void gauge(String name, String help, DoubleSupplier value) {
    Gauge.builder("orchestrator." + name, value::getAsDouble).description(help).register(registry);
  }

  /**
   * This node took a role in its group.
   *
   * @param times 0 makes the number known before it happens
   */
  public void roleChanges(String role, int times) {
    Counter.builder("orchestrator.raft.role.changes")
        .description("Changes of this node's role, by the role it took")
        .tag("role", role.toLowerCase(Locale.ROOT))
        .register(registry)
        .increment(times);
  }

  /** A server was probed and answered. */
  public void probeSucceeded(Duration duration) {
    attempts.increment();
    latency.record(duration);
  }

  public void probeFailed() {
    attempts.increment();
    failures.increment();
  }

  /**
   * Notes where a recovery stands; each is counted once, as often as it is reported.
   *
   * @param old whether it had begun before this process: its beginning is then not counted, and
   *     neither is an end that had come before
   */
  public synchronized void recovery(String uid, RecoveryEnd end, boolean old) {
    if (endedRecoveries.contains(uid)) {
      return;
    }
    if (openRecoveries.add(uid) && !old) {
      started.increment();
    }
    if (end != RecoveryEnd.OPEN) {
      openRecoveries.remove(uid);
      endedRecoveries.add(uid);
      if (!old) {
        (end == RecoveryEnd.SUCCESS ? succeeded : failed).increment();
      }
    }
  }

  /** All of it, for {@code text/plain; version=0.0.4}. */
  public String scrape() {
    return registry.scrape();
  }

  @Override
  public void close() {
    garbageCollection.close();
    registry.close();
  }
}
