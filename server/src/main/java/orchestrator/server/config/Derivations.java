package orchestrator.server.config;

import static orchestrator.server.config.DiscoveryConfiguration.*;
import static orchestrator.server.config.NewKeys.*;
import static orchestrator.server.config.PseudoGtidConfiguration.*;
import static orchestrator.server.config.RaftConfiguration.*;
import static orchestrator.server.config.RecoveryConfiguration.*;
import static orchestrator.server.config.ReplicationConfiguration.*;

import java.time.Duration;
import java.util.List;
import java.util.regex.PatternSyntaxException;
import orchestrator.core.binlog.PseudoGtid;

/**
 * The rules between keys, run once over the complete set. Rules on one key alone are part of its
 * type; credentials and the environment come before, on the raw values.
 */
final class Derivations {

  private final ConfigurationDraft draft;

  private Derivations(ConfigurationDraft draft) {
    this.draft = draft;
  }

  static void apply(ConfigurationDraft draft) {
    Derivations rules = new Derivations(draft);
    rules.recoveryBlock();
    rules.lagQuery();
    rules.detachOldNames();
    rules.promotionLimits();
    rules.postponeOldName();
    rules.backendFile();
    rules.raft();
    rules.pseudoGtid();
    rules.writeBuffer();
    rules.semiSyncLock();
    rules.deadInstancePolling();
  }

  private void recoveryBlock() {
    Duration minutes = draft.get(RECOVERY_PERIOD_BLOCK_MINUTES);
    if (draft.get(RECOVERY_PERIOD_BLOCK_SECONDS).isZero() && minutes.isPositive()) {
      draft.set(RECOVERY_PERIOD_BLOCK_SECONDS, minutes);
    }
  }

  private void lagQuery() {
    String current = draft.get(REPLICATION_LAG_QUERY);
    String old = draft.get(SLAVE_LAG_QUERY);
    if (!current.isEmpty() && !old.isEmpty() && !current.equals(old)) {
      draft.error(SLAVE_LAG_QUERY, "must be absent or equal to ReplicationLagQuery");
      return;
    }
    if (current.isEmpty()) {
      draft.set(REPLICATION_LAG_QUERY, old);
    }
    draft.set(SLAVE_LAG_QUERY, "");
  }

  private void detachOldNames() {
    if (draft.get(DETACH_LOST_SLAVES_AFTER_MASTER_FAILOVER)) {
      draft.set(DETACH_LOST_REPLICAS_AFTER_MASTER_FAILOVER, true);
    }
    if (draft.get(MASTER_FAILOVER_DETACH_SLAVE_MASTER_HOST)) {
      draft.set(MASTER_FAILOVER_DETACH_REPLICA_MASTER_HOST, true);
    }
  }

  private void promotionLimits() {
    if (draft.get(FAIL_MASTER_PROMOTION_IF_SQL_THREAD_NOT_UP_TO_DATE)
        && draft.get(DELAY_MASTER_PROMOTION_IF_SQL_THREAD_NOT_UP_TO_DATE)) {
      draft.error(
          FAIL_MASTER_PROMOTION_IF_SQL_THREAD_NOT_UP_TO_DATE,
          "must not be true together with DelayMasterPromotionIfSQLThreadNotUpToDate");
    }
    if (draft.get(FAIL_MASTER_PROMOTION_ON_LAG_MINUTES).isPositive()
        && draft.get(REPLICATION_LAG_QUERY).isEmpty()
        && draft.sound(REPLICATION_LAG_QUERY, SLAVE_LAG_QUERY)) {
      draft.error(
          FAIL_MASTER_PROMOTION_ON_LAG_MINUTES, "must be 0 unless ReplicationLagQuery is set");
    }
  }

  private void postponeOldName() {
    Duration current = draft.get(POSTPONE_REPLICA_RECOVERY_ON_LAG_MINUTES);
    Duration old = draft.get(POSTPONE_SLAVE_RECOVERY_ON_LAG_MINUTES);
    if (current.isPositive() && old.isPositive() && !current.equals(old)) {
      draft.error(
          POSTPONE_SLAVE_RECOVERY_ON_LAG_MINUTES,
          "must be absent or equal to PostponeReplicaRecoveryOnLagMinutes");
    } else if (old.isPositive()) {
      draft.set(POSTPONE_REPLICA_RECOVERY_ON_LAG_MINUTES, old);
    }
  }

