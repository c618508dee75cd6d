package orchestrator.server.app;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import orchestrator.core.analysis.AnalysisPolicy;
import orchestrator.core.analysis.ClusterRule;
import orchestrator.core.binlog.PseudoGtid;
import orchestrator.core.facts.HookPoint;
import orchestrator.core.recovery.RecoveryPolicy;
import orchestrator.core.recovery.SafetyPolicy;
import orchestrator.core.relocation.CanReplicate;
import orchestrator.server.config.ClassificationConfiguration;
import orchestrator.server.config.ClusterFilter;
import orchestrator.server.config.Configuration;
import orchestrator.server.config.DiscoveryConfiguration;
import orchestrator.server.config.PseudoGtidConfiguration;
import orchestrator.server.config.RecoveryConfiguration;
import orchestrator.server.config.ReplicationConfiguration;
import orchestrator.server.config.TopologyAccessConfiguration;
import orchestrator.server.engine.detection.DetectionSettings;
import orchestrator.server.engine.discovery.DiscoverySettings;
import orchestrator.server.http.Authentication;
import orchestrator.server.http.HttpSettings;
import orchestrator.server.http.ViewSettings;
import orchestrator.server.mysql.HostnameResolver;
import orchestrator.server.mysql.SystemNames;
import orchestrator.server.mysql.TopologyAccess;
import orchestrator.server.mysql.UserQuery;

/** What each part of the program is told of the configuration. */
final class Settings {
  /** The longest an operator's query may run: it must never hold up what says who is alive. */
  private static final Duration USER_QUERY = Duration.ofSeconds(2);

  private final Configuration configuration;

  Settings(Configuration configuration) {
    this.configuration = configuration;
  }

  DiscoverySettings discovery() {
    DiscoveryConfiguration discovery = configuration.discovery();
    TopologyAccessConfiguration access = configuration.topologyAccess();
    var filters = configuration.discoveryFilters();
    // Unreachable servers get a lane of their own in any case: they must not hold up the others.
    int deadLane =
        discovery.deadMaxConcurrency() > 0
            ? discovery.deadMaxConcurrency()
            : discovery.maxConcurrency();
    return new DiscoverySettings(
        discovery.pollInterval(),
        access.connectTimeout().plus(access.probeReadTimeout()),
        discovery.maxConcurrency(),
        deadLane,
        discovery.deadPollFactor(),
        discovery.deadPollMaxInterval(),
        discovery.forgetUnseenAfter(),
        filters.ignoredServers()::matches,
        filters.ignoredReplicas()::matches,
        filters.ignoredMasters()::matches,
        new DiscoverySettings.Logging(discovery.logDeadInstances(), filters.logFilteredUsers()));
  }

  AnalysisPolicy analysis() {
    return new AnalysisPolicy(
        configuration.discovery().pollInterval(),
        configuration.discovery().reasonableCheckDelay(),
        configuration.replication().reasonableLag(),
        configuration.replication().reasonableMaintenanceLag(),
        configuration.semiSync().reasonableLock(),
        configuration.semiSync().enforceExactReplicas(),
        configuration.recovery().recoverNonWriteableMaster(),
        rule(configuration.recovery().masterClusters()),
        rule(configuration.recovery().intermediateMasterClusters()),
        configuration.analysis().ignoredHosts()::matches,
        configuration.classification().clusterAliases()::aliasFor);
  }

  private static ClusterRule rule(ClusterFilter filter) {
    return filter::matches;
  }

  DetectionSettings detection() {
    var failures = configuration.analysis();
    return new DetectionSettings(
        analysis(),
        configuration.discovery().pollInterval().multipliedBy(3),
        configuration.analysis().detectionBlock(),
        cluster -> failures.minimumFailureDuration(cluster.name(), cluster.alias()),
        configuration.hooks().commands(HookPoint.ON_FAILURE_DETECTION),
        configuration.hooks().timeout());
  }

