package orchestrator.server.config;

import static orchestrator.server.config.KeyTypes.bool;
import static orchestrator.server.config.KeyTypes.hours;
import static orchestrator.server.config.KeyTypes.integer;
import static orchestrator.server.config.KeyTypes.milliseconds;
import static orchestrator.server.config.KeyTypes.number;
import static orchestrator.server.config.KeyTypes.seconds;

import java.time.Duration;

/** Discovery and polling: How often and how many servers are probed. */
public record DiscoveryConfiguration(ConfigurationValues values) {

  private static final KeyGroup.Builder KEYS = KeyGroup.named("Discovery and polling");

  static final ConfigurationKey<Duration> INSTANCE_POLL_SECONDS =
      KEYS.key("InstancePollSeconds", seconds(1), 5, "How often each healthy server is re-read.");

  public Duration pollInterval() {
    return values.get(INSTANCE_POLL_SECONDS);
  }

  static final ConfigurationKey<Duration> REASONABLE_INSTANCE_CHECK_SECONDS =
      KEYS.key(
          "ReasonableInstanceCheckSeconds",
          seconds(0),
          1,
          "Slack allowed between the last attempted check and the last success.");

  public Duration reasonableCheckDelay() {
    return values.get(REASONABLE_INSTANCE_CHECK_SECONDS);
  }

  static final ConfigurationKey<Integer> DISCOVERY_MAX_CONCURRENCY =
      KEYS.key("DiscoveryMaxConcurrency", integer(1), 300, "Probes at one time.");

  public int maxConcurrency() {
    return values.get(DISCOVERY_MAX_CONCURRENCY);
  }

  static final ConfigurationKey<Integer> DISCOVERY_QUEUE_CAPACITY =
      KEYS.key("DiscoveryQueueCapacity", integer(1), 100000, "How many probes may wait.");

  public int queueCapacity() {
    return values.get(DISCOVERY_QUEUE_CAPACITY);
  }

  static final ConfigurationKey<Integer> DISCOVERY_QUEUE_MAX_STATISTICS_SIZE =
      KEYS.key(
          "DiscoveryQueueMaxStatisticsSize",
          integer(0),
          120,
          "How many one-second samples of queue depth are kept.");

  public int queueStatisticsSize() {
    return values.get(DISCOVERY_QUEUE_MAX_STATISTICS_SIZE);
  }

  static final ConfigurationKey<Duration> DISCOVERY_COLLECTION_RETENTION_SECONDS =
      KEYS.key(
          "DiscoveryCollectionRetentionSeconds",
          seconds(1),
          120,
          "Retention of discovery/write-buffer/backend-write metric samples.");

  public Duration metricsRetention() {
    return values.get(DISCOVERY_COLLECTION_RETENTION_SECONDS);
  }

  static final ConfigurationKey<Double> DEAD_INSTANCE_POLL_SECONDS_MULTIPLY_FACTOR =
      KEYS.key(
          "DeadInstancePollSecondsMultiplyFactor",
          number(1, 1000),
          1,
          "Back-off factor for unreachable servers.");

  public double deadPollFactor() {
    return values.get(DEAD_INSTANCE_POLL_SECONDS_MULTIPLY_FACTOR);
  }

  static final ConfigurationKey<Duration> DEAD_INSTANCE_POLL_SECONDS_MAX =
      KEYS.key(
          "DeadInstancePollSecondsMax",
          seconds(1),
          300,
          "Longest delay between attempts on an unreachable server.");

  public Duration deadPollMaxInterval() {
    return values.get(DEAD_INSTANCE_POLL_SECONDS_MAX);
  }

  static final ConfigurationKey<Integer> DEAD_INSTANCE_DISCOVERY_MAX_CONCURRENCY =
      KEYS.key(
          "DeadInstanceDiscoveryMaxConcurrency",
          integer(0),
          0,
          "Probes of unreachable servers at one time; 0 is no lane of their own.");

