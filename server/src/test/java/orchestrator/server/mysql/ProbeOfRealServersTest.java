package orchestrator.server.mysql;

import static orchestrator.server.mysql.RealServers.SOON;
import static orchestrator.server.mysql.RealServers.key;
import static orchestrator.server.mysql.RealServers.probe;
import static orchestrator.server.mysql.RealServers.seen;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import orchestrator.core.topology.BinlogFormat;
import orchestrator.core.topology.Flavor;
import orchestrator.core.topology.Hearing;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.ProbePart;
import orchestrator.core.topology.PromotionRule;
import orchestrator.core.topology.Replication;
import orchestrator.core.topology.ThreadState;
import orchestrator.sandbox.Sandbox;
import orchestrator.sandbox.SandboxServer;
import orchestrator.sandbox.SandboxSpec;
import orchestrator.sandbox.ServerKind;
import orchestrator.server.engine.ProbeResult;
import orchestrator.server.engine.ProbeResult.Failure;
import orchestrator.server.engine.Servers.ProbeDepth;
import orchestrator.server.mysql.TopologyAccess.Classifiers;
import orchestrator.server.mysql.TopologyAccess.Discovery;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What is read of master A and its replicas B and C, as the user with the least privilege. */
@ParameterizedClass
@EnumSource(ServerKind.class)
class ProbeOfRealServersTest {
  private static @Nullable Sandbox sandbox;

  @Parameter ServerKind kind = ServerKind.MYSQL_8_0;

  private MySqlServers servers = RealServers.manager(RealServers.access());

  @BeforeParameterizedClassInvocation
  static void start(ServerKind kind) {
    Sandbox started = Sandbox.start(SandboxSpec.masterAndReplicas(kind, 2));
    started.master().sql("CREATE TABLE app.t (id INT PRIMARY KEY)", "INSERT INTO app.t VALUES (1)");
    started.awaitCaughtUp(Duration.ofSeconds(30));
    sandbox = started;
  }

  @AfterParameterizedClassInvocation
  static void stop() {
    sandbox().close();
  }

  @AfterEach
  void close() {
    servers.close();
  }

  private static Sandbox sandbox() {
    if (sandbox == null) {
      throw new IllegalStateException("not started");
    }
    return sandbox;
  }

  private static SandboxServer a() {
    return sandbox().server("A");
  }

  private static SandboxServer b() {
    return sandbox().server("B");
  }

  private void use(TopologyAccess access) {
    servers.close();
    servers = RealServers.manager(access);
  }

  @Test
  void readsAMaster() {
    Instance master = probe(servers, key(a()));

    assertThat(master.key()).isEqualTo(key(a()));
    assertThat(master.identity().serverId()).isEqualTo(a().serverId());
    assertThat(master.identity().version().text()).startsWith(kind.version());
    assertThat(master.version().flavor())
        .isEqualTo(kind.isMariaDb() ? Flavor.MARIADB : Flavor.MYSQL);
    assertThat(master.identity().serverUuid().length()).isEqualTo(kind.isMariaDb() ? 0 : 36);
    assertThat(master.identity().reportHost()).isEqualTo("127.0.0.1");
    assertThat(master.identity().uptimeSeconds()).isBetween(0L, 600L);
    assertThat(master.readOnly()).isFalse();
    assertThat(master.replication()).isEmpty();
    assertThat(master.isMaster()).isTrue();
    assertThat(master.freshness().parts()).containsKeys(ProbePart.CORE, ProbePart.REPLICAS);
  }

  @Test
  void readsTheBinaryLogAndTheExecutedSet() {
    Instance master = probe(servers, key(a()));

    assertThat(master.binlog().enabled()).isTrue();
    assertThat(master.binlog().logReplicaUpdates()).isTrue();
    assertThat(master.binlog().format()).isEqualTo(BinlogFormat.ROW);
    assertThat(master.binlog().rowImage()).isEqualTo("FULL");
    assertThat(master.binlog().position().orElseThrow().logPos()).isPositive();
    assertThat(master.gtid().executed().orElseThrow().toString()).isEqualTo(a().executedGtidSet());
    assertThat(master.gtid().mode()).isEqualTo(kind.isMariaDb() ? "" : "ON");
  }