  RecoveryPolicy recovery() {
    RecoveryConfiguration recovery = configuration.recovery();
    ReplicationConfiguration replication = configuration.replication();
    return new RecoveryPolicy(
        new RecoveryPolicy.Promotion(
            recovery.preventCrossDataCenter(),
            recovery.preventCrossRegion(),
            recovery.failPromotionOnLag().orElse(Duration.ZERO),
            recovery.failPromotionIfNotUpToDate(),
            recovery.delayPromotionUntilUpToDate(),
            recovery.applyPromotion(),
            recovery.detachPromoted(),
            replication.superReadOnly(),
            configuration.classification().neverPromoted()::matches,
            recovery.promoteOnlyOtherCoMaster()),
        new RecoveryPolicy.Replicas(
            recovery.detachLostReplicas(),
            recovery.postponeReplicaOnLag().orElse(Duration.ZERO),
            replication.maxConcurrentReplicaOperations(),
            configuration.semiSync().enforceExactReplicas(),
            configuration.semiSync().recoverLockedMaster()),
        new RecoveryPolicy.Waits(
            configuration.discovery().bulkOperationWait(),
            replication.reasonableLag(),
            configuration.hooks().timeout()),
        recovery.block(),
        recovery.acknowledgeComplete(),
        configuration.keyValueStores().clusterMasterPrefix(),
        hooks(),
        new CanReplicate.Policy(
            replication.lowerReplicaVersionAllowed(),
            replication.verifyFilters(),
            replication.reasonableMaintenanceLag()),
        recovery.budget(),
        safety(recovery),
        pseudoGtid());
  }

  private Optional<PseudoGtid> pseudoGtid() {
    PseudoGtidConfiguration pseudoGtid = configuration.pseudoGtid();
    return pseudoGtid
        .pattern()
        .map(pattern ->
            new PseudoGtid(
                pattern,
                pseudoGtid.monotonicHint(),
                pseudoGtid.binlogEventsPerStatement(),
                pseudoGtid.ignoredEvents()));
  }

  private static SafetyPolicy safety(RecoveryConfiguration recovery) {
    ClusterFilter refuse = recovery.refuseLoss();
    ClusterFilter ask = recovery.askBeforeLoss();
    return new SafetyPolicy(
        recovery.reattachReturned(),
        (name, alias) -> {
          if (refuse.matches(name, alias)) {
            return SafetyPolicy.Durability.REFUSE_LOSS;
          }
          return ask.matches(name, alias)
              ? SafetyPolicy.Durability.ASK
              : SafetyPolicy.Durability.ALLOW_LOSS;
        },
        recovery.goOnUnfenced(),
        recovery.endClientConnections(),
        Optional.empty());
  }

  private Map<HookPoint, List<String>> hooks() {
    Map<HookPoint, List<String>> hooks = new EnumMap<>(HookPoint.class);
    for (HookPoint point : HookPoint.values()) {
      List<String> commands = configuration.hooks().commands(point);
      if (!commands.isEmpty()) {
        hooks.put(point, commands);
      }
    }
    return hooks;
  }

  TopologyAccess topologyAccess() {
    TopologyAccessConfiguration access = configuration.topologyAccess();
    return new TopologyAccess(
        access.credentials().user(),
        access.credentials().password(),
        new TopologyAccess.Timeouts(
            access.connectTimeout(),
            access.probeReadTimeout(),
            access.actionReadTimeout(),
            USER_QUERY,
            access.connectionLifetime()),
        tls(access),
        switch (configuration.nameResolution().serverMethod()) {
          case HOSTNAME -> TopologyAccess.ServerName.HOSTNAME;
          case REPORT_HOST -> TopologyAccess.ServerName.REPORT_HOST;
          case NONE -> TopologyAccess.ServerName.AS_GIVEN;
        },
        new TopologyAccess.Discovery(
            configuration.discovery().byRegisteredReplicas(),
            configuration.discoveryFilters().ignoredReplicas()::matches,
            configuration.discoveryFilters().ignoredReplicationUsers()::matches,
            TopologyAccess.Discovery.DEFAULT.dumpThreadInterval()),
        classifiers(),
        configuration.replication().credentialsQuery().orElse(""),
        Optional.empty());
  }

  /**
   * @param registered the hosts that are registered with a name for replicas
   */
  HostnameResolver hostnames(
      SystemNames lookup, InstantSource clock, Function<String, List<String>> registered) {
    var names = configuration.nameResolution();
    HostnameResolver.Method method =
        switch (names.networkMethod()) {
          case DEFAULT -> HostnameResolver.Method.DEFAULT;
          case NONE -> HostnameResolver.Method.NONE;
          case CNAME -> HostnameResolver.Method.CNAME;
          case IP -> HostnameResolver.Method.IP;
        };
    return new HostnameResolver(
        method, names.expiry(), names.rejectedNames(), lookup, clock, registered);
  }

