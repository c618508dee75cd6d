package orchestrator.server.config;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The one table of what does not act yet. A key that is not listed is in effect: whoever builds
 * what a key asks for takes its name out of this table.
 */
final class KeyStatuses {

  private static final List<String> PROTECTIVE_LATER =
      List.of(
          "PanicIfDifferentDatabaseDeploy",
          "MySQLOrchestratorUseMutualTLS",
          "MySQLTopologyUseMutualTLS",
          "VerifyReplicationFilters",
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
          // a MySQL backend
          "MySQLOrchestratorHost",
          "MySQLOrchestratorPort",
          "MySQLOrchestratorDatabase",
          "MySQLOrchestratorUser",
          "MySQLOrchestratorPassword",
          "MySQLOrchestratorCredentialsConfigFile",
          "MySQLOrchestratorMaxPoolConnections",
          "MySQLOrchestratorReadTimeoutSeconds",
          "MySQLOrchestratorRejectReadOnly",
          "MySQLOrchestratorMaxAllowedPacket",
          "MySQLOrchestratorSSLSkipVerify",
          "MySQLOrchestratorSSLPrivateKeyFile",
          "MySQLOrchestratorSSLCertFile",
          "MySQLOrchestratorSSLCAFile",
          // TLS to monitored servers
          "MySQLTopologyUseMixedTLS",
          "MySQLTopologySSLSkipVerify",
          "MySQLTopologySSLPrivateKeyFile",
          "MySQLTopologySSLCertFile",
          "MySQLTopologySSLCAFile",
          "MySQLTopologyMaxAllowedPacket",
          "MySQLConnectionLifetimeSeconds",
          // discovery at scale
          "DiscoveryQueueCapacity",
          "DiscoveryQueueMaxStatisticsSize",
          "DiscoveryCollectionRetentionSeconds",
          "SkipMaxScaleCheck",
          "BufferInstanceWrites",
          "InstanceWriteBufferSize",
          "InstanceFlushIntervalMilliseconds",
          "InstanceBulkOperationsWaitTimeoutSeconds",
          "SnapshotTopologiesIntervalHours",
          "SkipBinlogServerUnresolveCheck",
          // pools
          "SupportFuzzyPoolHostnames",
          "InstancePoolExpiryMinutes",
          // Pseudo-GTID
          "AutoPseudoGTID",
          "PseudoGTIDPattern",
          "PseudoGTIDPatternIsFixedSubstring",
          "PseudoGTIDMonotonicHint",
          "DetectPseudoGTIDQuery",
          "BinlogEventsChunkSize",
          "SkipBinlogEventsContaining",
          // refactoring, takeovers, other recoveries
          "LowerReplicaVersionAllowed",
          "ReplicationCredentialsQuery",
          "EnforceExactSemiSyncReplicas",
          "RecoverLockedSemiSyncMaster",
          "ReduceReplicationAnalysisCount",
          "RecoverIntermediateMasterClusterFilters",
          "RecoverNonWriteableMaster",
          "CoMasterRecoveryMustPromoteOtherCoMaster",
          "PreGracefulTakeoverProcesses",
          "PostIntermediateMasterFailoverProcesses",
          "PostGracefulTakeoverProcesses",
          "PostTakeMasterProcesses",
          // key-value stores
          "KVClusterMasterPrefix",
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
          "WebMessage",
          "PrependMessagesWithOrcIdentity",
          "CustomOrcIdentity");

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
    ALIASES.forEach(name -> BY_NAME.put(name, KeyStatus.ALIAS));
    DEAD.forEach(name -> BY_NAME.put(name, KeyStatus.DEAD));
  }

  private KeyStatuses() {}

  static KeyStatus of(String keyName) {
    return BY_NAME.getOrDefault(keyName, KeyStatus.IN_EFFECT);
  }

  /** Every name in the table, each as often as it is listed. */
  static List<String> listed() {
    return List.of(PROTECTIVE_LATER, LATER, ALIASES, DEAD).stream().flatMap(List::stream).toList();
  }
}