  @Test
  void readsAReplica() {
    Instance replica = probe(servers, key(b()));
    Replication replication = replica.replication().orElseThrow();

    assertThat(replica.readOnly()).isTrue();
    assertThat(replica.isReplicating()).isTrue();
    assertThat(replication.source()).isEqualTo(key(a()));
    assertThat(replication.user()).isEqualTo("repl");
    assertThat(replication.usesGtid()).isTrue();
    assertThat(replication.mariaDbGtid()).isEqualTo(kind.isMariaDb());
    assertThat(replication.read().logFile()).isEqualTo("binlog.000001");
    assertThat(replication.executed()).isEqualTo(replication.read());
    assertThat(replication.relayLog().logFile()).startsWith("relay.");
    assertThat(replication.secondsBehindSource()).hasValue(0);
    assertThat(replication.lagSeconds()).hasValue(0);
    assertThat(replication.hasFilters()).isFalse();
    assertThat(replication.retrieved()).isPresent();
    assertThat(replica.gtid().executed().orElseThrow().toString()).isEqualTo(a().executedGtidSet());
    assertThat(replica.credentialsAvailable()).isEqualTo(!kind.isMariaDb());
  }

  @Test
  void countsTheHeartbeatsOfAReplica() {
    Hearing before = awaitHearing(hearing -> true);

    assertThat(before.period()).isEqualTo(Duration.ofSeconds(1));
    assertThat(awaitHearing(now -> now.heartbeats() > before.heartbeats()).relayLogBytes())
        .as("a heartbeat is not written down")
        .isEqualTo(before.relayLogBytes());
    assertThat(probe(servers, key(a())).replication()).isEmpty();
  }

  /** Else the silence before it, and what came after it, would be taken for one. */
  @Test
  void seesThatAReplicaHasConnectedAnew() {
    Hearing before = awaitHearing(hearing -> true);
    a().query("SELECT ID AS id FROM information_schema.PROCESSLIST WHERE COMMAND LIKE 'Binlog%'")
        .forEach(row -> a().sql("KILL " + row.get("id")));

    awaitHearing(now -> now.relayLogBytes() != before.relayLogBytes());
  }

  /** As a user of old, who was not granted to see them. */
  @Test
  void readsAReplicaWhoseHeartbeatsItMayNotSee() {
    assumeFalse(kind.isMariaDb(), "whoever sees the replica status sees them");
    b().sql(
            "SET SESSION sql_log_bin=0",
            "CREATE USER old@'127.%' IDENTIFIED BY 'old'",
            "GRANT PROCESS, REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO old@'127.%'");
    try {
      use(TopologyAccess.of("old", "old").with(TopologyAccess.ServerName.AS_GIVEN));
      Replication replication = probe(servers, key(b())).replication().orElseThrow();

      assertThat(replication.isRunning()).isTrue();
      assertThat(replication.hearing()).isEmpty();
    } finally {
      b().sql("SET SESSION sql_log_bin=0", "DROP USER old@'127.%'");
    }
  }

  private Hearing awaitHearing(Predicate<Hearing> condition) {
    return await()
        .atMost(SOON)
        .until(
            () -> probe(servers, key(b())).replication().flatMap(Replication::hearing),
            hearing -> hearing.filter(condition).isPresent())
        .orElseThrow();
  }

  @Test
  void findsReplicasWithTheirPorts() {
    InstanceKey[] replicas =
        sandbox().replicas().stream().map(RealServers::key).toArray(InstanceKey[]::new);

    assertThat(probe(servers, key(a())).reportedReplicas()).containsExactlyInAnyOrder(replicas);

    use(
        RealServers.access()
            .with(new Discovery(true, k -> false, u -> false, Duration.ofSeconds(10))));
    assertThat(probe(servers, key(a())).reportedReplicas()).containsExactlyInAnyOrder(replicas);
  }

  @Test
  void skipsAReplicaOfAFilteredUser() {
    use(
        RealServers.access()
            .with(new Discovery(false, k -> false, "repl"::equals, Duration.ofSeconds(10))));

    assertThat(servers.probe(key(b()), ProbeDepth.REGULAR, SOON))
        .isInstanceOf(ProbeResult.Skipped.class);
    assertThat(probe(servers, key(a())).reportedReplicas()).isEmpty();
  }

  @Test
  void readsABrokenReplica() {
    SandboxServer b = b();
    b.sql("SET SESSION sql_log_bin=0", "DROP TABLE app.t");
    try {
      a().sql("INSERT INTO app.t VALUES (2)");
      Awaitility.await()
          .atMost(SOON)
          .untilAsserted(() -> {
            Replication broken = probe(servers, key(b)).replication().orElseThrow();
            assertThat(broken.sqlThread()).isEqualTo(ThreadState.STOPPED);
            assertThat(broken.ioThread()).isEqualTo(ThreadState.RUNNING);
            assertThat(broken.lastSqlError()).isNotEmpty();
            assertThat(broken.secondsBehindSource()).isEmpty();
            assertThat(broken.isSqlThreadUpToDate()).isFalse();
          });
    } finally {
      b.sql(
          "SET SESSION sql_log_bin=0",
          "CREATE TABLE app.t (id INT PRIMARY KEY)",
          "INSERT INTO app.t VALUES (1)",
          "START SLAVE");
      b.awaitReplicating(SOON);
    }
  }

