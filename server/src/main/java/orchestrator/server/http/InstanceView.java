package orchestrator.server.http;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import orchestrator.core.facts.Downtime;
import orchestrator.core.gtid.BinlogCoordinates;
import orchestrator.core.gtid.GtidSet;
import orchestrator.core.topology.GroupMembership;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.PromotionRule;
import orchestrator.core.topology.Replication;
import orchestrator.core.topology.ReplicationTls;
import orchestrator.core.topology.SemiSync;
import orchestrator.core.topology.ThreadState;
import orchestrator.core.topology.Topology;

/**
 * A server as the API shows it. The keys and their order, odd spellings and duplicates included,
 * are what clients read.
 */
final class InstanceView {
  private final Picture picture;
  private final Map<String, String> aliases;

  InstanceView(Picture picture) {
    this.picture = picture;
    this.aliases = picture.aliases();
  }

  Body of(Instance instance) {
    return out -> {
      out.startObject();
      identity(out, instance);
      binlog(out, instance);
      threads(out, instance);
      positions(out, instance);
      lag(out, instance);
      place(out, instance);
      semiSync(out, instance.semiSync());
      freshness(out, instance);
      facts(out, instance);
      tls(out, instance.replication().map(Replication::tls).orElse(ReplicationTls.NONE));
      out.texts("Problems", picture.problemsOf(instance));
      out.field("LastDiscoveryLatency", instance.freshness().latency().toNanos());
      group(out, instance.group());
      out.name("QSP");
      out.startObject();
      out.endObject();
      out.endObject();
    };
  }

  private static void identity(Json out, Instance instance) {
    out.field("Key", instance.key());
    out.field("InstanceAlias", instance.classification().instanceAlias());
    out.field("Uptime", instance.identity().uptimeSeconds());
    out.field("ServerID", instance.identity().serverId());
    out.field("ServerUUID", instance.identity().serverUuid());
    out.field("Version", instance.version().text());
    out.field("VersionComment", instance.version().comment());
    out.field("FlavorName", instance.version().flavor().displayName());
    out.field("ReadOnly", instance.readOnly());
  }

  private void binlog(Json out, Instance instance) {
    out.field("Binlog_format", instance.binlog().format().displayName());
    out.field("BinlogRowImage", instance.binlog().rowImage());
    out.field("LogBinEnabled", instance.binlog().enabled());
    out.field("LogSlaveUpdatesEnabled", instance.binlog().logReplicaUpdates());
    out.field("LogReplicationUpdatesEnabled", instance.binlog().logReplicaUpdates());
    out.coordinates("SelfBinlogCoordinates", instance.binlog().position(), false);
    InstanceKey source = instance.replication().map(Replication::source).orElse(InstanceKey.NONE);
    out.field("MasterKey", source);
    out.field("MasterUUID", instance.replication().map(Replication::sourceUuid).orElse(""));
    out.field("AncestryUUID", ancestry(instance));
    out.field("IsDetachedMaster", source.isDetached());
  }

  private String ancestry(Instance instance) {
    String uuids = placeOf(instance).map(place -> String.join(",", place.ancestry())).orElse("");
    String groupName = instance.group().map(GroupMembership::name).orElse("");
    return uuids.isEmpty() || groupName.isEmpty() ? uuids + groupName : uuids + "," + groupName;
  }

  private static void threads(Json out, Instance instance) {
    ThreadState sql = instance.replication().map(Replication::sqlThread).orElse(ThreadState.NONE);
    ThreadState io = instance.replication().map(Replication::ioThread).orElse(ThreadState.NONE);
    out.field("Slave_SQL_Running", sql == ThreadState.RUNNING);
    out.field("ReplicationSQLThreadRuning", sql == ThreadState.RUNNING);
    out.field("Slave_IO_Running", io == ThreadState.RUNNING);
    out.field("ReplicationIOThreadRuning", io == ThreadState.RUNNING);
    out.field("ReplicationSQLThreadState", sql.code());
    out.field("ReplicationIOThreadState", io.code());
  }

