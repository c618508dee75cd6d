package orchestrator.server.config;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The one table of what does not act yet. A key that is not listed is in effect: whoever builds
 * what a key asks for takes its name out of this table.
 */
final class KeyStatuses {

  private static final List<String> PROTECTIVE_LATER =
      List.of(
          "PanicIfDifferentDatabaseDeploy",
          "MySQLTopologyUseMutualTLS",
          "ListenSocket",
          "StatusOUVerify",
          "UseSSL",
          "UseMutualTLS",
          "SSLValidOUs",
          "AgentsUseSSL",
          "AgentsUseMutualTLS",
          "AgentSSLValidOUs");

  private static final List<String> LATER =
      List.of(
          "EnableSyslog",
          "SkipOrchestratorDatabaseUpdate",
          // TLS to monitored servers
          "MySQLTopologySSLPrivateKeyFile",
          "MySQLTopologySSLCertFile",
          "MySQLTopologyMaxAllowedPacket",
          // discovery at scale
          "DiscoveryQueueCapacity",
          "DiscoveryQueueMaxStatisticsSize",
          "DiscoveryCollectionRetentionSeconds",
          "SkipMaxScaleCheck",
          "BufferInstanceWrites",
          "InstanceWriteBufferSize",
          "InstanceFlushIntervalMilliseconds",
          "SnapshotTopologiesIntervalHours",
          "SkipBinlogServerUnresolveCheck",
          // refactoring, other recoveries
          "ReduceReplicationAnalysisCount",
          "PostTakeMasterProcesses",
          // key-value stores
          "ConsulAddress",
          "ConsulScheme",
          "ConsulAclToken",
          "ConsulKVStoreProvider",
          "ConsulCrossDataCenterDistribution",
          "ConsulMaxKVsPerTransaction",
          "ZkAddress",
          // tokens and TLS of the service
          "AccessTokenUseExpirySeconds",
          "AccessTokenExpiryMinutes",
          "SSLPrivateKeyFile",
          "SSLCertFile",
          "SSLCAFile",
          "SSLSkipVerify",
          // agents
          "ServeAgentsHttp",
          "AgentsServerPort",
          "AgentSSLSkipVerify",
          "AgentSSLPrivateKeyFile",
          "AgentSSLCertFile",
          "AgentSSLCAFile",
          "AgentPollMinutes",
          "UnseenAgentForgetHours",
          "StaleSeedFailMinutes",
          "SeedWaitSecondsBeforeSend",
          // metrics, audit, web
          "GraphiteAddr",
          "GraphitePath",
          "GraphiteConvertHostnameDotsToUnderscores",
          "GraphitePollSeconds",
          "AuditToSyslog",
          "RemoveTextFromHostnameDisplay",
          "WebMessage");

  /** What acts in part, with what is missing. */
  private static final Map<String, String> PARTLY =
      Map.of("KVClusterMasterPrefix", "new masters are recorded, no store is written");

  private static final List<String> ALIASES =
      List.of(
          "SlaveLagQuery",
          "RecoveryPeriodBlockMinutes",
          "MasterFailoverDetachSlaveMasterHost",
          "DetachLostSlavesAfterMasterFailover",
          "PostponeSlaveRecoveryOnLagMinutes");

  private static final List<String> DEAD =
      List.of(
          "TLSCacheTTLFactor",
          "ExpectFailureAnalysisConcensus",
          "MasterFailoverLostInstancesDowntimeMinutes",
          "OAuthClientId",
          "OAuthClientSecret",
          "OAuthScopes",
          "SeedAcceptableBytesDiff");

  private static final Map<String, KeyStatus> BY_NAME = new HashMap<>();

  static {
    PROTECTIVE_LATER.forEach(name -> BY_NAME.put(name, KeyStatus.PROTECTIVE_LATER));
    LATER.forEach(name -> BY_NAME.put(name, KeyStatus.LATER));
    PARTLY.keySet().forEach(name -> BY_NAME.put(name, KeyStatus.PARTLY));
    ALIASES.forEach(name -> BY_NAME.put(name, KeyStatus.ALIAS));
    DEAD.forEach(name -> BY_NAME.put(name, KeyStatus.DEAD));
  }

  private KeyStatuses() {}

  static KeyStatus of(String keyName) {
    return BY_NAME.getOrDefault(keyName, KeyStatus.IN_EFFECT);
  }

  /** Every name in the table, each as often as it is listed. */
  static List<String> listed() {
    return Stream.of(PROTECTIVE_LATER, LATER, PARTLY.keySet(), ALIASES, DEAD)
        .<String>flatMap(Collection::stream)
        .toList();
  }

  /** What a key that acts in part does not do yet; empty for any other. */
  static String missing(String keyName) {
    return PARTLY.getOrDefault(keyName, "");
  }
}