  @Test
  void classifiesByQueriesAndPatterns() {
    use(
        RealServers.access()
            .with(
                new Classifiers(
                    Map.of(
                        UserQuery.LAG, "SELECT 7;",
                        UserQuery.REGION, "SELECT 'north'",
                        UserQuery.INSTANCE_ALIAS, "SELECT CONCAT('i', @@server_id)",
                        UserQuery.PROMOTION_RULE, "SELECT 'prefer'",
                        UserQuery.SEMI_SYNC_PRIORITY, "SELECT 3",
                        UserQuery.CLUSTER_ALIAS, "SELECT 'shop'"),
                    Optional.of(Pattern.compile("^(127)\\.")),
                    Optional.empty(),
                    Optional.empty())));

    Instance replica = probe(servers, key(b()));

    assertThat(replica.replication().orElseThrow().lagSeconds()).hasValue(7);
    assertThat(replica.classification().dataCenter()).isEqualTo("127");
    assertThat(replica.classification().region()).isEqualTo("north");
    assertThat(replica.classification().instanceAlias()).isEqualTo("i" + b().serverId());
    assertThat(replica.classification().clusterAlias()).isEqualTo("shop");
    assertThat(replica.classification().promotionRule()).contains(PromotionRule.PREFER);
    assertThat(replica.semiSync().priority()).isEqualTo(3);
    assertThat(replica.freshness().parts()).containsKeys(ProbePart.LAG, ProbePart.CLASSIFICATION);
  }

  /** No server must be promoted whatever it has: people cannot register that rule either. */
  @Test
  void aRuleThatPeopleCannotRegisterIsNoneWhenAQuerySaysIt() {
    for (String rule : List.of("must", "nonsense", "")) {
      use(
          RealServers.access()
              .with(
                  new Classifiers(
                      Map.of(UserQuery.PROMOTION_RULE, "SELECT '" + rule + "'"),
                      Optional.empty(),
                      Optional.empty(),
                      Optional.empty())));
      assertThat(probe(servers, key(b())).classification().promotionRule()).as(rule).isEmpty();
    }
  }

  @Test
  void doesNotLetAQueryThatFailsOrHangsHarmTheVerdict() {
    Duration query = Duration.ofSeconds(2);
    use(
        RealServers.access()
            .with(
                new Classifiers(
                    Map.of(
                        UserQuery.LAG, "SELECT lag FROM no_such_schema.heartbeat",
                        UserQuery.REGION, "SELECT SLEEP(30)"),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty()))
            .with(
                new TopologyAccess.Timeouts(
                    Duration.ofSeconds(2),
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(5),
                    query,
                    Duration.ZERO)));

    Instance first = probe(servers, key(b()));
    Instance second = probe(servers, key(b()));

    assertThat(first.replication().orElseThrow().lagSeconds()).hasValue(0);
    assertThat(first.isLastCheckValid()).isTrue();
    assertThat(first.freshness().parts()).doesNotContainKeys(ProbePart.LAG);
    assertThat(second.freshness().latency()).as("not asked again").isLessThan(query);
  }

  @Test
  void asksOnNewGroundWhenItsConnectionWasKilled() {
    probe(servers, key(b()));
    connections().forEach(row -> b().sql("KILL " + row.get("ID")));

    assertThat(probe(servers, key(b())).isLastCheckValid()).isTrue();
  }

  @Test
  void costsOnePacketOnOneConnection() {
    await().atMost(SOON).until(() -> connections().isEmpty()); // those of other managers
    probe(servers, key(b()));
    long before = questions();
    for (int i = 0; i < 20; i++) {
      probe(servers, key(b()));
    }

    // Four or five statements, counted one by one; the query that counts is one as well.
    assertThat(questions() - before).isBetween(20 * 3L, 20 * 6L);
    assertThat(connections()).as("one to read, one spare to act").hasSizeBetween(1, 2);
  }

  private static List<Map<String, String>> connections() {
    return b().query("SELECT ID FROM information_schema.PROCESSLIST WHERE USER='orchestrator'");
  }

  private static long questions() {
    return Long.parseLong(
        b().query("SHOW GLOBAL STATUS LIKE 'Questions'").getFirst().getOrDefault("Value", "0"));
  }