  private void positions(Json out, Instance instance) {
    Optional<Replication> replication = instance.replication();
    out.field("HasReplicationFilters", replication.map(Replication::hasFilters).orElse(false));
    out.field("GTIDMode", instance.gtid().mode());
    out.field("SupportsOracleGTID", instance.gtid().supportsOracle());
    out.field("UsingOracleGTID", instance.usesOracleGtid());
    out.field("UsingMariaDBGTID", instance.usesMariaDbGtid());
    out.field("UsingPseudoGTID", instance.classification().pseudoGtid());
    out.coordinates("ReadBinlogCoordinates", replication.map(Replication::read), false);
    out.coordinates("ExecBinlogCoordinates", replication.map(Replication::executed), false);
    out.field("IsDetached", replication.map(Replication::detachedExec).orElse(false));
    out.coordinates("RelaylogCoordinates", relayLog(replication), true);
    out.field("LastSQLError", replication.map(Replication::lastSqlError).orElse(""));
    out.field("LastIOError", replication.map(Replication::lastIoError).orElse(""));
  }

  /** An unknown position is no statement about its kind: shown as that of a relay log. */
  private static Optional<BinlogCoordinates> relayLog(Optional<Replication> replication) {
    return replication.map(Replication::relayLog).filter(c -> !c.isUnknown());
  }

  private void lag(Json out, Instance instance) {
    Optional<Replication> replication = instance.replication();
    OptionalLong lag = replication.map(Replication::lagSeconds).orElse(OptionalLong.empty());
    out.nullable(
        "SecondsBehindMaster",
        replication.map(Replication::secondsBehindSource).orElse(OptionalLong.empty()));
    out.field("SQLDelay", replication.map(Replication::sqlDelaySeconds).orElse(0L));
    out.field("ExecutedGtidSet", text(instance.gtid().executed()));
    out.field("GtidPurged", text(instance.gtid().purged()));
    out.field("GtidErrant", picture.errantGtidOf(instance));
    out.nullable("SlaveLagSeconds", lag);
    out.nullable("ReplicationLagSeconds", lag);
    Set<InstanceKey> replicas = replicas(instance);
    out.keys("SlaveHosts", replicas);
    out.keys("Replicas", replicas);
  }

  private static String text(Optional<GtidSet> set) {
    return set.map(GtidSet::toString).orElse("");
  }

  /** Who says to replicate from it, and whom it names itself as long as they do not deny it. */
  private Set<InstanceKey> replicas(Instance instance) {
    Set<InstanceKey> keys = new TreeSet<>();
    picture.topology().replicasOf(instance.key()).forEach(replica -> keys.add(replica.key()));
    for (InstanceKey reported : instance.reportedReplicas()) {
      if (picture.topology().find(reported).isEmpty()) {
        keys.add(reported);
      }
    }
    return keys;
  }

  private Optional<Topology.Place> placeOf(Instance instance) {
    return picture.topology().find(instance.key()).isPresent()
        ? Optional.of(picture.topology().placeOf(instance.key()))
        : Optional.empty();
  }

  private void place(Json out, Instance instance) {
    Optional<Topology.Place> place = placeOf(instance);
    String clusterName = place.map(Topology.Place::clusterName).orElse("");
    out.field("ClusterName", clusterName);
    out.field(
        "SuggestedClusterAlias",
        aliases.getOrDefault(clusterName, instance.classification().clusterAlias()));
    out.field("DataCenter", instance.classification().dataCenter());
    out.field("Region", instance.classification().region());
    out.field("PhysicalEnvironment", instance.classification().physicalEnvironment());
    out.field("ReplicationDepth", place.map(Topology.Place::depth).orElse(0));
    out.field("IsCoMaster", place.map(Topology.Place::coMaster).orElse(false));
    out.field(
        "HasReplicationCredentials",
        instance.replication().filter(r -> !r.user().isEmpty()).isPresent());
    out.field("ReplicationCredentialsAvailable", instance.credentialsAvailable());
  }

