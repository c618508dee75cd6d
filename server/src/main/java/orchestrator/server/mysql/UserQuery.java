package orchestrator.server.mysql;

import java.time.Duration;

/** The queries that operators configure, each answering with one row and one column. */
public enum UserQuery {
  LAG("ReplicationLagQuery", Duration.ZERO),
  DATA_CENTER("DetectDataCenterQuery", Duration.ofMinutes(10)),
  REGION("DetectRegionQuery", Duration.ofMinutes(10)),
  PHYSICAL_ENVIRONMENT("DetectPhysicalEnvironmentQuery", Duration.ofMinutes(10)),
  INSTANCE_ALIAS("DetectInstanceAliasQuery", Duration.ofMinutes(10)),
  /** Operators expect the next three to take effect soon. */
  PROMOTION_RULE("DetectPromotionRuleQuery", Duration.ofMinutes(1)),
  SEMI_SYNC_PRIORITY("DetectSemiSyncEnforcedQuery", Duration.ofMinutes(1)),
  CLUSTER_ALIAS("DetectClusterAliasQuery", Duration.ofMinutes(1)),
  CLUSTER_DOMAIN("DetectClusterDomainQuery", Duration.ofMinutes(1)),
  PSEUDO_GTID("DetectPseudoGTIDQuery", Duration.ofMinutes(1));

  private final String configurationKey;
  private final Duration timeToLive;

  UserQuery(String configurationKey, Duration timeToLive) {
    this.configurationKey = configurationKey;
    this.timeToLive = timeToLive;
  }

  public String configurationKey() {
    return configurationKey;
  }

  /** How long an answer is good; zero when it is asked with each probe. */
  Duration timeToLive() {
    return timeToLive;
  }
}
