package orchestrator.core.topology;

/**
 * Semi-synchronous replication as both sides of the plugin say it.
 *
 * @param available both sides are loaded
 * @param priority from {@code DetectSemiSyncEnforcedQuery}; 0 means always asynchronous
 * @param masterTimeoutMillis how long a commit waits before it falls back to asynchronous
 * @param waitForReplicaCount how many acknowledgements a commit waits for
 * @param masterStatus whether the master side is in force now
 * @param masterClients connected semi-synchronous replicas
 */
public record SemiSync(
    boolean available,
    int priority,
    boolean masterPluginNewVersion,
    boolean replicaPluginNewVersion,
    boolean masterEnabled,
    boolean replicaEnabled,
    long masterTimeoutMillis,
    int waitForReplicaCount,
    boolean masterStatus,
    int masterClients,
    boolean replicaStatus) {
  public static final SemiSync NONE =
      new SemiSync(false, 0, false, false, false, false, 0, 0, false, 0, false);
}
