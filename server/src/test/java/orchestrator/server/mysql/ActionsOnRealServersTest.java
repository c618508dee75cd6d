package orchestrator.server.mysql;

import static orchestrator.server.mysql.RealServers.FENCE;
import static orchestrator.server.mysql.RealServers.SOON;
import static orchestrator.server.mysql.RealServers.applied;
import static orchestrator.server.mysql.RealServers.gtid;
import static orchestrator.server.mysql.RealServers.gtidOfFormerMaster;
import static orchestrator.server.mysql.RealServers.key;
import static orchestrator.server.mysql.RealServers.probe;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.Socket;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import orchestrator.core.relocation.ActionOutcome;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.relocation.ServerAction.SourcePosition;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.Replication;
import orchestrator.core.topology.ThreadState;
import orchestrator.sandbox.Account;
import orchestrator.sandbox.Sandbox;
import orchestrator.sandbox.SandboxServer;
import orchestrator.sandbox.SandboxSpec;
import orchestrator.sandbox.ServerKind;
import orchestrator.server.engine.Fence;
import orchestrator.server.mysql.Connector.Purpose;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Changes of master A and its replicas B and C, as the user with the least privilege. */
@ParameterizedClass
@EnumSource(ServerKind.class)
class ActionsOnRealServersTest {
  private static @Nullable Sandbox sandbox;

  @Parameter ServerKind kind = ServerKind.MYSQL_8_0;

  private final MySqlServers servers = RealServers.manager(RealServers.access());
  private boolean moved;

  @BeforeParameterizedClassInvocation
  static void start(ServerKind kind) {
    sandbox = Sandbox.start(SandboxSpec.masterAndReplicas(kind, 2));
  }

  @AfterParameterizedClassInvocation
  static void stop() {
    sandbox().close();
  }

