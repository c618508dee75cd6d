package orchestrator.server.mysql;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import orchestrator.core.gtid.BinlogCoordinates;
import orchestrator.core.gtid.GtidSet;
import orchestrator.core.gtid.MariaDbGtidSet;
import orchestrator.core.topology.Binlog;
import orchestrator.core.topology.BinlogFormat;
import orchestrator.core.topology.Freshness;
import orchestrator.core.topology.GroupMembership;
import orchestrator.core.topology.Gtid;
import orchestrator.core.topology.Identity;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.ProbePart;
import orchestrator.core.topology.Replication;
import orchestrator.core.topology.SemiSync;
import orchestrator.server.mysql.ServerFacts.OptionalStatement;

/**
 * Makes an {@link Instance} of the answer to a probe, and remembers what is not read each time. One
 * for each server; used under that server's lock.
 */
final class InstanceReader {
  private final TopologyAccess access;
  private final Function<String, String> resolve;
  private final ReplicaList replicaList;
  private final Classifier classifier;
  private final Map<ProbePart, Instant> parts = new EnumMap<>(ProbePart.class);

  private GtidTexts executed = new GtidTexts(false);
  private GtidTexts purged = new GtidTexts(false);
  private GtidTexts retrieved = new GtidTexts(false);
  private GtidTexts current = new GtidTexts(true);
  private GtidTexts logged = new GtidTexts(true);
  private Optional<GtidSet> joined = Optional.empty();

  private List<ReplicaList.Registered> registered = List.of();
  private List<ReplicaList.DumpThread> dumpThreads = List.of();
  private boolean registeredChanged = true;
  // Looked at before the first reading says: a missing status would look like an alarm.
  private boolean semiSyncInUse = true;
  private boolean mariaDb;

  /**
   * @param resolve from a name met in the network to the name a server is known by
   */
  InstanceReader(TopologyAccess access, Function<String, String> resolve, Classifier classifier) {
    this.access = access;
    this.resolve = resolve;
    this.classifier = classifier;
    this.replicaList = new ReplicaList(access.discovery(), resolve);
  }

  /** What the next packet should read beyond the usual. */
  ProbePacket.Extras extras(ServerFacts facts, boolean full, Instant now) {
    Instant lastList = parts.getOrDefault(ProbePart.REPLICAS, Instant.MIN);
    boolean listDue =
        full
            || registeredChanged
            || lastList.plus(access.discovery().dumpThreadInterval()).isBefore(now);
    return new ProbePacket.Extras(semiSyncInUse, listDue && facts.canListDumpThreads());
  }

  /** The server's own name, by which it is known from now on; empty when it tells none. */
  Optional<String> serverName(InstanceKey asked, ServerFacts facts) {
    String name =
        switch (access.serverName()) {
          case AS_GIVEN -> asked.hostname();
          case HOSTNAME -> facts.hostname();
          case REPORT_HOST -> facts.reportHost();
        };
    return name.isEmpty() ? Optional.empty() : Optional.of(name.toLowerCase(Locale.ROOT));
  }

  Instance read(InstanceKey key, ProbePacket.Answer answer, Instant now, Duration latency) {
    ServerFacts facts = answer.facts();
    if (facts.dialect().isMariaDb() != mariaDb) {
      forgetMemory(facts);
    }
    parts.put(ProbePart.CORE, now);
    Optional<Replication> replication =
        answer
            .replica()
            .map(status ->
                status.read(resolve, text -> retrieved(facts, text), classifier.lagSeconds(now)));
    readReplicas(answer, now);
    Optional<GroupMembership> group = group(answer, now);
    classifier.recordFreshness(parts, now);
    return new Instance(
        key,
        Freshness.seen(now, latency, parts),
        identity(answer, now),
        answer.flag("read_only"),
        answer.flag("super_read_only"),
        binlog(answer),
        gtid(answer),
        replication,
        semiSync(answer),
        classifier.classification(key),
        group,
        replicaList.join(key, registered, dumpThreads),
        facts.credentialsAvailable());
  }

  private static Identity identity(ProbePacket.Answer answer, Instant now) {
    ServerFacts facts = answer.facts();
    return new Identity(
        ProbePacket.parseLong(answer.scalar("server_id")),
        answer.scalar("server_uuid"),
        facts.version(),
        facts.hostname(),
        facts.reportHost(),
        facts.uptimeSeconds(now));
  }

  private static Binlog binlog(ProbePacket.Answer answer) {
    Table status = answer.binlogStatus();
    Optional<BinlogCoordinates> position =
        status.isEmpty()
            ? Optional.empty()
            : Optional.of(
                BinlogCoordinates.binary(
                    status.text(0, "file"),
                    Math.max(0, ProbePacket.parseLong(status.text(0, "position")))));
    return new Binlog(
        answer.flag("log_bin"),
        answer.flag("log_replica_updates", "log_slave_updates"),
        BinlogFormat.of(answer.scalar("binlog_format")),
        answer.scalar("binlog_row_image"),
        position);
  }

