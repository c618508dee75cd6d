package orchestrator.core.testing;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import orchestrator.core.gtid.BinlogCoordinates;
import orchestrator.core.gtid.GtidSet;
import orchestrator.core.topology.Binlog;
import orchestrator.core.topology.BinlogFormat;
import orchestrator.core.topology.Classification;
import orchestrator.core.topology.Freshness;
import orchestrator.core.topology.GroupMembership;
import orchestrator.core.topology.Gtid;
import orchestrator.core.topology.Hearing;
import orchestrator.core.topology.Identity;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.ProbePart;
import orchestrator.core.topology.PromotionRule;
import orchestrator.core.topology.SemiSync;
import orchestrator.core.topology.ServerVersion;

/**
 * A server in the making: MySQL 8.0.36, writable, logging rows, read this moment, no replica, no
 * GTIDs. Every method changes that and returns the builder.
 */
public final class InstanceBuilder {
  private final InstanceKey key;
  private final Instant now;
  private Freshness freshness;
  private ServerVersion version = new ServerVersion("8.0.36", "MySQL Community Server - GPL");
  private String serverUuid;
  private boolean readOnly;
  private boolean superReadOnly;
  private Binlog binlog =
      new Binlog(
          true,
          true,
          BinlogFormat.ROW,
          "FULL",
          Optional.of(BinlogCoordinates.binary("mysql-bin.000001", 1000)));
  private Gtid gtid = Gtid.NONE;
  private Optional<Long> serverId = Optional.empty();
  private Optional<ReplicationBuilder> replication = Optional.empty();
  private SemiSync semiSync = SemiSync.NONE;
  private ClassificationBuilder classification = ClassificationBuilder.of(Classification.NONE);
  private Optional<GroupMembership> group = Optional.empty();
  private Set<InstanceKey> reportedReplicas = Set.of();

  InstanceBuilder(InstanceKey key, Instant now) {
    this.key = key;
    this.now = now;
    this.serverUuid = uuidOf(key);
    this.freshness = seen(now);
  }

  /** A UUID that is made of the key alone: the same in every run. */
  public static String uuidOf(InstanceKey key) {
    return String.format("00000000-0000-0000-0000-%08x%04x", key.hostname().hashCode(), key.port());
  }

  boolean hasSource(InstanceKey source) {
    return replication.filter(row -> row.source().equals(source)).isPresent();
  }

  // Freshness

  /** Last read at this moment, successfully. */
  public InstanceBuilder seenAt(Instant at) {
    freshness = seen(at);
    return this;
  }

  /** The latest probe failed now; the one a minute ago succeeded. */
  public InstanceBuilder unreachable() {
    return unreachableSince(now);
  }

  /** A probe failed at this moment; the one a minute before succeeded. */
  public InstanceBuilder unreachableSince(Instant at) {
    freshness = seen(at.minusSeconds(60)).failed(at, false);
    return this;
  }

  /** Like {@link #unreachable()}, but the latest probe got the main variables. */
  public InstanceBuilder unreachableWithPartialSuccess() {
    freshness = seen(now.minusSeconds(60)).failed(now, true);
    return this;
  }

  /** A probe hangs now; the latest answer came this long ago. */
  public InstanceBuilder hangingFor(Duration age) {
    freshness = seen(now.minus(age)).attempting(now);
    return this;
  }

  /** Known by name, never read. */
  public InstanceBuilder neverSeen() {
    freshness = Freshness.NEVER;
    version = ServerVersion.UNKNOWN;
    return this;
  }

  public InstanceBuilder freshness(Freshness newFreshness) {
    freshness = newFreshness;
    return this;
  }

  private static Freshness seen(Instant at) {
    Map<ProbePart, Instant> parts = Map.of(ProbePart.CORE, at, ProbePart.LAG, at);
    return Freshness.seen(at, Duration.ofMillis(1), parts);
  }

  // The server

  public InstanceBuilder version(String text) {
    version = new ServerVersion(text, version.comment());
    return this;
  }

  public InstanceBuilder mariaDb(String text) {
    version = new ServerVersion(text, "mariadb.org binary distribution");
    serverUuid = "";
    return this;
  }

