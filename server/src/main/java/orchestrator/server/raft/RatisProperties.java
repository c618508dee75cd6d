package orchestrator.server.raft;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.RaftConfigKeys;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.grpc.GrpcTlsConfig;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

/** How Ratis is set up: for few, small writes and little memory. */
final class RatisProperties {
  /** Longest entry, in bytes. */
  static final int MAX_ENTRY_BYTES = 4 << 20;

  private static final int ENTRIES_PER_SNAPSHOT = 1000;

  /** A node that was away for fewer entries catches up without a snapshot. */
  private static final int ENTRIES_KEPT = 1000;

  /** Of messages to a node that does not answer: pause and number, by turns. */
  private static final String RETRIES = "1ms,10, 50ms,20, 250ms,1000000000";

  private static final TimeDuration ANSWERS_KEPT = TimeDuration.valueOf(5, TimeUnit.SECONDS);

  static final SizeInBytes BUFFER = SizeInBytes.valueOf(MAX_ENTRY_BYTES + (64L << 10));

  private RatisProperties() {}

  static RaftProperties of(RaftSettings settings) {
    RaftProperties properties = new RaftProperties();
    properties.set(RaftConfigKeys.Rpc.TYPE_KEY, Followers.Rpc.class.getName());
    RaftServerConfigKeys.setStorageDir(properties, List.of(settings.directory().toFile()));
    time(properties, settings.timing());
    network(properties, settings);
    disk(properties);
    return properties;
  }

  private static void time(RaftProperties properties, RaftSettings.Timing timing) {
    TimeDuration min = millis(timing.min());
    TimeDuration max = millis(timing.max());
    RaftServerConfigKeys.Rpc.setTimeoutMin(properties, min);
    RaftServerConfigKeys.Rpc.setTimeoutMax(properties, max);
    RaftServerConfigKeys.LeaderElection.setPreVote(properties, true);
    RaftServerConfigKeys.LeaderElection.setLeaderStepDownWaitTime(
        properties, millis(timing.max().multipliedBy(2)));
    RaftServerConfigKeys.setSleepDeviationThreshold(properties, min);
    // Otherwise a leader spins for a minute on entries for a node that is down, and a node that is
    // back waits up to five seconds until it is tried again.
    RaftServerConfigKeys.Rpc.setSlownessTimeout(properties, max);
    RaftServerConfigKeys.Log.Appender.setRetryPolicy(properties, RETRIES);
    // Nobody sends a request twice, so nobody asks for an answer again; commands have ids of their
    // own. For a minute, the default, each answer would be in the memory of each node.
    RaftServerConfigKeys.RetryCache.setExpiryTime(properties, ANSWERS_KEPT);
  }

  private static void network(RaftProperties properties, RaftSettings settings) {
    if (!settings.bindHost().isEmpty()) {
      GrpcConfigKeys.Server.setHost(properties, settings.bindHost());
    }
    GrpcConfigKeys.Server.setPort(properties, settings.bindPort());
    properties.setBoolean(GrpcConfigKeys.USE_EPOLL_KEY, false);
    GrpcConfigKeys.setMessageSizeMax(properties, SizeInBytes.valueOf("16MB"));
  }

  private static void disk(RaftProperties properties) {
    RaftServerConfigKeys.Log.Appender.setBufferByteLimit(properties, BUFFER);
    // Chained, one append that never completes would hold up all that follow, and the election too.
    RaftServerConfigKeys.Log.setAppendEntriesComposeEnabled(properties, false);
    RaftServerConfigKeys.Log.setWriteBufferSize(
        properties, SizeInBytes.valueOf(BUFFER.getSize() + 1024));
    // All entries of the last segment are in memory, each taking several times its size.
    RaftServerConfigKeys.Log.setSegmentSizeMax(properties, SizeInBytes.valueOf("1MB"));
    RaftServerConfigKeys.Log.setPreallocatedSize(properties, SizeInBytes.valueOf("64KB"));
    RaftServerConfigKeys.Log.setSegmentCacheNumMax(properties, 2);
    RaftServerConfigKeys.Log.setSegmentCacheSizeMax(properties, SizeInBytes.valueOf("4MB"));
    RaftServerConfigKeys.Log.setPurgeUptoSnapshotIndex(properties, true);
    RaftServerConfigKeys.Log.setPurgePreservationLogNum(properties, ENTRIES_KEPT);
    RaftServerConfigKeys.Log.setPurgeGap(properties, 1);
    RaftServerConfigKeys.Snapshot.setAutoTriggerEnabled(properties, true);
    RaftServerConfigKeys.Snapshot.setAutoTriggerThreshold(properties, ENTRIES_PER_SNAPSHOT);
    RaftServerConfigKeys.Snapshot.setRetentionFileNum(properties, 2);
  }

  static Parameters parameters(RaftSettings settings, Followers followers, Voting voting) {
    Parameters parameters = new Parameters();
    followers.hand(parameters);
    GrpcConfigKeys.Server.setServicesCustomizer(parameters, PeerCalls.shownTo(voting));
    settings
        .tls()
        .ifPresent(tls ->
            GrpcConfigKeys.TLS.setConf(
                parameters,
                new GrpcTlsConfig(
                    tls.privateKey().toFile(),
                    tls.certificate().toFile(),
                    tls.authorities().toFile(),
                    true)));
    return parameters;
  }

  static TimeDuration millis(Duration duration) {
    return TimeDuration.valueOf(duration.toMillis(), TimeUnit.MILLISECONDS);
  }
}
