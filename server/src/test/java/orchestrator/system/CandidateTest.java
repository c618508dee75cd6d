package orchestrator.system;

import static orchestrator.system.Managed.keyOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import orchestrator.core.facts.Candidate;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.facts.ReplicaFate;
import orchestrator.core.state.Command;
import orchestrator.core.topology.PromotionRule;
import orchestrator.sandbox.Sandbox;
import orchestrator.sandbox.SandboxServer;
import orchestrator.sandbox.SandboxSpec;
import orchestrator.sandbox.ServerKind;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Who is promoted when the master dies, and with which transactions. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CandidateTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  private Sandbox sandbox;
  private SandboxServer a;
  private SandboxServer b;
  private SandboxServer c;
  private SandboxServer d;

  @BeforeAll
  void startServers() {
    sandbox = Sandbox.start(SandboxSpec.masterAndReplicas(ServerKind.MYSQL_8_0, 3));
    a = sandbox.server("A");
    b = sandbox.server("B");
    c = sandbox.server("C");
    d = sandbox.server("D");
  }

  @AfterAll
  void stopServers() {
    sandbox.close();
  }

  @BeforeEach
  void resetServers() {
    Servers.reset(sandbox);
  }

  @Test
  void candidateWithABrokenSqlThreadIsPassedOver(@TempDir Path folder) {
    try (Managed managed = Managed.over(sandbox, folder, ManagerConfiguration.quick())) {
      rule(managed, c, PromotionRule.PREFER);
      c.sql("SET sql_log_bin=0", "INSERT INTO app.ledger VALUES (7)");
      Servers.write(a, 7);
      SandboxServer.await(
          "the SQL thread of C is broken",
          LIMIT,
          () -> "No".equals(c.replicaStatus().get("Slave_SQL_Running")));
      b.awaitCaughtUpWith(a, LIMIT);
      d.awaitCaughtUpWith(a, LIMIT);
      a.kill();

      RecoveryTicket ticket = managed.awaitRecoveryOf(a);
      SandboxServer promoted = managed.promotedBy(ticket);
      assertThat(promoted).as(managed.protocolOf(ticket).toString()).isIn(b, d);
      assertThat(Servers.writable(sandbox)).containsExactly(promoted);
      assertThat(ticket.replicasWith(ReplicaFate.Kind.PENDING)).isEmpty();
    }
  }

  @Test
  void candidateThatDiesDuringTheRecoveryIsReplacedByAnother(@TempDir Path folder) {
    ManagerConfiguration configuration =
        ManagerConfiguration.quick()
            .with("PreFailoverProcesses", List.of("kill -9 " + b.pid().orElseThrow()));
    try (Managed managed = Managed.over(sandbox, folder, configuration)) {
      rule(managed, b, PromotionRule.MUST);
      a.kill();

      RecoveryTicket ticket = managed.awaitRecoveryOf(a);
      SandboxServer promoted = managed.promotedBy(ticket);
      assertThat(promoted).isIn(c, d);
      assertThat(ticket.replicasWith(ReplicaFate.Kind.UNREACHABLE)).containsExactly(keyOf(b));
      Servers.assertOneMaster(sandbox, promoted);
    }
  }

  @Test
  void promotionRulesDecide(@TempDir Path folder) {
    try (Managed managed = Managed.over(sandbox, folder, ManagerConfiguration.quick())) {
      rule(managed, b, PromotionRule.MUST_NOT);
      rule(managed, d, PromotionRule.PREFER);
      a.kill();

      assertThat(managed.promotedBy(managed.awaitRecoveryOf(a))).isEqualTo(d);
      Servers.assertOneMaster(sandbox, d);
    }
  }

  @Test
  void nothingIsPromotedWhenNoneMayBe(@TempDir Path folder) {
    try (Managed managed = Managed.over(sandbox, folder, ManagerConfiguration.quick())) {
      sandbox.replicas().forEach(replica -> rule(managed, replica, PromotionRule.MUST_NOT));
      a.kill();

      RecoveryTicket ticket = managed.awaitRecoveryOf(a);
      assertThat(ticket.successful()).isFalse();
      assertThat(ticket.errors()).anyMatch(error -> error.contains("can be promoted"));
      assertThat(managed.protocolOf(ticket)).anyMatch(line -> line.contains("must_not"));
      assertThat(Servers.writable(sandbox)).isEmpty();
      a.start();
      for (SandboxServer replica : sandbox.replicas()) {
        await(replica + " replicates again")
            .atMost(LIMIT)
            .until(() -> Servers.replicatesFrom(replica, a));
      }
    }
  }

  @Test
  void masterStaysInItsDataCenter(@TempDir Path folder) {
    String query =
        "SELECT IF(@@global.port IN (" + a.port() + "," + d.port() + "), 'east', 'west')";
    ManagerConfiguration configuration =
        ManagerConfiguration.quick()
            .with("DetectDataCenterQuery", query)
            .with("PreventCrossDataCenterMasterFailover", true);
    try (Managed managed = Managed.over(sandbox, folder, configuration)) {
      rule(managed, b, PromotionRule.MUST);
      rule(managed, d, PromotionRule.PREFER_NOT);
      a.kill();

      assertThat(managed.promotedBy(managed.awaitRecoveryOf(a))).isEqualTo(d);
      Servers.assertOneMaster(sandbox, d);
    }
  }

  @Tag("long")
  @Test
  void nothingIsPromotedWhenAllOthersAreInAnotherDataCenter(@TempDir Path folder) {
    ManagerConfiguration configuration =
        ManagerConfiguration.quick()
            .with("DetectDataCenterQuery", "SELECT CONCAT('dc', @@global.port)")
            .with("PreventCrossDataCenterMasterFailover", true);
    try (Managed managed = Managed.over(sandbox, folder, configuration)) {
      a.kill();

      RecoveryTicket ticket = managed.awaitRecoveryOf(a);
      assertThat(ticket.successful()).isFalse();
      assertThat(managed.protocolOf(ticket))
          .anyMatch(line -> line.contains("PreventCrossDataCenterMasterFailover"));
      assertThat(Servers.writable(sandbox)).isEmpty();
    }
  }

  @Test
  void relayLogsAreAppliedBeforeThePromotion(@TempDir Path folder) {
    try (Managed managed = Managed.over(sandbox, folder, ManagerConfiguration.quick())) {
      sandbox.replicas().forEach(replica -> replica.sql("STOP SLAVE SQL_THREAD"));
      for (int number = 1; number <= 20; number++) {
        Servers.write(a, number);
      }
      sandbox.replicas().forEach(replica -> awaitFetched(replica, a));
      a.kill();

      SandboxServer promoted = managed.promotedBy(managed.awaitRecoveryOf(a));
      assertThat(Servers.ledgerOf(promoted)).hasSize(20);
      Servers.assertOneMaster(sandbox, promoted);
    }
  }

  /** Scenario "master-failover-candidate-lag" of the incumbent. */
  @Test
  void laggingPreferredCandidateCatchesUpFromItsSibling(@TempDir Path folder) {
    try (Managed managed = Managed.over(sandbox, folder, ManagerConfiguration.quick())) {
      rule(managed, c, PromotionRule.PREFER);
      c.sql("STOP SLAVE");
      Servers.write(a, 1);
      b.awaitCaughtUpWith(a, LIMIT);
      d.awaitCaughtUpWith(a, LIMIT);
      a.kill();

      RecoveryTicket ticket = managed.awaitRecoveryOf(a);
      assertThat(managed.promotedBy(ticket)).isEqualTo(c);
      assertThat(Servers.ledgerOf(c)).containsExactly("1");
      assertThat(ticket.replicasWith(ReplicaFate.Kind.MOVED)).hasSize(2);
      Servers.assertOneMaster(sandbox, c);
    }
  }

  private static void awaitFetched(SandboxServer replica, SandboxServer master) {
    SandboxServer.await(
        replica + " has fetched everything",
        LIMIT,
        () -> {
          String fetched = replica.replicaStatus().getOrDefault("Retrieved_Gtid_Set", "");
          String question =
              "SELECT GTID_SUBSET('"
                  + master.executedGtidSet()
                  + "', CONCAT(@@global.gtid_executed, ',"
                  + fetched.replace("\n", "")
                  + "'))";
          return replica.value(question).filter("1"::equals).isPresent();
        });
  }

  private static void rule(Managed managed, SandboxServer server, PromotionRule rule) {
    Instant now = Instant.now();
    managed.submit(
        new Command.RegisterCandidate(
            new Candidate(keyOf(server), rule, now, now.plus(Duration.ofHours(1)))));
  }
}