  /** A MaxScale binlog server. */
  public InstanceBuilder binlogServer() {
    version = new ServerVersion("2.5.0-maxscale", "");
    binlog = new Binlog(true, true, BinlogFormat.INHERIT, "", binlog.position());
    readOnly = true;
    return this;
  }

  public InstanceBuilder serverUuid(String uuid) {
    serverUuid = uuid;
    return this;
  }

  public InstanceBuilder serverId(long id) {
    serverId = Optional.of(id);
    return this;
  }

  public InstanceBuilder readOnly() {
    readOnly = true;
    return this;
  }

  public InstanceBuilder superReadOnly() {
    superReadOnly = true;
    return this;
  }

  public InstanceBuilder writable() {
    readOnly = false;
    return this;
  }

  // Binary log and GTIDs

  public InstanceBuilder binlogFormat(BinlogFormat format) {
    binlog =
        new Binlog(
            binlog.enabled(),
            binlog.logReplicaUpdates(),
            format,
            binlog.rowImage(),
            binlog.position());
    return this;
  }

  public InstanceBuilder withoutBinlog() {
    binlog = new Binlog(false, false, binlog.format(), binlog.rowImage(), Optional.empty());
    return this;
  }

  public InstanceBuilder withoutLogReplicaUpdates() {
    binlog =
        new Binlog(binlog.enabled(), false, binlog.format(), binlog.rowImage(), binlog.position());
    return this;
  }

  public InstanceBuilder binlogPosition(String file, long position) {
    binlog =
        new Binlog(
            binlog.enabled(),
            binlog.logReplicaUpdates(),
            binlog.format(),
            binlog.rowImage(),
            Optional.of(BinlogCoordinates.binary(file, position)));
    return this;
  }

  /** {@code gtid_mode} alone; GTIDs of MySQL are on unless it is {@code OFF}. */
  public InstanceBuilder gtidMode(String mode) {
    gtid = new Gtid(mode, gtid.executed(), gtid.purged());
    return this;
  }

  /** GTIDs of MySQL, with this executed set; auto-position if it is a replica already. */
  public InstanceBuilder oracleGtid(String executed) {
    gtid = new Gtid("ON", Optional.of(GtidSet.parse(executed)), Optional.of(GtidSet.parse("")));
    replication = replication.map(ReplicationBuilder::autoPosition);
    return this;
  }

  /** GTIDs of MariaDB, with this position; the replica uses them if it is one already. */
  public InstanceBuilder mariaDbGtid(String position) {
    gtid = new Gtid("", Optional.of(GtidSet.parse(position)), Optional.empty());
    replication = replication.map(ReplicationBuilder::mariaDbGtid);
    return this;
  }

  public InstanceBuilder purged(String purged) {
    gtid = new Gtid(gtid.mode(), gtid.executed(), Optional.of(GtidSet.parse(purged)));
    return this;
  }

  // Replication

  /** Both threads running, nothing behind; keeps the rest of an existing status row. */
  public InstanceBuilder replicatesFrom(String source) {
    return replicatesFrom(TopologyBuilder.key(source));
  }

  public InstanceBuilder replicatesFrom(InstanceKey source) {
    replication = Optional.of(replication.orElseGet(ReplicationBuilder::new).source(source));
    return this;
  }

  public InstanceBuilder withoutReplication() {
    replication = Optional.empty();
    return this;
  }

  /**
   * Changes the status row.
   *
   * @throws IllegalStateException if the server is no replica
   */
  public InstanceBuilder replication(UnaryOperator<ReplicationBuilder> change) {
    replication =
        Optional.of(
            change.apply(
                replication.orElseThrow(() -> new IllegalStateException(key + " is no replica"))));
    return this;
  }

  public InstanceBuilder lagSeconds(long seconds) {
    return replication(row -> row.lagSeconds(seconds));
  }

  public InstanceBuilder delaySeconds(long seconds) {
    return replication(row -> row.delaySeconds(seconds));
  }

  public InstanceBuilder ioThreadStopped() {
    return replication(row -> row.ioThreadStopped(""));
  }

  public InstanceBuilder sqlThreadStopped() {
    return replication(ReplicationBuilder::sqlThreadStopped);
  }

  public InstanceBuilder replicationStopped() {
    return replication(row -> row.ioThreadStopped("").sqlThreadStopped());
  }