  private void backendFile() {
    if (draft.get(BackendConfiguration.BACKEND_DB) == BackendConfiguration.Kind.SQLITE
        && draft.get(BackendConfiguration.SQLITE_DATA_FILE).isEmpty()
        && draft.sound(BackendConfiguration.SQLITE_DATA_FILE)) {
      draft.error(
          BackendConfiguration.SQLITE_DATA_FILE,
          "must be the path of a file when BackendDB is sqlite");
    }
  }

  private void raft() {
    if (draft.get(RAFT_ENABLED)) {
      raftEssentials();
      raftTls();
    }
    if (draft.get(RAFT_ADVERTISE).isEmpty()) {
      draft.set(RAFT_ADVERTISE, draft.get(RAFT_BIND));
    }
  }

  private void raftEssentials() {
    if (draft.get(RAFT_DATA_DIR).isEmpty() && draft.sound(RAFT_DATA_DIR)) {
      draft.error(RAFT_DATA_DIR, "must be a directory when RaftEnabled is true");
    }
    if (draft.get(RAFT_BIND).isEmpty()) {
      draft.error(RAFT_BIND, "must be an address when RaftEnabled is true");
    }
    if (draft.get(RAFT_ELECTION_TIMEOUT_MIN).compareTo(draft.get(RAFT_ELECTION_TIMEOUT_MAX)) > 0) {
      draft.error(RAFT_ELECTION_TIMEOUT_MAX, "must be at least RaftElectionTimeoutMinMilliseconds");
    }
  }

  private void raftTls() {
    if (!draft.get(RAFT_USE_MUTUAL_TLS)) {
      return;
    }
    for (var key : List.of(RAFT_TLS_CERT_FILE, RAFT_TLS_PRIVATE_KEY_FILE, RAFT_TLS_CA_FILE)) {
      if (draft.get(key).isEmpty() && draft.sound(key)) {
        draft.error(key, "must be a file when RaftUseMutualTLS is true");
      }
    }
  }

  private void pseudoGtid() {
    if (draft.get(AUTO_PSEUDO_GTID)) {
      draft.set(PSEUDO_GTID_PATTERN, PseudoGtid.INJECTED_PATTERN);
      draft.set(PSEUDO_GTID_PATTERN_IS_FIXED_SUBSTRING, true);
      draft.set(PSEUDO_GTID_MONOTONIC_HINT, PseudoGtid.INJECTED_HINT);
      draft.set(DETECT_PSEUDO_GTID_QUERY, "select 1");
    } else if (!draft.get(PSEUDO_GTID_PATTERN_IS_FIXED_SUBSTRING)) {
      try {
        var _ = GoPattern.compile(draft.get(PSEUDO_GTID_PATTERN));
      } catch (PatternSyntaxException e) {
        draft.error(PSEUDO_GTID_PATTERN, "is no regular expression: " + e.getDescription());
      }
    }
  }

  private void writeBuffer() {
    if (draft.get(INSTANCE_WRITE_BUFFER_SIZE) <= 0) {
      draft.set(BUFFER_INSTANCE_WRITES, false);
    }
  }

  private void semiSyncLock() {
    if (draft.get(SemiSyncConfiguration.REASONABLE_LOCKED_SEMI_SYNC_MASTER_SECONDS).isZero()) {
      draft.set(
          SemiSyncConfiguration.REASONABLE_LOCKED_SEMI_SYNC_MASTER_SECONDS,
          draft.get(REASONABLE_REPLICATION_LAG_SECONDS));
    }
  }

  private void deadInstancePolling() {
    Duration poll = draft.get(INSTANCE_POLL_SECONDS);
    if (draft.get(DEAD_INSTANCE_POLL_SECONDS_MAX).compareTo(poll) < 0
        && draft.sound(DEAD_INSTANCE_POLL_SECONDS_MAX, INSTANCE_POLL_SECONDS)) {
      draft.error(
          DEAD_INSTANCE_POLL_SECONDS_MAX,
          "must be at least InstancePollSeconds, which is " + poll.toSeconds());
    }
  }
}
