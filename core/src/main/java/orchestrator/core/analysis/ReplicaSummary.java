package orchestrator.core.analysis;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import orchestrator.core.facts.Downtime;
import orchestrator.core.gtid.OracleGtidSet;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.Replication;
import orchestrator.core.topology.ThreadState;
import orchestrator.core.topology.Topology;

/**
 * The replicas of a server, counted in one pass. A replica is <em>valid</em> when its latest probe
 * succeeded.
 *
 * @param keys all of them, by key
 * @param valid how many are valid
 * @param validReplicating valid, with both threads running, and not deaf
 * @param deaf valid, with both threads running, and {@linkplain Replication#isDeaf() deaf}; none
 *     while the source itself answers: then it is not for its replicas to say how it is. Nor one
 *     whose source may be of those that send no heartbeats
 * @param failingToConnect valid, and saying that they cannot reach their source
 * @param lagging more behind than is reasonable, by what was last read, valid or not
 * @param delayed with a configured delay
 * @param downtimed in downtime now
 * @param logging with a binary log that has what they replicate
 * @param statementLogging logging, in statements; likewise the next two
 * @param majorVersionsLogging how many major versions the logging ones have
 * @param oracleGtid whether there are valid ones, and all of them use MySQL's GTIDs
 * @param mariaDbGtid the same with MariaDB's GTIDs
 * @param binlogServers whether there are valid ones, and all of them are binlog servers
 * @param minGtidMode the least {@code gtid_mode} as text; empty when there are no replicas
 * @param errant the greatest errant set as text of those not in downtime; empty when there is none
 */
public record ReplicaSummary(
    List<InstanceKey> keys,
    int valid,
    int validReplicating,
    int deaf,
    int failingToConnect,
    int lagging,
    int delayed,
    int downtimed,
    int semiSyncEnabled,
    int logging,
    int statementLogging,
    int mixedLogging,
    int rowLogging,
    int majorVersionsLogging,
    boolean oracleGtid,
    boolean mariaDbGtid,
    boolean binlogServers,
    String minGtidMode,
    String maxGtidMode,
    String errant) {

  public static final ReplicaSummary NONE =
      new ReplicaSummary(
          List.of(), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, false, false, false, "", "", "");

  public ReplicaSummary {
    keys = List.copyOf(keys);
  }

  /**
   * @param source as it was last read
   * @param sourceAnswers whether anything was heard of it
   */
  static ReplicaSummary of(
      List<Instance> replicas,
      Instance source,
      boolean sourceAnswers,
      Topology topology,
      ReplicatedState state,
      Duration reasonableLag,
      Instant now) {
    if (replicas.isEmpty()) {
      return NONE;
    }
    Counter counter =
        new Counter(reasonableLag.toSeconds(), sourceAnswers, source.version().sendsHeartbeats());
    for (Instance replica : replicas) {
      Downtime downtime = state.downtimes().get(replica.key());
      boolean downtimed = downtime != null && downtime.isActive(now);
      counter.add(replica, downtimed);
      if (!downtimed) {
        counter.addErrant(topology.errantGtidOf(replica.key()).errant());
      }
    }
    return counter.summary();
  }

  public int count() {
    return keys.size();
  }

  /** How many did not answer their latest probe. */
  public int invalid() {
    return count() - valid;
  }

  /** What is being counted. */
  private static final class Counter {
    private final long reasonableLagSeconds;
    private final boolean sourceAnswers;
    private final boolean sourceSendsHeartbeats;
    private final List<InstanceKey> keys = new ArrayList<>();
    private final Set<String> majorVersions = new HashSet<>();
    private int valid;
    private int validReplicating;
    private int deaf;
    private int failingToConnect;
    private int lagging;
    private int delayed;
    private int downtimed;
    private int semiSyncEnabled;
    private int logging;
    private int statementLogging;
    private int mixedLogging;
    private int rowLogging;
    private int validOracleGtid;
    private int validMariaDbGtid;
    private int validBinlogServers;
    private String minGtidMode = "";
    private String maxGtidMode = "";
    private String errant = "";

    Counter(long reasonableLagSeconds, boolean sourceAnswers, boolean sourceSendsHeartbeats) {
      this.reasonableLagSeconds = reasonableLagSeconds;
      this.sourceAnswers = sourceAnswers;
      this.sourceSendsHeartbeats = sourceSendsHeartbeats;
    }

    void add(Instance replica, boolean isDowntimed) {
      String gtidMode = replica.gtid().mode();
      minGtidMode = keys.isEmpty() || gtidMode.compareTo(minGtidMode) < 0 ? gtidMode : minGtidMode;
      maxGtidMode = gtidMode.compareTo(maxGtidMode) > 0 ? gtidMode : maxGtidMode;
      keys.add(replica.key());
      downtimed += isDowntimed ? 1 : 0;
      semiSyncEnabled += replica.semiSync().replicaEnabled() ? 1 : 0;
      replica.replication().ifPresent(this::addLag);
      addBinlog(replica);
      if (replica.isLastCheckValid()) {
        addValid(replica);
      }
    }

    private void addLag(Replication row) {
      lagging += row.lagSeconds().orElse(0) > reasonableLagSeconds ? 1 : 0;
      delayed += row.sqlDelaySeconds() > 0 ? 1 : 0;
    }

    private void addBinlog(Instance replica) {
      if (!replica.binlog().canFeedReplicas()) {
        return;
      }
      logging++;
      majorVersions.add(replica.version().majorVersion());
      switch (replica.binlog().format()) {
        case STATEMENT -> statementLogging++;
        case MIXED -> mixedLogging++;
        case ROW -> rowLogging++;
        case INHERIT, UNKNOWN -> {}
      }
    }

    private void addValid(Instance replica) {
      valid++;
      replica.replication().ifPresent(this::addThreads);
      validOracleGtid += replica.usesOracleGtid() ? 1 : 0;
      validMariaDbGtid += replica.usesMariaDbGtid() ? 1 : 0;
      validBinlogServers += replica.isBinlogServer() ? 1 : 0;
    }

    private void addThreads(Replication row) {
      boolean running =
          row.ioThread() == ThreadState.RUNNING && row.sqlThread() == ThreadState.RUNNING;
      boolean isDeaf = running && !sourceAnswers && missesHeartbeats(row);
      validReplicating += running && !isDeaf ? 1 : 0;
      deaf += isDeaf ? 1 : 0;
      failingToConnect += row.isFailingToConnectToSource() ? 1 : 0;
    }

    private boolean missesHeartbeats(Replication row) {
      return row.isDeaf() && (sourceSendsHeartbeats || row.hasHeardHeartbeats());
    }

    void addErrant(OracleGtidSet set) {
      if (!set.isEmpty()) {
        String text = set.toString();
        errant = text.compareTo(errant) > 0 ? text : errant;
      }
    }

    ReplicaSummary summary() {
      return new ReplicaSummary(
          keys,
          valid,
          validReplicating,
          deaf,
          failingToConnect,
          lagging,
          delayed,
          downtimed,
          semiSyncEnabled,
          logging,
          statementLogging,
          mixedLogging,
          rowLogging,
          majorVersions.size(),
          valid > 0 && validOracleGtid == valid,
          valid > 0 && validMariaDbGtid == valid,
          valid > 0 && validBinlogServers == valid,
          minGtidMode,
          maxGtidMode,
          errant);
    }
  }
}
