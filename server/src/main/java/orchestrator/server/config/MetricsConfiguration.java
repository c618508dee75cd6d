package orchestrator.server.config;

import static orchestrator.server.config.ConfigurationKey.Trait.FROM_ENVIRONMENT;
import static orchestrator.server.config.KeyTypes.bool;
import static orchestrator.server.config.KeyTypes.seconds;
import static orchestrator.server.config.KeyTypes.text;
import static orchestrator.server.config.NetworkTypes.address;

import java.time.Duration;
import java.util.Optional;

/** Metrics: Where metrics are sent. */
public record MetricsConfiguration(ConfigurationValues values) {

  private static final KeyGroup.Builder KEYS = KeyGroup.named("Metrics");

  static final ConfigurationKey<Optional<HostPort>> GRAPHITE_ADDR =
      KEYS.key(
          "GraphiteAddr",
          address(),
          "",
          "host:port of a Graphite line receiver; empty is off.",
          FROM_ENVIRONMENT);

  public Optional<HostPort> graphiteAddress() {
    return values.get(GRAPHITE_ADDR);
  }

  static final ConfigurationKey<String> GRAPHITE_PATH =
      KEYS.key("GraphitePath", text(), "", "Metric prefix; {hostname} is replaced.");

  public Optional<String> graphitePath() {
    return values.text(GRAPHITE_PATH);
  }

  static final ConfigurationKey<Boolean> GRAPHITE_CONVERT_HOSTNAME_DOTS_TO_UNDERSCORES =
      KEYS.key(
          "GraphiteConvertHostnameDotsToUnderscores", bool(), true, "Replace dots in {hostname}.");

  public boolean graphiteUnderscores() {
    return values.get(GRAPHITE_CONVERT_HOSTNAME_DOTS_TO_UNDERSCORES);
  }

  static final ConfigurationKey<Duration> GRAPHITE_POLL_SECONDS =
      KEYS.key("GraphitePollSeconds", seconds(1), 60, "Interval between writes to Graphite.");

  public Duration graphiteInterval() {
    return values.get(GRAPHITE_POLL_SECONDS);
  }

  static final KeyGroup GROUP = KEYS.build();
}