  private static void semiSync(Json out, SemiSync semiSync) {
    out.field("SemiSyncAvailable", semiSync.available());
    out.field("SemiSyncPriority", semiSync.priority());
    out.field("SemiSyncMasterPluginNewVersion", semiSync.masterPluginNewVersion());
    out.field("SemiSyncReplicaPluginNewVersion", semiSync.replicaPluginNewVersion());
    out.field("SemiSyncMasterEnabled", semiSync.masterEnabled());
    out.field("SemiSyncReplicaEnabled", semiSync.replicaEnabled());
    out.field("SemiSyncMasterTimeout", semiSync.masterTimeoutMillis());
    out.field("SemiSyncMasterWaitForReplicaCount", semiSync.waitForReplicaCount());
    out.field("SemiSyncMasterStatus", semiSync.masterStatus());
    out.field("SemiSyncMasterClients", semiSync.masterClients());
    out.field("SemiSyncReplicaStatus", semiSync.replicaStatus());
  }

  private void freshness(Json out, Instance instance) {
    out.time("LastSeenTimestamp", instance.freshness().lastSeen());
    out.field("IsLastCheckValid", instance.isLastCheckValid());
    out.field("IsUpToDate", picture.isUpToDate(instance));
    out.field("IsRecentlyChecked", picture.isRecentlyChecked(instance));
    OptionalLong age =
        instance.freshness().lastSeen().isPresent()
            ? OptionalLong.of(picture.sinceLastSeen(instance).toSeconds())
            : OptionalLong.empty();
    out.nullable("SecondsSinceLastSeen", age);
    out.field("CountMySQLSnapshots", 0);
  }

  private void facts(Json out, Instance instance) {
    PromotionRule rule = picture.promotionRuleOf(instance);
    Optional<Downtime> downtime = picture.downtimeOf(instance.key());
    out.field("IsCandidate", rule == PromotionRule.MUST || rule == PromotionRule.PREFER);
    out.field("PromotionRule", rule.displayName());
    out.field("IsDowntimed", downtime.isPresent());
    out.field("DowntimeReason", downtime.map(Downtime::reason).orElse(""));
    out.field("DowntimeOwner", downtime.map(Downtime::owner).orElse(""));
    out.time("DowntimeEndTimestamp", downtime.map(Downtime::end));
    out.field(
        "ElapsedDowntime",
        downtime.map(d -> Duration.between(d.begin(), picture.now()).toNanos()).orElse(0L));
    out.field(
        "UnresolvedHostname",
        picture.state().nameForReplicas(instance.key().hostname(), picture.now()).orElse(""));
  }

  private static void tls(Json out, ReplicationTls tls) {
    out.field("AllowTLS", tls.allowed());
    out.field("ReplicationSSLCAFile", tls.caFile());
    out.field("ReplicationSSLCAPath", tls.caPath());
    out.field("ReplicationSSLCert", tls.cert());
    out.field("ReplicationSSLCipher", tls.cipher());
    out.field("ReplicationSSLCRLFile", tls.crlFile());
    out.field("ReplicationSSLCRLPath", tls.crlPath());
    out.field("ReplicationSSLKey", tls.key());
    out.nullable("ReplicationSSLVerifyServerCert", tls.verifyServerCert());
    out.field("ReplicationTLSVersion", tls.tlsVersion());
    out.field("ReplicationTLSCiphersuites", tls.tlsCiphersuites());
    out.field("ReplicationSourcePublicKeyPath", tls.publicKeyPath());
    out.nullable("ReplicationGetSourcePublicKey", tls.getPublicKey());
  }

  private static void group(Json out, Optional<GroupMembership> group) {
    out.field("ReplicationGroupName", group.map(GroupMembership::name).orElse(""));
    out.field(
        "ReplicationGroupIsSinglePrimary", group.map(GroupMembership::singlePrimary).orElse(false));
    out.field("ReplicationGroupMemberState", group.map(GroupMembership::state).orElse(""));
    out.field("ReplicationGroupMemberRole", group.map(GroupMembership::role).orElse(""));
    out.keys(
        "ReplicationGroupMembers",
        new TreeSet<>(group.map(GroupMembership::members).orElse(Set.of())));
    out.field(
        "ReplicationGroupPrimaryInstanceKey",
        group.flatMap(GroupMembership::primary).orElse(InstanceKey.NONE));
  }
}
