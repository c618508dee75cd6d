package orchestrator.server.config;

import static orchestrator.server.config.ConfigurationKey.Trait.FROM_ENVIRONMENT;
import static orchestrator.server.config.KeyTypes.bool;
import static orchestrator.server.config.NetworkTypes.addresses;
import static orchestrator.server.config.PatternTypes.hostFilter;
import static orchestrator.server.config.PatternTypes.nameFilter;

import java.util.List;
import orchestrator.core.topology.InstanceKey;

/** Discovery seeds and filters: Where discovery begins and what it leaves alone. */
public record DiscoveryFilterConfiguration(ConfigurationValues values) {

  private static final KeyGroup.Builder KEYS = KeyGroup.named("Discovery seeds and filters");

  static final ConfigurationKey<List<HostPort>> DISCOVERY_SEEDS =
      KEYS.key(
          "DiscoverySeeds",
          addresses(),
          List.of(),
          "Servers (host or host:port) to start discovery from.",
          FROM_ENVIRONMENT);

  static final ConfigurationKey<HostFilter> DISCOVERY_IGNORE_HOSTNAME_FILTERS =
      KEYS.key(
          "DiscoveryIgnoreHostnameFilters",
          hostFilter(),
          List.of(),
          "Never poll matching servers.");

  public HostFilter ignoredServers() {
    return values.get(DISCOVERY_IGNORE_HOSTNAME_FILTERS);
  }

  static final ConfigurationKey<HostFilter> DISCOVERY_IGNORE_REPLICA_HOSTNAME_FILTERS =
      KEYS.key(
          "DiscoveryIgnoreReplicaHostnameFilters",
          hostFilter(),
          List.of(),
          "Do not follow matching replicas from their source.");

  public HostFilter ignoredReplicas() {
    return values.get(DISCOVERY_IGNORE_REPLICA_HOSTNAME_FILTERS);
  }

  static final ConfigurationKey<HostFilter> DISCOVERY_IGNORE_MASTER_HOSTNAME_FILTERS =
      KEYS.key(
          "DiscoveryIgnoreMasterHostnameFilters",
          hostFilter(),
          List.of(),
          "Do not follow matching sources from their replicas.");

  public HostFilter ignoredMasters() {
    return values.get(DISCOVERY_IGNORE_MASTER_HOSTNAME_FILTERS);
  }

  static final ConfigurationKey<NameFilter> DISCOVERY_IGNORE_REPLICATION_USERNAME_FILTERS =
      KEYS.key(
          "DiscoveryIgnoreReplicationUsernameFilters",
          nameFilter(),
          List.of(),
          "Skip servers that replicate with a matching user name.");

  public NameFilter ignoredReplicationUsers() {
    return values.get(DISCOVERY_IGNORE_REPLICATION_USERNAME_FILTERS);
  }

  static final ConfigurationKey<Boolean> ENABLE_DISCOVERY_FILTERS_LOGS =
      KEYS.key(
          "EnableDiscoveryFiltersLogs", bool(), true, "Log skips caused by the user-name filter.");

  public boolean logFilteredUsers() {
    return values.get(ENABLE_DISCOVERY_FILTERS_LOGS);
  }

  static final ConfigurationKey<HostFilter> PROBLEM_IGNORE_HOSTNAME_FILTERS =
      KEYS.key(
          "ProblemIgnoreHostnameFilters",
          hostFilter(),
          List.of(),
          "Leave matching servers out of the problems list.");

  public HostFilter serversWithoutProblems() {
    return values.get(PROBLEM_IGNORE_HOSTNAME_FILTERS);
  }

  static final KeyGroup GROUP = KEYS.build();

  /** Where discovery starts; seeds without a port get the default one. */
  public List<InstanceKey> seeds() {
    int defaultPort = values.get(TopologyAccessConfiguration.DEFAULT_INSTANCE_PORT);
    return values.get(DISCOVERY_SEEDS).stream()
        .map(seed -> new InstanceKey(seed.host(), seed.portOr(defaultPort)))
        .toList();
  }
}
