package orchestrator.server.config;

import static orchestrator.server.config.KeyTypes.bool;
import static orchestrator.server.config.KeyTypes.minutes;
import static orchestrator.server.config.KeyTypes.text;
import static orchestrator.server.config.PatternTypes.aliasRules;
import static orchestrator.server.config.PatternTypes.groupPattern;
import static orchestrator.server.config.PatternTypes.hostFilter;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Classification of servers and clusters: What servers and clusters are called and where they are.
 * The queries run on the monitored server and return one row with one column.
 */
public record ClassificationConfiguration(ConfigurationValues values) {

  private static final KeyGroup.Builder KEYS =
      KeyGroup.named("Classification of servers and clusters");

  static final ConfigurationKey<ClusterAliasRules> CLUSTER_NAME_TO_ALIAS =
      KEYS.key(
          "ClusterNameToAlias",
          aliasRules(),
          Map.of(),
          "Aliases by regular expression on the cluster name; the first match in the "
              + "file wins.");

  public ClusterAliasRules clusterAliases() {
    return values.get(CLUSTER_NAME_TO_ALIAS);
  }

  static final ConfigurationKey<String> DETECT_CLUSTER_ALIAS_QUERY =
      KEYS.key("DetectClusterAliasQuery", text(), "", "Alias of the cluster.");

  public Optional<String> clusterAliasQuery() {
    return values.text(DETECT_CLUSTER_ALIAS_QUERY);
  }

  static final ConfigurationKey<String> DETECT_CLUSTER_DOMAIN_QUERY =
      KEYS.key("DetectClusterDomainQuery", text(), "", "Domain/VIP/CNAME of the cluster's writer.");

  public Optional<String> clusterDomainQuery() {
    return values.text(DETECT_CLUSTER_DOMAIN_QUERY);
  }

  static final ConfigurationKey<String> DETECT_INSTANCE_ALIAS_QUERY =
      KEYS.key("DetectInstanceAliasQuery", text(), "", "Display alias of a server.");

  public Optional<String> instanceAliasQuery() {
    return values.text(DETECT_INSTANCE_ALIAS_QUERY);
  }

  static final ConfigurationKey<String> DETECT_PROMOTION_RULE_QUERY =
      KEYS.key(
          "DetectPromotionRuleQuery",
          text(),
          "",
          "Promotion rule of a server (prefer, neutral, prefer_not, must_not).");

  public Optional<String> promotionRuleQuery() {
    return values.text(DETECT_PROMOTION_RULE_QUERY);
  }

  static final ConfigurationKey<Optional<Pattern>> DATA_CENTER_PATTERN =
      KEYS.key(
          "DataCenterPattern",
          groupPattern(),
          "",
          "Regular expression applied to the resolved host name; its first group is the "
              + "data center.");

  public Optional<Pattern> dataCenterPattern() {
    return values.get(DATA_CENTER_PATTERN);
  }

  static final ConfigurationKey<Optional<Pattern>> REGION_PATTERN =
      KEYS.key(
          "RegionPattern",
          groupPattern(),
          "",
          "Regular expression applied to the resolved host name; its first group is the "
              + "region.");

  public Optional<Pattern> regionPattern() {
    return values.get(REGION_PATTERN);
  }

  static final ConfigurationKey<Optional<Pattern>> PHYSICAL_ENVIRONMENT_PATTERN =
      KEYS.key(
          "PhysicalEnvironmentPattern",
          groupPattern(),
          "",
          "Regular expression applied to the resolved host name; its first group is the "
              + "physical environment.");

  public Optional<Pattern> physicalEnvironmentPattern() {
    return values.get(PHYSICAL_ENVIRONMENT_PATTERN);
  }

  static final ConfigurationKey<String> DETECT_DATA_CENTER_QUERY =
      KEYS.key("DetectDataCenterQuery", text(), "", "Data center of a server.");

  public Optional<String> dataCenterQuery() {
    return values.text(DETECT_DATA_CENTER_QUERY);
  }

  static final ConfigurationKey<String> DETECT_REGION_QUERY =
      KEYS.key("DetectRegionQuery", text(), "", "Region of a server.");

  public Optional<String> regionQuery() {
    return values.text(DETECT_REGION_QUERY);
  }

  static final ConfigurationKey<String> DETECT_PHYSICAL_ENVIRONMENT_QUERY =
      KEYS.key("DetectPhysicalEnvironmentQuery", text(), "", "Physical environment of a server.");

  public Optional<String> physicalEnvironmentQuery() {
    return values.text(DETECT_PHYSICAL_ENVIRONMENT_QUERY);
  }

  static final ConfigurationKey<Duration> CANDIDATE_INSTANCE_EXPIRE_MINUTES =
      KEYS.key(
          "CandidateInstanceExpireMinutes",
          minutes(1),
          60,
          "Lifetime of promotion-rule registrations.");

  public Duration promotionRuleLifetime() {
    return values.get(CANDIDATE_INSTANCE_EXPIRE_MINUTES);
  }

  static final ConfigurationKey<HostFilter> PROMOTION_IGNORE_HOSTNAME_FILTERS =
      KEYS.key(
          "PromotionIgnoreHostnameFilters",
          hostFilter(),
          List.of(),
          "Servers never to be promoted.");

  public HostFilter neverPromoted() {
    return values.get(PROMOTION_IGNORE_HOSTNAME_FILTERS);
  }

  static final ConfigurationKey<Boolean> SUPPORT_FUZZY_POOL_HOSTNAMES =
      KEYS.key(
          "SupportFuzzyPoolHostnames",
          bool(),
          true,
          "Accept non-FQDN names when submitting pool members.");

  public boolean fuzzyPoolHostnames() {
    return values.get(SUPPORT_FUZZY_POOL_HOSTNAMES);
  }

  static final ConfigurationKey<Duration> INSTANCE_POOL_EXPIRY_MINUTES =
      KEYS.key("InstancePoolExpiryMinutes", minutes(1), 60, "Lifetime of pool membership.");

  public Duration poolLifetime() {
    return values.get(INSTANCE_POOL_EXPIRY_MINUTES);
  }

  static final ConfigurationKey<HostFilter> OSC_IGNORE_HOSTNAME_FILTERS =
      KEYS.key(
          "OSCIgnoreHostnameFilters",
          hostFilter(),
          List.of(),
          "Servers not to offer as online-schema-change control replicas.");

  public HostFilter notForSchemaChanges() {
    return values.get(OSC_IGNORE_HOSTNAME_FILTERS);
  }

  static final KeyGroup GROUP = KEYS.build();
}
