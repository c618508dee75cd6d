package orchestrator.system;

import static orchestrator.system.Managed.keyOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import orchestrator.core.facts.Downtime;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.recovery.RecoveryPlan;
import orchestrator.core.state.Command;
import orchestrator.sandbox.Account;
import orchestrator.sandbox.Sandbox;
import orchestrator.sandbox.SandboxServer;
import orchestrator.sandbox.SandboxSpec;
import orchestrator.sandbox.ServerKind;
import orchestrator.server.engine.Outcome;
import orchestrator.server.engine.RecoveryRequest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A living master is replaced as planned, or everything is as it was. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TakeoverTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  private Sandbox sandbox;
  private SandboxServer a;
  private SandboxServer b;
  private SandboxServer c;

  @BeforeAll
  void startServers() {
    sandbox = Sandbox.start(SandboxSpec.masterAndReplicas(ServerKind.MYSQL_8_0, 2));
    a = sandbox.server("A");
    b = sandbox.server("B");
    c = sandbox.server("C");
  }

  @AfterAll
  void stopServers() {
    sandbox.close();
  }

  @BeforeEach
  void resetServers() {
    Servers.reset(sandbox);
  }

  private static Outcome<RecoveryTicket> takeOver(
      Managed managed, Optional<SandboxServer> target, boolean auto) {
    String cluster = managed.topology().clusterNames().first();
    return managed.operations().takeOver(cluster, target.map(Managed::keyOf), auto, Managed.TESTER);
  }

  static RecoveryTicket done(Outcome<RecoveryTicket> outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Ok.class);
    return ((Outcome.Ok<RecoveryTicket>) outcome).value();
  }

  private static String refusal(Outcome<?> outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Failed.class);
    return ((Outcome.Failed<?>) outcome).message();
  }

  @Test
  void theMasterIsReplacedUnderLoadAndFollows(@TempDir Path folder) throws Exception {
    Path hooks = folder.resolve("hooks");
    ManagerConfiguration configuration =
        ManagerConfiguration.quick()
            .with("PreGracefulTakeoverProcesses", List.of("echo pre {successorPort} >> " + hooks))
            .with(
                "PostGracefulTakeoverProcesses",
                List.of("echo post {failedPort} {command} >> " + hooks));
    try (Managed managed = Managed.over(sandbox, folder, configuration);
        Connection idle = a.connect(Account.APPLICATION);
        WriteLoad load = WriteLoad.on(sandbox)) {
      load.awaitWrites(50);
      RecoveryTicket ticket = done(takeOver(managed, Optional.of(b), true));
      assertThat(managed.promotedBy(ticket)).isEqualTo(b);
      assertThat(ticket.errors()).as(managed.protocolOf(ticket).toString()).isEmpty();
      assertThat(idle.isValid(1)).as("clients have to connect anew").isFalse();
      load.awaitWritesTo(b);
      load.stop();
      Servers.assertOneMaster(sandbox, b);
      assertThat(Servers.ledgerOf(b)).containsAll(load.acknowledged());
      assertThat(managed.state().demoted())
          .satisfies(
              demoted -> await().atMost(LIMIT).until(() -> managed.state().demoted().isEmpty()));
      assertThat(managed.state().downtimes()).doesNotContainKey(keyOf(a));
      assertThat(hooks)
          .content()
          .isEqualTo("pre %d\npost %d graceful-master-takeover\n".formatted(b.port(), a.port()));
    }
  }

  @Tag("long")
  @Test
  void withoutAutoTheOldMasterIsAStoppedReplica(@TempDir Path folder) {
    try (Managed managed = Managed.over(sandbox, folder, ManagerConfiguration.quick())) {
      assertThat(refusal(takeOver(managed, Optional.empty(), false))).contains("name the one");
      done(takeOver(managed, Optional.of(c), false));
      assertThat(Servers.writable(sandbox)).containsExactly(c);
      assertThat(a.replicaStatus())
          .containsEntry("Master_Port", String.valueOf(c.port()))
          .containsEntry("Slave_IO_Running", "No");
      a.sql("START SLAVE");
      Servers.assertOneMaster(sandbox, c);
    }
  }

  @Tag("long")
  @Test
  void aPlanChangesNothing(@TempDir Path folder) {
    try (Managed managed = Managed.over(sandbox, folder, ManagerConfiguration.quick())) {
      String cluster = managed.topology().clusterNames().first();
      Outcome<RecoveryPlan> outcome =
          managed.operations().plan(new RecoveryRequest.TakeOver(cluster, Optional.empty(), true));
      RecoveryPlan plan = ((Outcome.Ok<RecoveryPlan>) outcome).value();
      assertThat(plan.gates()).as(plan.gates().toString()).allMatch(gate -> gate.open());
      assertThat(plan.successor()).contains(keyOf(b));
      assertThat(plan.errors()).isEmpty();
      Servers.assertOneMaster(sandbox, a);
      assertThat(managed.recoveries()).isEmpty();
    }
  }

  @Test
  void whatIsWrongWithTheTargetIsToldBeforeAnythingIsChanged(@TempDir Path folder) {
    try (Managed managed = Managed.over(sandbox, folder, ManagerConfiguration.quick())) {
      Instant now = Instant.now();
      managed.submit(
          new Command.BeginDowntime(
              new Downtime(keyOf(b), "tester", "why", now, now.plusSeconds(600))));
      assertThat(refusal(takeOver(managed, Optional.of(b), true))).contains("downtimed");
      managed.submit(new Command.EndDowntime(keyOf(b)));
      b.sql("CREATE DATABASE errant");
      assertThat(refusal(takeOver(managed, Optional.of(b), true))).contains("lacks");
      c.sql("STOP SLAVE");
      assertThat(refusal(takeOver(managed, Optional.of(c), true))).contains("does not replicate");
      assertThat(refusal(takeOver(managed, Optional.of(a), true))).contains("not a direct replica");
      assertThat(Servers.writable(sandbox)).containsExactly(a);
      assertThat(managed.recoveries()).isEmpty();
    }
  }

  @Tag("long")
  @Test
  void aTransactionThatIsOpenForLongIsInTheWay(@TempDir Path folder) throws Exception {
    try (Managed managed = Managed.over(sandbox, folder, ManagerConfiguration.quick());
        var session = a.connect(Account.APPLICATION);
        var statement = session.createStatement()) {
      session.setAutoCommit(false);
      statement.execute("INSERT INTO app.ledger VALUES (1)");
      await()
          .atMost(LIMIT)
          .until(() ->
              a.value(
                      "SELECT COUNT(*) FROM information_schema.innodb_trx"
                          + " WHERE trx_started < NOW() - INTERVAL 11 SECOND")
                  .filter("1"::equals)
                  .isPresent());
      assertThat(refusal(takeOver(managed, Optional.of(b), true)))
          .contains("long transactions", "app@");
    }
  }

  /** The target dies when the replicas have been moved: a process tells the moment. */
  @Test
  void aTargetThatDiesInTheMiddleLeavesTheMasterAsItWas(@TempDir Path folder) throws Exception {
    Path alarm = folder.resolve("alarm");
    ManagerConfiguration configuration =
        ManagerConfiguration.quick()
            .with("PreFailoverProcesses", List.of("kill -9 " + b.pid().orElseThrow()))
            .with("PostUnsuccessfulFailoverProcesses", List.of("echo failed >> " + alarm));
    try (Managed managed = Managed.over(sandbox, folder, configuration)) {
      RecoveryTicket ticket = done(takeOver(managed, Optional.of(b), true));
      assertThat(ticket.successful()).isFalse();
      assertThat(Servers.isReadOnly(a)).isFalse();
      assertThat(Servers.isReadOnly(c)).isTrue();
      assertThat(Servers.replicatesFrom(c, a)).isTrue();
      assertThat(Files.readString(alarm)).isEqualTo("failed\n");
      assertThat(ticket.acknowledgement()).isPresent();
    }
  }
}