  private Gtid gtid(ProbePacket.Answer answer) {
    if (answer.facts().dialect().isMariaDb()) {
      Optional<GtidSet> position = current.parse(answer.scalar("gtid_current_pos"));
      Optional<GtidSet> log = logged.parse(answer.scalar("gtid_binlog_pos"));
      return new Gtid("", join(position, log), Optional.empty());
    }
    if (!answer.facts().has("gtid_mode")) {
      return Gtid.NONE;
    }
    return new Gtid(
        answer.scalar("gtid_mode"),
        executed.parse(answer.scalar("gtid_executed")),
        purged.parse(answer.scalar("gtid_purged")));
  }

  /** Either position may be behind the other: a master has not applied, a replica may not log. */
  private Optional<GtidSet> join(Optional<GtidSet> position, Optional<GtidSet> log) {
    if (position.isPresent()
        && log.isPresent()
        && position.get() instanceof MariaDbGtidSet left
        && log.get() instanceof MariaDbGtidSet right) {
      Optional<GtidSet> both = left.equals(right) ? position : Optional.of(left.union(right));
      joined = joined.equals(both) ? joined : both;
      return joined;
    }
    return Optional.empty();
  }

  private Optional<GtidSet> retrieved(ServerFacts facts, String text) {
    if (facts.dialect().isMariaDb() && text.isEmpty()) {
      // Without GTID the IO thread has no such position: unknown rather than nothing.
      return Optional.empty();
    }
    return retrieved.parse(text);
  }

  /** After a new start of the server, which may even be another flavour. */
  void forgetMemory(ServerFacts facts) {
    mariaDb = facts.dialect().isMariaDb();
    executed = new GtidTexts(mariaDb);
    purged = new GtidTexts(mariaDb);
    retrieved = new GtidTexts(mariaDb);
    current = new GtidTexts(mariaDb);
    logged = new GtidTexts(mariaDb);
    joined = Optional.empty();
    registeredChanged = true;
    semiSyncInUse = true;
  }

  private void readReplicas(ProbePacket.Answer answer, Instant now) {
    ServerFacts facts = answer.facts();
    if (facts.has(OptionalStatement.REGISTERED_REPLICAS)) {
      List<ReplicaList.Registered> rows = ReplicaList.registered(answer.registeredReplicas());
      if (!Set.copyOf(rows).equals(Set.copyOf(registered))) {
        registered = rows;
        registeredChanged = true;
      }
    } else {
      registered = List.of();
    }
    if (answer.hasDumpThreads()) {
      dumpThreads = ReplicaList.dumpThreads(answer.dumpThreads());
      registeredChanged = false;
      parts.put(ProbePart.REPLICAS, now);
    } else if (!facts.canListDumpThreads()) {
      dumpThreads = List.of();
      registeredChanged = false;
      parts.put(ProbePart.REPLICAS, now);
    }
  }

  private SemiSync semiSync(ProbePacket.Answer answer) {
    ServerFacts facts = answer.facts();
    if (!facts.hasSemiSyncSource() && !facts.hasSemiSyncReplica()) {
      semiSyncInUse = false;
      return new SemiSync(
          false, classifier.semiSyncPriority(), false, false, false, false, 0, 0, false, 0, false);
    }
    boolean master = answer.flag("rpl_semi_sync_master_enabled", "rpl_semi_sync_source_enabled");
    boolean replica = answer.flag("rpl_semi_sync_slave_enabled", "rpl_semi_sync_replica_enabled");
    semiSyncInUse = master || replica;
    Map<String, String> status = statusByName(answer.semiSyncStatus());
    return new SemiSync(
        facts.hasSemiSyncSource() && facts.hasSemiSyncReplica(),
        classifier.semiSyncPriority(),
        facts.has("rpl_semi_sync_source_enabled"),
        facts.has("rpl_semi_sync_replica_enabled"),
        master,
        replica,
        answer.number("rpl_semi_sync_master_timeout", "rpl_semi_sync_source_timeout"),
        waitForReplicaCount(answer),
        status.getOrDefault("master_status", "").equals("ON"),
        (int) ProbePacket.parseLong(status.getOrDefault("master_clients", "0")),
        status.getOrDefault("slave_status", "").equals("ON"));
  }

  /** MariaDB, and MySQL before 5.7, always wait for one. */
  private static int waitForReplicaCount(ProbePacket.Answer answer) {
    String old = "rpl_semi_sync_master_wait_for_slave_count";
    String current = "rpl_semi_sync_source_wait_for_replica_count";
    boolean known = answer.facts().has(old) || answer.facts().has(current);
    return known ? (int) answer.number(old, current) : 1;
  }

  private static Map<String, String> statusByName(Table table) {
    Map<String, String> byName = new java.util.HashMap<>();
    for (int row = 0; row < table.size(); row++) {
      String name =
          table
              .text(row, 0)
              .toLowerCase(java.util.Locale.ROOT)
              .replace("rpl_semi_sync_", "")
              .replace("source_", "master_")
              .replace("replica_", "slave_");
      byName.put(name, table.text(row, 1));
    }
    return byName;
  }

  private Optional<GroupMembership> group(ProbePacket.Answer answer, Instant now) {
    if (!answer.hasGroupMembers()) {
      return Optional.empty();
    }
    parts.put(ProbePart.GROUP, now);
    return GroupRows.read(answer.groupMembers(), answer.scalar("server_uuid"), resolve);
  }
}
