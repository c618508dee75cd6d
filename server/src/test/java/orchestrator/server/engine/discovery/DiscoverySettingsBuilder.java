package orchestrator.server.engine.discovery;

import java.time.Duration;
import java.util.function.Predicate;
import orchestrator.core.topology.InstanceKey;

/** Settings of a test: roomy lanes, no back-off, nothing ignored, unless it says otherwise. */
public final class DiscoverySettingsBuilder {
  private final Duration interval;
  private int regularLane = 100;
  private int deadLane = 100;
  private double deadFactor = 1;
  private Duration deadMax;
  private Predicate<InstanceKey> ignored = key -> false;
  private Predicate<InstanceKey> ignoredReplicas = key -> false;
  private Predicate<InstanceKey> ignoredMasters = key -> false;

  public DiscoverySettingsBuilder(Duration interval) {
    this.interval = interval;
    this.deadMax = interval;
  }

  DiscoverySettingsBuilder lanes(int regular, int dead) {
    regularLane = regular;
    deadLane = dead;
    return this;
  }

  DiscoverySettingsBuilder backOff(double factor, Duration max) {
    deadFactor = factor;
    deadMax = max;
    return this;
  }

  DiscoverySettingsBuilder ignoring(Predicate<InstanceKey> servers) {
    ignored = servers;
    return this;
  }

  DiscoverySettingsBuilder ignoringReplicas(Predicate<InstanceKey> replicas) {
    ignoredReplicas = replicas;
    return this;
  }

  DiscoverySettingsBuilder ignoringMasters(Predicate<InstanceKey> masters) {
    ignoredMasters = masters;
    return this;
  }

  public DiscoverySettings build() {
    return new DiscoverySettings(
        interval,
        Duration.ofSeconds(5),
        regularLane,
        deadLane,
        deadFactor,
        deadMax,
        Duration.ofHours(1),
        ignored,
        ignoredReplicas,
        ignoredMasters,
        new DiscoverySettings.Logging(false, false));
  }
}