  @AfterEach
  void restore() {
    servers.close();
    if (moved) {
      RealServers.restore(sandbox());
    } else {
      b().sql("START SLAVE", "SET GLOBAL read_only=1");
      b().awaitReplicating(SOON);
    }
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

  private static SandboxServer c() {
    return sandbox().server("C");
  }

  private static Replication replication(Instance instance) {
    return instance.replication().orElseThrow();
  }

  @Test
  void stopsAndStartsTheThreadsOneByOne() {
    Replication stopped = replication(applied(servers, new ServerAction.StopIoThread(key(b()))));
    assertThat(stopped.ioThread()).isEqualTo(ThreadState.STOPPED);
    assertThat(stopped.sqlThread()).isEqualTo(ThreadState.RUNNING);

    assertThat(replication(applied(servers, new ServerAction.StartIoThread(key(b())))).isRunning())
        .isTrue();
    assertThat(
            replication(applied(servers, new ServerAction.StopReplication(key(b())))).isStopped())
        .isTrue();

    Replication applying = replication(applied(servers, new ServerAction.StartSqlThread(key(b()))));
    assertThat(applying.sqlThread()).isEqualTo(ThreadState.RUNNING);
    assertThat(applying.ioThread()).isEqualTo(ThreadState.STOPPED);
  }

  @Test
  void doesAgainWhatIsDoneWithoutHarm() {
    for (int i = 0; i < 2; i++) {
      applied(servers, new ServerAction.StopIoThread(key(b())));
    }
    for (int i = 0; i < 2; i++) {
      applied(servers, new ServerAction.StopReplication(key(b())));
    }
    for (int i = 0; i < 2; i++) {
      applied(servers, new ServerAction.StartReplication(key(b())));
    }
    assertThat(
            replication(applied(servers, new ServerAction.RestartReplication(key(b()))))
                .isRunning())
        .isTrue();
    assertThat(applied(servers, new ServerAction.ResetReplication(key(a()))).replication())
        .isEmpty();
  }

  @Test
  void aRegisteredNameIsUsedForTheSourceAsFarAsItLeadsThere() {
    moved = true;
    ServerAction toA = new ServerAction.ChangeSource(key(b()), key(a()), gtid(b()), true);
    assertThat(sourceAfterMoveAs("localhost", toA)).isEqualTo("localhost");
    assertThat(sourceAfterMoveAs("no-such-host.invalid", toA)).isEqualTo(a().host());
  }

  private static String sourceAfterMoveAs(String name, ServerAction action) {
    b().sql("STOP SLAVE", "RESET SLAVE ALL");
    try (MySqlServers manager =
        RealServers.manager(
            RealServers.access(),
            host -> host.equals(a().host()) ? Optional.of(name) : Optional.empty())) {
      probe(manager, key(a()));
      applied(manager, action);
    }
    return Optional.ofNullable(b().replicaStatus().get("Master_Host")).orElseThrow();
  }

  @Test
  void makesAServerWritableAndReadOnly() {
    assertThat(applied(servers, new ServerAction.SetReadOnly(key(b()), false, true)).readOnly())
        .isFalse();
    assertThat(b().query("SELECT @@global.read_only AS ro").getFirst()).containsEntry("ro", "0");

    Instance readOnly = applied(servers, new ServerAction.SetReadOnly(key(b()), true, true));
    assertThat(readOnly.readOnly()).isTrue();
    assertThat(readOnly.superReadOnly()).isEqualTo(!kind.isMariaDb());
    applied(servers, new ServerAction.SetReadOnly(key(b()), false, true));
  }

  @Test
  void movesAReplicaAndKeepsItsLoginAndHeartbeat() {
    moved = true;
    Replication below =
        replication(
            applied(servers, new ServerAction.ChangeSource(key(c()), key(b()), gtid(c()), true)));

    assertThat(below.source()).isEqualTo(key(b()));
    assertThat(below.usesGtid()).isTrue();
    assertThat(below.user()).isEqualTo("repl");
    assertThat(below.isRunning()).isTrue();
    assertThat(Double.parseDouble(heartbeatOf(c()))).isEqualTo(1.0);
  }

  private String heartbeatOf(SandboxServer server) {
    return kind.isMariaDb()
        ? value(server, "SHOW GLOBAL STATUS LIKE 'Slave_heartbeat_period'", "Value")
        : value(server, "SELECT Heartbeat AS h FROM mysql.slave_master_info", "h");
  }

  private static String value(SandboxServer server, String query, String column) {
    return server.query(query).getFirst().getOrDefault(column, "");
  }

  @Test
  void leavesAReplicaStoppedWhenAskedTo() {
    moved = true;
    Replication below =
        replication(
            applied(servers, new ServerAction.ChangeSource(key(c()), key(b()), gtid(c()), false)));

    assertThat(below.source()).isEqualTo(key(b()));
    assertThat(below.isStopped()).isTrue();
  }

  @Test
  void promotesAReplicaAndLetsTheFormerMasterFollowIt() {
    moved = true;
    for (SandboxServer server : sandbox().servers()) {
      probe(servers, key(server));
    }
    a().sql("SET GLOBAL read_only=1");
    applied(servers, new ServerAction.StopReplication(key(b())));
    assertThat(applied(servers, new ServerAction.ResetReplication(key(b()))).replication())
        .isEmpty();
    applied(servers, new ServerAction.SetReadOnly(key(b()), false, false));
    applied(servers, new ServerAction.ChangeSource(key(c()), key(b()), gtid(c()), true));

    Replication rejoined =
        replication(
            applied(
                servers,
                new ServerAction.ChangeSource(key(a()), key(b()), gtidOfFormerMaster(a()), true)));

    assertThat(rejoined.user()).isEqualTo("repl");
    b().sql("CREATE TABLE IF NOT EXISTS app.moved (id INT)");
    a().awaitCaughtUpWith(b(), SOON);
    c().awaitCaughtUpWith(b(), SOON);
  }

  @Test
  void detachesAndReattaches() {
    moved = true;
    Instance detached = applied(servers, new ServerAction.DetachSource(key(b())));
    assertThat(replication(detached).source()).isEqualTo(key(a()).detached());
    assertThat(applied(servers, new ServerAction.DetachSource(key(b()))).sourceKey())
        .contains(key(a()).detached());

    Instance attached = applied(servers, new ServerAction.ReattachSource(key(b())));
    assertThat(replication(attached).source()).isEqualTo(key(a()));
    b().awaitReplicating(SOON);
  }

  @Test
  void replicatesFromAPositionWithoutGoingBackWhenRepeated() {
    moved = true;
    a().sql("CREATE TABLE IF NOT EXISTS app.files (id INT)");
    sandbox().awaitCaughtUp(SOON);
    var position = probe(servers, key(a())).binlog().position().orElseThrow();
    var toFile =
        new ServerAction.ChangeSource(
            key(c()), key(a()), new SourcePosition.FileAndPosition(position), true);

    assertThat(replication(applied(servers, toFile)).usesGtid()).isFalse();
    a().sql("INSERT INTO app.files VALUES (1)");
    c().awaitCaughtUpWith(a(), SOON);
    applied(servers, toFile);

    assertThat(c().query("SELECT id FROM app.files")).hasSize(1);
  }

  @Test
  void tellsWhatTheServerSaidToARefusedChangeAndLetsItGoOn() {
    SourcePosition ofTheOtherFlavour =
        kind.isMariaDb() ? new SourcePosition.OracleAuto() : new SourcePosition.MariaDbSlavePos();

    ActionOutcome outcome =
        servers.perform(
            new ServerAction.ChangeSource(key(b()), key(c()), ofTheOtherFlavour, true),
            FENCE,
            SOON);

    assertThat(outcome).isInstanceOf(ActionOutcome.NotApplied.class);
    assertThat(((ActionOutcome.NotApplied) outcome).reason()).contains("SQL syntax");
    assertThat(probe(servers, key(b())).sourceKey()).contains(key(a()));
    b().awaitReplicating(SOON);
  }

  @Test
  void showsTheStatementsThatItWouldSend() {
    Instance replica = probe(servers, key(b()));
    List<String> statements =
        servers.statementsOf(
            new ServerAction.ChangeSource(key(b()), key(c()), gtid(b()), true), replica);

    assertThat(statements).hasSize(3);
    assertThat(statements.get(1)).contains("HOST='127.0.0.1'", "PORT=" + c().port());
  }

  // ---- the fence ----

  private static Session sessionOfFormerLeader(long term) throws SessionException {
    Connector connector = new Connector(RealServers.access(), new NameLookup());
    Session session = connector.open(key(b()), Purpose.ACTION, Deadline.after(SOON));
    session.run(FenceLock.showTerm(0, term), Deadline.after(SOON));
    session.run(
        List.of(FenceLock.guard(RealServers.fence("old", term, "recovery"), 0)),
        Deadline.after(SOON));
    return session;
  }

  @Test
  void endsTheSessionOfAnEarlierTermSoThatItCannotActAnyMore() throws Exception {
    try (Session former = sessionOfFormerLeader(4)) {
      applied(servers, new ServerAction.SetReadOnly(key(b()), true, false));

      Optional<SessionException> failure = Optional.empty();
      try {
        former.run(List.of("SET GLOBAL read_only=0"), Deadline.after(SOON));
      } catch (SessionException e) {
        failure = Optional.of(e);
      }
      assertThat(failure).isPresent();
      assertThat(failure.get().isAnswered()).isFalse();
      assertThat(probe(servers, key(b())).readOnly()).isTrue();
    }
  }

  /** The older list of connections of MySQL 8.0 waits ten seconds for such a client. */
  @Test
  void aClientThatConnectsAndSaysNothingHoldsNothingUp() throws Exception {
    probe(servers, key(b()));
    try (Session _ = sessionOfFormerLeader(4);
        Socket _ = new Socket(b().host(), b().port())) {
      Duration inTime = Duration.ofSeconds(4);
      applied(servers.perform(new ServerAction.SetReadOnly(key(b()), true, false), FENCE, inTime));
      assertThat(servers.survey(key(b()), inTime).failure()).isEmpty();
      assertThat(servers.perform(new ServerAction.EndClients(key(b())), FENCE, inTime).toString())
          .doesNotContain("timed out");
    }
  }

  @Test
  void doesNotActAgainstALaterTerm() throws Exception {
    try (Session later = sessionOfFormerLeader(6)) {
      ActionOutcome outcome =
          servers.perform(new ServerAction.SetReadOnly(key(b()), false, false), FENCE, SOON);

      assertThat(outcome).isInstanceOf(ActionOutcome.NotApplied.class);
      assertThat(((ActionOutcome.NotApplied) outcome).reason()).contains("later term 6");
      assertThat(probe(servers, key(b())).readOnly()).isTrue();
      assertThat(later.run(List.of("SELECT 1"), Deadline.after(SOON))).hasSize(1);
    }
  }

  @Test
  void losesToASuccessorAndIsToldSo() {
    applied(servers, new ServerAction.StartReplication(key(b())));
    try (MySqlServers successor = RealServers.manager(RealServers.access())) {
      applied(
          successor.perform(
              new ServerAction.StartReplication(key(b())),
              RealServers.fence("new", 6, "recovery"),
              SOON));
      ActionOutcome late =
          servers.perform(new ServerAction.SetReadOnly(key(b()), false, false), FENCE, SOON);

      // The session was ended under its hands: it cannot know, but it did not act.
      assertThat(late).isInstanceOf(ActionOutcome.Unknown.class);
      assertThat(((ActionOutcome.Unknown) late).reason()).contains("later term 6");
      assertThat(probe(servers, key(b())).readOnly()).isTrue();
    }
  }

  @Test
  void managerOfAnotherNameTakesOverFromAnEarlierTermAndNotTheOtherWayRound() {
    Fence former = RealServers.fence("node-1", 5, "recovery");
    Fence present = RealServers.fence("node-2", 6, "recovery");
    applied(servers.perform(new ServerAction.SetReadOnly(key(b()), true, false), former, SOON));
    try (MySqlServers successor = RealServers.manager(RealServers.access())) {
      ServerAction start = new ServerAction.StartReplication(key(b()));
      applied(successor.perform(start, present, SOON));

      // With a new session: the one that held the lock was ended.
      for (int i = 0; i < 2; i++) {
        assertThat(
                servers.perform(new ServerAction.SetReadOnly(key(b()), false, false), former, SOON))
            .isNotInstanceOf(ActionOutcome.Applied.class);
      }
      assertThat(probe(successor, key(b())).readOnly()).isTrue();
    }
  }

  @Test
  void changesNothingOnceTheLeadWasLostWhileItTookTheLock() {
    // What was read needs not be read again: the lock is taken for the change alone.
    assertThat(probe(servers, key(b())).readOnly()).isTrue();
    AtomicInteger asked = new AtomicInteger();
    Fence losing = RealServers.fence("node-1", 5, "recovery", () -> asked.incrementAndGet() == 1);
    ActionOutcome outcome =
        servers.perform(new ServerAction.SetReadOnly(key(b()), false, false), losing, SOON);

    assertThat(asked).hasValueGreaterThan(1);
    assertThat(outcome)
        .isInstanceOfSatisfying(
            ActionOutcome.NotApplied.class,
            refused -> assertThat(refused.reason()).contains("does not lead in term 5"));
    assertThat(probe(servers, key(b())).readOnly()).isTrue();
  }

  @Test
  void earlierTermOfTheSameManagerActsNoMore() {
    applied(servers.perform(new ServerAction.StartReplication(key(b())), FENCE, SOON));
    applied(
        servers.perform(
            new ServerAction.SetReadOnly(key(b()), true, false),
            RealServers.fence("test-node", 7, "again"),
            SOON));

    assertThat(servers.perform(new ServerAction.SetReadOnly(key(b()), false, false), FENCE, SOON))
        .isInstanceOf(ActionOutcome.NotApplied.class);
    assertThat(probe(servers, key(b())).readOnly()).isTrue();
  }

  @Test
  void goesOnWithALaterTermOnTheSameConnection() {
    applied(servers, new ServerAction.SetReadOnly(key(b()), true, false));

    applied(
        servers.perform(
            new ServerAction.SetReadOnly(key(b()), true, false),
            RealServers.fence("test-node", 9, "again"),
            SOON));
  }

  @Test
  void endsTheConnectionsOfClientsAndOfNobodyElse() throws SQLException {
    List<Map<String, String>> before = dumpThreadsOfReplicas();
    try (Connection client = a().connect(Account.APPLICATION);
        Connection administrator = a().connect(Account.ADMIN);
        Connection manager = a().connect(Account.ORCHESTRATOR)) {
      ActionOutcome outcome = servers.perform(new ServerAction.EndClients(key(a())), FENCE, SOON);

      assertThat(client.isValid(1)).isFalse();
      // Who may write to a read-only server is the one to fear; MySQL 8.0 protects its SYSTEM_USER.
      boolean isProtected = kind == ServerKind.MYSQL_8_0;
      assertThat(administrator.isValid(1)).isEqualTo(isProtected);
      assertThat(outcome)
          .isInstanceOf(isProtected ? ActionOutcome.NotApplied.class : ActionOutcome.Applied.class);
      assertThat(manager.isValid(1)).isTrue();
    }
    assertThat(dumpThreads()).hasSize(2).isEqualTo(before);
  }

  /** Most are refused where the server protects them, and one packet goes on behind the other. */
  @Test
  void manyAreEndedAlthoughSomeAreRefused() throws SQLException {
    dumpThreadsOfReplicas();
    List<Connection> open = new ArrayList<>();
    try {
      for (int i = 0; i < 6; i++) {
        open.add(a().connect(i % 3 == 1 ? Account.ADMIN : Account.APPLICATION));
      }
      ActionOutcome outcome = servers.perform(new ServerAction.EndClients(key(a())), FENCE, SOON);
      for (int i = 0; i < 6; i++) {
        boolean stays = kind == ServerKind.MYSQL_8_0 && i % 3 == 1;
        assertThat(open.get(i).isValid(1)).isEqualTo(stays);
      }
      String text =
          switch (outcome) {
            case ActionOutcome.Applied(_, String remark) -> remark;
            case ActionOutcome.NotApplied(String reason) -> reason;
            case ActionOutcome.Unknown(String reason) -> reason;
          };
      assertThat(text).contains("2 of repl");
      if (kind == ServerKind.MYSQL_8_0) {
        assertThat(text).contains("not allowed to end 2 of admin").contains("4 ended");
      } else {
        assertThat(text).contains("6 ended");
      }
    } finally {
      for (Connection connection : open) {
        connection.close();
      }
    }
  }

  @Test
  void anEventThatRunsForItsDefinerIsEnded() {
    assumeTrue(kind != ServerKind.MYSQL_8_0, "it protects SYSTEM_USER, as the definer is here");
    String running = "SELECT ID FROM information_schema.PROCESSLIST WHERE STATE = 'User sleep'";
    a().sql(
            "CREATE DATABASE IF NOT EXISTS app",
            "SET GLOBAL event_scheduler=1",
            "CREATE EVENT app.once ON SCHEDULE AT NOW() ON COMPLETION PRESERVE DO SELECT SLEEP(60)");
    try {
      SandboxServer.await("the event runs", SOON, () -> !a().query(running).isEmpty());
      applied(servers, new ServerAction.EndClients(key(a())));
      assertThat(a().query(running)).isEmpty();
    } finally {
      a().sql("DROP EVENT app.once", "SET GLOBAL event_scheduler=0");
    }
  }

  /**
   * Those of B and C alone. A source finds out that a replica has hung up when it has something to
   * send: a write for the log makes it so.
   */
  private static List<Map<String, String>> dumpThreadsOfReplicas() {
    SandboxServer.await(
        "only the replicas of now are served",
        SOON,
        () -> {
          a().sql("CREATE DATABASE IF NOT EXISTS app");
          return dumpThreads().size() == 2;
        });
    return dumpThreads();
  }

  private static List<Map<String, String>> dumpThreads() {
    return a().query(
            "SELECT ID FROM information_schema.PROCESSLIST WHERE COMMAND LIKE 'Binlog Dump%' ORDER BY ID");
  }

  @Test
  void aTransactionThatAClientHasOpenIsRolledBack() throws SQLException {
    a().sql(
            "CREATE DATABASE IF NOT EXISTS app",
            "CREATE TABLE IF NOT EXISTS app.open (n INT PRIMARY KEY) ENGINE=InnoDB");
    try (Connection client = a().connect(Account.APPLICATION);
        Statement statement = client.createStatement()) {
      client.setAutoCommit(false);
      statement.execute("INSERT INTO app.open VALUES (1)");
      applied(servers, new ServerAction.EndClients(key(a())));
      assertThatThrownBy(client::commit).isInstanceOf(SQLException.class);
    }
    assertThat(a().query("SELECT n FROM app.open")).isEmpty();
    a().sql("DROP TABLE app.open");
  }

  // ---- semi-synchronous replication ----

  @Test
  void aSettingOfTheReplicaSideThatIsNotInEffectIsBroughtIntoEffect() {
    assumeTrue(kind.isMariaDb(), "built in there");
    a().sql("SET GLOBAL rpl_semi_sync_master_enabled=1");
    // The variable alone: the IO thread has connected before, and does not acknowledge.
    b().sql("SET GLOBAL rpl_semi_sync_slave_enabled=1");
    try {
      Instance after = applied(servers, new ServerAction.SetSemiSyncReplica(key(b()), true));
      assertThat(after.semiSync().replicaStatus()).isTrue();
      Instance off = applied(servers, new ServerAction.SetSemiSyncReplica(key(b()), false));
      assertThat(off.semiSync().replicaStatus()).isFalse();
    } finally {
      a().sql("SET GLOBAL rpl_semi_sync_master_enabled=0");
      b().sql("SET GLOBAL rpl_semi_sync_slave_enabled=0");
    }
  }

  // ---- lost replies ----

  @Test
  void findsOutWhatBecameOfALostReply() throws IOException {
    try (FaultyProxy proxy = new FaultyProxy(b().port(), FaultyProxy.Fault.NONE)) {
      InstanceKey viaProxy = new InstanceKey("127.0.0.1", proxy.port());
      applied(servers, new ServerAction.SetReadOnly(viaProxy, true, false));
      proxy.setOnce(FaultyProxy.Fault.CLOSE);

      ActionOutcome outcome =
          servers.perform(new ServerAction.SetReadOnly(viaProxy, false, false), FENCE, SOON);

      assertThat(applied(outcome).readOnly()).isFalse();
    }
  }

  @Test
  void saysUnknownWhenNothingCanBeFoundOut() throws IOException {
    try (FaultyProxy proxy = new FaultyProxy(b().port(), FaultyProxy.Fault.NONE)) {
      InstanceKey viaProxy = new InstanceKey("127.0.0.1", proxy.port());
      applied(servers, new ServerAction.SetReadOnly(viaProxy, true, false));
      proxy.set(FaultyProxy.Fault.SILENCE);

      ActionOutcome outcome =
          servers.perform(
              new ServerAction.SetReadOnly(viaProxy, false, false), FENCE, Duration.ofMillis(500));

      assertThat(outcome).isInstanceOf(ActionOutcome.Unknown.class);
    }
  }

  @Test
  void aFormerMasterWithoutALoginIsToldWhatToConfigure() {
    assumeTrue(kind.isMariaDb(), "MySQL tells how its replicas log in");
    TopologyAccess access = RealServers.access().withReplicationCredentials("", Optional.empty());
    try (MySqlServers unconfigured = RealServers.manager(access)) {
      probe(unconfigured, key(b()));
      ActionOutcome outcome =
          unconfigured.perform(
              new ServerAction.ChangeSource(key(a()), key(b()), gtidOfFormerMaster(a()), false),
              FENCE,
              SOON);

      assertThat(outcome)
          .isInstanceOfSatisfying(
              ActionOutcome.NotApplied.class,
              refused ->
                  assertThat(refused.reason())
                      .contains("set ReplicationCredentialsQuery", "MariaDB tells nobody"));
    }
    assertThat(a().replicaStatus()).isEmpty();
  }
}