  @Test
  void timesOutOnAHungServerAndSeesItWhenItGoesOn() {
    probe(servers, key(b()));
    b().freeze();
    try {
      long started = System.nanoTime();
      ProbeResult hung = servers.probe(key(b()), ProbeDepth.REGULAR, Duration.ofMillis(400));
      Duration took = Duration.ofNanos(System.nanoTime() - started);

      assertThat(((ProbeResult.Failed) hung).failure()).isEqualTo(Failure.TIMEOUT);
      assertThat(took).isBetween(Duration.ofMillis(350), Duration.ofMillis(1200));
      assertThat(
              ((ProbeResult.Failed)
                      servers.probe(key(b()), ProbeDepth.REGULAR, Duration.ofMillis(400)))
                  .failure())
          .isEqualTo(Failure.TIMEOUT);
    } finally {
      b().resume();
    }
    assertThat(probe(servers, key(b())).isLastCheckValid()).isTrue();
  }

  @Test
  void givesUpAnOpenConnectionThatIsSilentForANewOneWhenUrgent() throws Exception {
    try (FaultyProxy proxy = new FaultyProxy(b().port(), FaultyProxy.Fault.NONE)) {
      InstanceKey key = new InstanceKey("127.0.0.1", proxy.port());
      probe(servers, key);
      proxy.silenceOpenConnections();

      assertThat(servers.probe(key, ProbeDepth.URGENT, SOON)).isInstanceOf(ProbeResult.Seen.class);
    }
  }

  @Test
  void doesNotWaitForAnotherProbeThatHangsWhenUrgent() throws Exception {
    try (FaultyProxy proxy = new FaultyProxy(b().port(), FaultyProxy.Fault.NONE)) {
      InstanceKey key = new InstanceKey("127.0.0.1", proxy.port());
      probe(servers, key);
      proxy.silenceOpenConnections();
      int requests = proxy.requests();
      var hanging =
          CompletableFuture.supplyAsync(
              () -> servers.probe(key, ProbeDepth.REGULAR, SOON), Thread::startVirtualThread);
      await().until(() -> proxy.requests() > requests);

      assertThat(servers.probe(key, ProbeDepth.URGENT, SOON)).isInstanceOf(ProbeResult.Seen.class);
      assertThat(hanging).isNotDone();
      assertThat(hanging.get()).isInstanceOf(ProbeResult.Failed.class);
    }
  }

  @Test
  void isToldThatAWrongPasswordIsRefused() {
    use(TopologyAccess.of("orchestrator", "wrong").with(TopologyAccess.ServerName.AS_GIVEN));

    ProbeResult.Failed failed =
        (ProbeResult.Failed) servers.probe(key(a()), ProbeDepth.REGULAR, SOON);

    assertThat(failed.failure()).isEqualTo(Failure.ACCESS_DENIED);
    assertThat(failed.reason()).contains("Access denied for user 'orchestrator'");
  }

  @Test
  void isToldThatAPrivilegeIsMissing() {
    use(TopologyAccess.of("app", "app").with(TopologyAccess.ServerName.AS_GIVEN));

    ProbeResult.Failed failed =
        (ProbeResult.Failed) servers.probe(key(b()), ProbeDepth.REGULAR, SOON);

    assertThat(failed.failure()).isEqualTo(Failure.ACCESS_DENIED);
    assertThat(failed.partialSuccess()).isTrue();
    assertThat(failed.reason()).contains("privilege");
  }

  @Test
  void knowsAServerByItsOwnName() {
    use(RealServers.access().with(TopologyAccess.ServerName.HOSTNAME));

    Instance server = seen(servers.probe(key(b()), ProbeDepth.FULL, SOON));

    assertThat(server.key()).isEqualTo(new InstanceKey(server.identity().hostname(), b().port()));
    assertThat(server.sourceKey())
        .contains(new InstanceKey(server.identity().hostname(), a().port()));
  }

  @Test
  void isNotMisledByAServerThatTalksNonsenseOrHalfAnAnswer() throws Exception {
    for (FaultyProxy.Fault fault :
        new FaultyProxy.Fault[] {
          FaultyProxy.Fault.NONSENSE,
          FaultyProxy.Fault.HALF_AN_ANSWER,
          FaultyProxy.Fault.CLOSE,
          FaultyProxy.Fault.TRICKLE,
          FaultyProxy.Fault.SILENCE
        }) {
      try (FaultyProxy proxy = new FaultyProxy(b().port(), FaultyProxy.Fault.NONE)) {
        InstanceKey key = new InstanceKey("127.0.0.1", proxy.port());
        probe(servers, key);
        proxy.set(fault);
        long started = System.nanoTime();
        ProbeResult result = servers.probe(key, ProbeDepth.REGULAR, Duration.ofMillis(500));

        assertThat(result).as(fault.toString()).isInstanceOf(ProbeResult.Failed.class);
        assertThat(Duration.ofNanos(System.nanoTime() - started))
            .as(fault.toString())
            .isLessThan(Duration.ofSeconds(2));
        proxy.set(FaultyProxy.Fault.NONE);
        assertThat(probe(servers, key).isLastCheckValid()).as(fault.toString()).isTrue();
      }
    }
  }
}
