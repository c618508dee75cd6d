package orchestrator.server.config;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** All keys, by topic and by name. */
public final class ConfigurationKeys {

  private static final List<KeyGroup> GROUPS =
      List.of(
          ProcessConfiguration.GROUP,
          BackendConfiguration.GROUP,
          TopologyAccessConfiguration.GROUP,
          DiscoveryConfiguration.GROUP,
          DiscoveryFilterConfiguration.GROUP,
          NameResolutionConfiguration.GROUP,
          ClassificationConfiguration.GROUP,
          PseudoGtidConfiguration.GROUP,
          ReplicationConfiguration.GROUP,
          SemiSyncConfiguration.GROUP,
          AnalysisConfiguration.GROUP,
          RecoveryConfiguration.GROUP,
          HooksConfiguration.GROUP,
          RaftConfiguration.GROUP,
          KeyValueConfiguration.GROUP,
          HttpConfiguration.GROUP,
          HttpTlsConfiguration.GROUP,
          AgentsConfiguration.GROUP,
          MetricsConfiguration.GROUP,
          AuditConfiguration.GROUP,
          WebConfiguration.GROUP,
          NewKeys.GROUP);

  private static final List<ConfigurationKey<?>> ALL =
      GROUPS.stream()
          .<ConfigurationKey<?>>flatMap(group -> group.keys().stream())
          .collect(Collectors.toUnmodifiableList());

  private static final Map<String, ConfigurationKey<?>> BY_NAME =
      ALL.stream()
          .collect(
              Collectors.toUnmodifiableMap(
                  key -> ConfigurationKey.folded(key.name()), Function.identity()));

  private ConfigurationKeys() {}

  /** The topics in the order of the reference. */
  public static List<KeyGroup> groups() {
    return GROUPS;
  }

  /** Every key in the order of the reference. */
  public static List<ConfigurationKey<?>> all() {
    return ALL;
  }

  /** The key of a name, whatever its case. */
  public static Optional<ConfigurationKey<?>> named(String name) {
    return Optional.ofNullable(BY_NAME.get(ConfigurationKey.folded(name)));
  }
}