  private static TopologyAccess.Tls tls(TopologyAccessConfiguration access) {
    TopologyAccess.Tls.Mode mode =
        access.alwaysTls()
            ? TopologyAccess.Tls.Mode.ALWAYS
            : access.tlsWhereRequired()
                ? TopologyAccess.Tls.Mode.MIXED
                : TopologyAccess.Tls.Mode.NEVER;
    return new TopologyAccess.Tls(
        mode,
        access.tlsSkipVerify(),
        access.tlsAuthorityFile().map(Object::toString).orElse(""),
        TopologyAccess.Tls.MIXED.retryAfter());
  }

  private TopologyAccess.Classifiers classifiers() {
    ClassificationConfiguration classification = configuration.classification();
    Map<UserQuery, String> queries = new EnumMap<>(UserQuery.class);
    for (UserQuery query : UserQuery.values()) {
      Optional<String> sql =
          switch (query) {
            case LAG -> configuration.replication().lagQuery();
            case DATA_CENTER -> classification.dataCenterQuery();
            case REGION -> classification.regionQuery();
            case PHYSICAL_ENVIRONMENT -> classification.physicalEnvironmentQuery();
            case INSTANCE_ALIAS -> classification.instanceAliasQuery();
            case PROMOTION_RULE -> classification.promotionRuleQuery();
            case SEMI_SYNC_PRIORITY -> configuration.semiSync().priorityQuery();
            case CLUSTER_ALIAS -> classification.clusterAliasQuery();
            case CLUSTER_DOMAIN -> classification.clusterDomainQuery();
            case PSEUDO_GTID ->
                configuration.pseudoGtid().injected()
                    ? Optional.empty() // it is known where markers are injected
                    : configuration.pseudoGtid().detectionQuery();
          };
      sql.ifPresent(text -> queries.put(query, text));
    }
    return new TopologyAccess.Classifiers(
        queries,
        classification.dataCenterPattern(),
        classification.regionPattern(),
        classification.physicalEnvironmentPattern());
  }

  HttpSettings http() {
    var http = configuration.http();
    return new HttpSettings(
        http.listenAddress().host().orElse(""),
        http.listenAddress().port(),
        http.urlPrefix(),
        http.statusEndpoint(),
        http.readOnly(),
        authentication(),
        messagePrefix(),
        Duration.ofSeconds(5));
  }

  /**
   * Ways that are not built yet were refused when the configuration was read; they let nobody act.
   */
  private Authentication authentication() {
    var http = configuration.http();
    return switch (http.authentication()) {
      case NONE -> new Authentication.None();
      case BASIC -> new Authentication.Basic(http.authUser(), http.authPassword());
      case MULTI -> new Authentication.Multi(http.authUser(), http.authPassword());
      case PROXY ->
          new Authentication.Proxy(http.authUserHeader(), http.powerUsers(), http.powerGroups());
      case TOKEN, OAUTH -> new Authentication.NobodyActs();
    };
  }

  private String messagePrefix() {
    var web = configuration.web();
    List<String> names = new ArrayList<>();
    switch (web.identity()) {
      case NONE -> {
        return "";
      }
      case FQDN -> names.addAll(List.of(fullHostname(), hostname(), web.customIdentity()));
      case HOSTNAME -> names.addAll(List.of(hostname(), web.customIdentity()));
      case CUSTOM -> names.add(web.customIdentity());
    }
    return names.stream()
        .filter(name -> !name.isEmpty())
        .findFirst()
        .map(name -> "Orchestrator " + name + " says: ")
        .orElse("");
  }

  ViewSettings views() {
    return new ViewSettings(
        analysis(),
        configuration.classification().promotionRuleLifetime(),
        configuration.nameResolution().expiry(),
        new ViewSettings.Pools(
            configuration.classification().poolLifetime(),
            configuration.classification().fuzzyPoolHostnames()),
        configuration.topologyAccess().defaultPort(),
        configuration.replication().superReadOnly(),
        configuration.discoveryFilters().serversWithoutProblems()::matches,
        configuration.classification().notForSchemaChanges()::matches,
        new ViewSettings.RecoveryFilters(
            configuration.recovery().masterClusters().entries(),
            configuration.recovery().intermediateMasterClusters().entries(),
            configuration.analysis().ignoredHosts().entries()),
        configuration.recovery().budget());
  }

  static String hostname() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }

  private static String fullHostname() {
    try {
      return InetAddress.getLocalHost().getCanonicalHostName();
    } catch (UnknownHostException e) {
      return "";
    }
  }
}