  public int deadMaxConcurrency() {
    return values.get(DEAD_INSTANCE_DISCOVERY_MAX_CONCURRENCY);
  }

  static final ConfigurationKey<Boolean> DEAD_INSTANCE_DISCOVERY_LOGS_ENABLED =
      KEYS.key(
          "DeadInstanceDiscoveryLogsEnabled",
          bool(),
          false,
          "Debug-log each registration, recheck and removal of an unreachable server.");

  public boolean logDeadInstances() {
    return values.get(DEAD_INSTANCE_DISCOVERY_LOGS_ENABLED);
  }

  static final ConfigurationKey<Boolean> DISCOVER_BY_SHOW_SLAVE_HOSTS =
      KEYS.key(
          "DiscoverByShowSlaveHosts",
          bool(),
          false,
          "Find replicas with the server's replica listing before falling back to the "
              + "process list.");

  public boolean byRegisteredReplicas() {
    return values.get(DISCOVER_BY_SHOW_SLAVE_HOSTS);
  }

  static final ConfigurationKey<Boolean> SKIP_MAX_SCALE_CHECK =
      KEYS.key(
          "SkipMaxScaleCheck",
          bool(),
          true,
          "Skip the query that identifies MaxScale binlog servers.");

  public boolean skipMaxScaleCheck() {
    return values.get(SKIP_MAX_SCALE_CHECK);
  }

  static final ConfigurationKey<Boolean> BUFFER_INSTANCE_WRITES =
      KEYS.key(
          "BufferInstanceWrites", bool(), false, "Batch writes of polled data to the backend.");

  public boolean bufferWrites() {
    return values.get(BUFFER_INSTANCE_WRITES);
  }

  static final ConfigurationKey<Integer> INSTANCE_WRITE_BUFFER_SIZE =
      KEYS.key(
          "InstanceWriteBufferSize",
          integer(Integer.MIN_VALUE),
          100,
          "Maximum instances per batch; 0 or less turns buffering off.");

  public int writeBufferSize() {
    return values.get(INSTANCE_WRITE_BUFFER_SIZE);
  }

  static final ConfigurationKey<Duration> INSTANCE_FLUSH_INTERVAL_MILLISECONDS =
      KEYS.key(
          "InstanceFlushIntervalMilliseconds",
          milliseconds(1),
          100,
          "Longest time between batch flushes.");

  public Duration writeFlushInterval() {
    return values.get(INSTANCE_FLUSH_INTERVAL_MILLISECONDS);
  }

  static final ConfigurationKey<Duration> INSTANCE_BULK_OPERATIONS_WAIT_TIMEOUT_SECONDS =
      KEYS.key(
          "InstanceBulkOperationsWaitTimeoutSeconds",
          seconds(1),
          10,
          "Per-server wait when stopping many replicas at once during regrouping.");

  public Duration bulkOperationWait() {
    return values.get(INSTANCE_BULK_OPERATIONS_WAIT_TIMEOUT_SECONDS);
  }

  static final ConfigurationKey<Duration> UNSEEN_INSTANCE_FORGET_HOURS =
      KEYS.key(
          "UnseenInstanceForgetHours", hours(1), 240, "Forget servers not seen for this long.");

  public Duration forgetUnseenAfter() {
    return values.get(UNSEEN_INSTANCE_FORGET_HOURS);
  }

  static final ConfigurationKey<Duration> SNAPSHOT_TOPOLOGIES_INTERVAL_HOURS =
      KEYS.key(
          "SnapshotTopologiesIntervalHours",
          hours(0),
          0,
          "Interval of history snapshots of the topology; 0 = off.");

  public Duration topologySnapshotInterval() {
    return values.get(SNAPSHOT_TOPOLOGIES_INTERVAL_HOURS);
  }

  static final KeyGroup GROUP = KEYS.build();
}