  /** As a replica says it whose source went away. */
  public InstanceBuilder failingToConnect() {
    return replication(ReplicationBuilder::failingToConnect);
  }

  /** Says that it replicates, and has missed a heartbeat of its source. */
  public InstanceBuilder deaf() {
    return deaf(7);
  }

  /** The same, having got so many before. */
  public InstanceBuilder deaf(long heartbeats) {
    Instant longAgo = now.minusSeconds(60);
    Hearing hearing =
        new Hearing(
            heartbeats,
            Duration.ofSeconds(30),
            1000,
            Optional.of(new Hearing.Silence(longAgo, longAgo, now)));
    return replication(row -> row.hearing(hearing));
  }

  // The rest

  public InstanceBuilder semiSync(SemiSync newSemiSync) {
    semiSync = newSemiSync;
    return this;
  }

  /** The master side enabled, in force or not, waiting for so many of so many clients. */
  public InstanceBuilder semiSyncMaster(boolean status, int waitForReplicas, int clients) {
    semiSync =
        new SemiSync(
            true,
            1,
            false,
            false,
            true,
            semiSync.replicaEnabled(),
            10_000,
            waitForReplicas,
            status,
            clients,
            semiSync.replicaStatus());
    return this;
  }

  /** The replica side enabled and in force. */
  public InstanceBuilder semiSyncReplica() {
    semiSync =
        new SemiSync(
            true,
            1,
            false,
            false,
            semiSync.masterEnabled(),
            true,
            10_000,
            semiSync.waitForReplicaCount(),
            semiSync.masterStatus(),
            semiSync.masterClients(),
            true);
    return this;
  }

  public InstanceBuilder dataCenter(String dataCenter) {
    classification.dataCenter = dataCenter;
    return this;
  }

  public InstanceBuilder region(String region) {
    classification.region = region;
    return this;
  }

  public InstanceBuilder physicalEnvironment(String environment) {
    classification.physicalEnvironment = environment;
    return this;
  }

  public InstanceBuilder instanceAlias(String alias) {
    classification.instanceAlias = alias;
    return this;
  }

  public InstanceBuilder clusterAlias(String alias) {
    classification.clusterAlias = alias;
    return this;
  }

  public InstanceBuilder clusterDomain(String domain) {
    classification.clusterDomain = domain;
    return this;
  }

  public InstanceBuilder promotionRule(PromotionRule rule) {
    classification.promotionRule = Optional.of(rule);
    return this;
  }

  public InstanceBuilder pseudoGtid() {
    classification.pseudoGtid = true;
    return this;
  }

  public InstanceBuilder classification(Classification newClassification) {
    classification = ClassificationBuilder.of(newClassification);
    return this;
  }

  /** A member of a single-primary group whose primary is the given server. */
  public InstanceBuilder group(String name, String role, String state, String primary) {
    InstanceKey primaryKey = TopologyBuilder.key(primary);
    Set<InstanceKey> members = new TreeSet<>(Set.of(primaryKey));
    members.remove(key);
    group =
        Optional.of(new GroupMembership(name, true, role, state, members, Optional.of(primaryKey)));
    return this;
  }

  /** The other members of its group. */
  public InstanceBuilder groupMembers(String... servers) {
    Set<InstanceKey> members =
        Arrays.stream(servers).map(TopologyBuilder::key).collect(Collectors.toSet());
    members.remove(key);
    group =
        group.map(g ->
            new GroupMembership(
                g.name(), g.singlePrimary(), g.role(), g.state(), members, g.primary()));
    return this;
  }

  /** Its own list of replicas, which need not be true. */
  public InstanceBuilder reportsReplicas(String... replicas) {
    reportedReplicas =
        Arrays.stream(replicas).map(TopologyBuilder::key).collect(Collectors.toSet());
    return this;
  }

  public Instance build() {
    Identity identity =
        new Identity(
            serverId.orElse(Math.floorMod(key.hashCode(), 1_000_000) + 1L),
            serverUuid,
            version,
            key.hostname(),
            "",
            86_400);
    return new Instance(
        key,
        freshness,
        identity,
        readOnly,
        superReadOnly,
        binlog,
        gtid,
        replication.map(ReplicationBuilder::build),
        semiSync,
        classification.build(),
        group,
        reportedReplicas,
        true);
  }
}
