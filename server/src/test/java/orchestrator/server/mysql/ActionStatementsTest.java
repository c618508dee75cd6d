package orchestrator.server.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import orchestrator.core.gtid.BinlogCoordinates;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.relocation.ServerAction.SourcePosition;
import orchestrator.core.topology.Binlog;
import orchestrator.core.topology.Classification;
import orchestrator.core.topology.Freshness;
import orchestrator.core.topology.Gtid;
import orchestrator.core.topology.Identity;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.Replication;
import orchestrator.core.topology.ReplicationTls;
import orchestrator.core.topology.SemiSync;
import orchestrator.core.topology.ServerVersion;
import orchestrator.core.topology.ThreadState;
import orchestrator.server.mysql.ActionStatements.Supplements;
import org.junit.jupiter.api.Test;

class ActionStatementsTest {
  private static final InstanceKey B = new InstanceKey("b", 3306);
  private static final InstanceKey NEW = new InstanceKey("c", 3307);
  private static final SemiSync SEMI_SYNC =
      new SemiSync(true, 1, false, false, false, false, 0, 0, false, 0, false);

  private static Instance server(
      String version, Optional<Replication> replication, SemiSync semiSync) {
    return server(version, false, replication, semiSync);
  }

  private static Instance server(
      String version, boolean readOnly, Optional<Replication> replication, SemiSync semiSync) {
    return new Instance(
        B,
        Freshness.seen(Instant.EPOCH, java.time.Duration.ZERO, Map.of()),
        new Identity(2, "", new ServerVersion(version, ""), "b", "", 10),
        readOnly,
        false,
        Binlog.UNKNOWN,
        Gtid.NONE,
        replication,
        semiSync,
        Classification.NONE,
        Optional.empty(),
        Set.of(),
        true);
  }

  private static Instance replica(String version, boolean running, ReplicationTls tls) {
    return server(version, Optional.of(replication(running, false, false, tls)), SemiSync.NONE);
  }

  private static Replication replication(
      boolean running, boolean autoPosition, boolean mariaDbGtid, ReplicationTls tls) {
    ThreadState thread = running ? ThreadState.RUNNING : ThreadState.STOPPED;
    return new Replication(
        new InstanceKey("a", 3306),
        "",
        "repl",
        thread,
        thread,
        BinlogCoordinates.binary("bin.000003", 99),
        BinlogCoordinates.binary("bin.000002", 40),
        BinlogCoordinates.relay("relay.000001", 4),
        Optional.empty(),
        "",
        "",
        OptionalLong.empty(),
        OptionalLong.empty(),
        0,
        false,
        autoPosition,
        mariaDbGtid,
        false,
        tls,
        Optional.empty());
  }

  private static List<String> statements(ServerAction action, Instance server) {
    return ActionStatements.of(action, server, Supplements.NONE);
  }

  @Test
  void changesTheSourceInTheOldWords() {
    assertThat(
            statements(
                new ServerAction.ChangeSource(B, NEW, new SourcePosition.OracleAuto(), true),
                replica("5.7.22", true, ReplicationTls.NONE)))
        .containsExactly(
            "STOP SLAVE",
            "CHANGE MASTER TO MASTER_HOST='c', MASTER_PORT=3307, MASTER_AUTO_POSITION=1",
            "START SLAVE");
  }

  @Test
  void asksForThePublicKeyWithoutTlsSince8() {
    assertThat(
            statements(
                new ServerAction.ChangeSource(B, NEW, new SourcePosition.OracleAuto(), false),
                replica("8.4.0", false, ReplicationTls.NONE)))
        .containsExactly(
            "CHANGE REPLICATION SOURCE TO SOURCE_HOST='c', SOURCE_PORT=3307,"
                + " SOURCE_AUTO_POSITION=1, GET_SOURCE_PUBLIC_KEY=1");
  }

  @Test
  void repeatsEveryTlsOption() {
    ReplicationTls tls =
        new ReplicationTls(
            true,
            "/ca.pem",
            "/capath",
            "/cert.pem",
            "AES",
            "/crl.pem",
            "/crls",
            "/key.pem",
            Optional.of(true),
            "TLSv1.3",
            "TLS_AES_128_GCM_SHA256",
            "/pub.pem",
            Optional.of(false));

    assertThat(
            statements(
                new ServerAction.ChangeSource(B, NEW, new SourcePosition.OracleAuto(), false),
                replica("8.0.31", false, tls)))
        .containsExactly(
            "CHANGE REPLICATION SOURCE TO SOURCE_HOST='c', SOURCE_PORT=3307,"
                + " SOURCE_AUTO_POSITION=1, SOURCE_SSL=1, SOURCE_SSL_CA='/ca.pem',"
                + " SOURCE_SSL_CAPATH='/capath', SOURCE_SSL_CERT='/cert.pem',"
                + " SOURCE_SSL_CIPHER='AES', SOURCE_SSL_CRL='/crl.pem',"
                + " SOURCE_SSL_CRLPATH='/crls', SOURCE_SSL_KEY='/key.pem',"
                + " SOURCE_SSL_VERIFY_SERVER_CERT=1, SOURCE_TLS_VERSION='TLSv1.3',"
                + " SOURCE_TLS_CIPHERSUITES='TLS_AES_128_GCM_SHA256',"
                + " SOURCE_PUBLIC_KEY_PATH='/pub.pem', GET_SOURCE_PUBLIC_KEY=0");
  }

  @Test
  void letsAFormerMariaDbMasterKeepWhatItWrote() {
    ServerAction rejoin =
        new ServerAction.ChangeSource(B, NEW, new SourcePosition.MariaDbCurrentPos(), true);

    assertThat(statements(rejoin, server("11.4.5-MariaDB", Optional.empty(), SemiSync.NONE)).get(0))
        .contains("MASTER_USE_GTID=slave_pos, MASTER_DEMOTE_TO_SLAVE=1");
    assertThat(statements(rejoin, server("10.6.9-MariaDB", Optional.empty(), SemiSync.NONE)).get(0))
        .contains("MASTER_USE_GTID=current_pos");
  }

  @Test
  void givesALoginAndTheHeartbeatWhenTold() {
    List<String> statements =
        ActionStatements.of(
            new ServerAction.ChangeSource(B, NEW, new SourcePosition.OracleAuto(), false),
            server("5.7.22", Optional.empty(), SemiSync.NONE),
            new Supplements(Optional.of(ReplicationCredentials.of("repl", "it's\\")), "1.000"));

    assertThat(statements)
        .containsExactly(
            "CHANGE MASTER TO MASTER_HOST='c', MASTER_PORT=3307, MASTER_USER='repl',"
                + " MASTER_PASSWORD='it''s\\\\', MASTER_AUTO_POSITION=1,"
                + " MASTER_HEARTBEAT_PERIOD=1.000");
  }

  @Test
  void leavesGtidWhenAskedForAPosition() {
    ServerAction toFile =
        new ServerAction.ChangeSource(
            B,
            NEW,
            new SourcePosition.FileAndPosition(BinlogCoordinates.binary("bin.000007", 120)),
            false);
    Instance usingGtid =
        server(
            "5.7.22",
            Optional.of(replication(false, true, false, ReplicationTls.NONE)),
            SemiSync.NONE);

    assertThat(statements(toFile, usingGtid))
        .containsExactly(
            "CHANGE MASTER TO MASTER_HOST='c', MASTER_PORT=3307, MASTER_LOG_FILE='bin.000007',"
                + " MASTER_LOG_POS=120, MASTER_AUTO_POSITION=0");
  }

  /** Its threads stopped meanwhile, so that it is not as asked. */
  @Test
  void takesAReplicaThatHasGoneOnFromThePositionNotBackToIt() {
    Instance goneOn = replica("5.7.22", false, ReplicationTls.NONE);
    assertThat(statements(fromPosition("bin.000002", 39), goneOn)).containsExactly("START SLAVE");
    assertThat(statements(fromPosition("bin.000002", 41), goneOn)).hasSize(2);
  }

  private static ServerAction fromPosition(String file, long position) {
    return new ServerAction.ChangeSource(
        B,
        new InstanceKey("a", 3306),
        new SourcePosition.FileAndPosition(BinlogCoordinates.binary(file, position)),
        true);
  }

  @Test
  void detachesAReplicaOfFilesWhereItStands() {
    assertThat(
            statements(
                new ServerAction.DetachSource(B), replica("5.7.22", true, ReplicationTls.NONE)))
        .containsExactly(
            "STOP SLAVE",
            "CHANGE MASTER TO MASTER_HOST='//a', MASTER_PORT=3306, MASTER_LOG_FILE='bin.000002',"
                + " MASTER_LOG_POS=40",
            "START SLAVE");
  }

  @Test
  void hasNothingToResetOnAMaster() {
    assertThat(
            statements(
                new ServerAction.ResetReplication(B),
                server("8.0.31", Optional.empty(), SemiSync.NONE)))
        .isEmpty();
  }

  @Test
  void switchesSemiSyncOnBeforeWritesAndOffAfterThem() {
    Instance server = server("8.0.31", Optional.empty(), SEMI_SYNC);

    assertThat(statements(new ServerAction.SetReadOnly(B, false, true), server))
        .containsExactly(
            "SET GLOBAL rpl_semi_sync_master_enabled=1",
            "SET GLOBAL super_read_only=0",
            "SET GLOBAL read_only=0");
    assertThat(statements(new ServerAction.SetReadOnly(B, true, true), server))
        .containsExactly(
            "SET GLOBAL read_only=1",
            "SET GLOBAL super_read_only=1",
            "SET GLOBAL rpl_semi_sync_master_enabled=0");
  }

  @Test
  void restartsARunningIoThreadSoThatTheReplicaSideTakesEffect() {
    Replication status = replication(true, false, false, ReplicationTls.NONE);
    Instance running = server("5.7.22", Optional.of(status), SEMI_SYNC);
    assertThat(statements(new ServerAction.SetSemiSyncReplica(B, true), running))
        .containsExactly(
            "SET GLOBAL rpl_semi_sync_slave_enabled=1",
            "STOP SLAVE IO_THREAD",
            "START SLAVE IO_THREAD");
    assertThat(statements(new ServerAction.SetSemiSyncReplica(B, false), running)).isEmpty();
    // The variable was set, and the IO thread has connected before.
    Instance set =
        server(
            "5.7.22",
            Optional.of(status),
            new SemiSync(true, 1, false, false, false, true, 0, 0, false, 0, false));
    assertThat(statements(new ServerAction.SetSemiSyncReplica(B, true), set))
        .endsWith("STOP SLAVE IO_THREAD", "START SLAVE IO_THREAD");
  }

  private static List<String> guarded(ServerAction action, Instance server, boolean acknowledging) {
    StartGuard guard = new StartGuard((replica, source) -> Optional.of(acknowledging));
    return ActionStatements.of(
        action, server, Supplements.NONE.acknowledging(guard.before(action, server)));
  }

  /** Its master side is on, its replica side is not. */
  private static Instance formerMaster(boolean readOnly, boolean running) {
    return server(
        "8.0.31",
        readOnly,
        Optional.of(replication(running, false, false, ReplicationTls.NONE)),
        new SemiSync(true, 1, true, true, true, false, 0, 0, false, 0, false));
  }

  @Test
  void saysWhetherAReplicaAcknowledgesBeforeItConnects() {
    Instance stopped = formerMaster(false, false);
    String on = "SET GLOBAL rpl_semi_sync_replica_enabled=1";
    assertThat(guarded(new ServerAction.StartReplication(B), stopped, true))
        .containsExactly(on, "START REPLICA");
    assertThat(guarded(new ServerAction.StartIoThread(B), stopped, true))
        .containsExactly(on, "START REPLICA IO_THREAD");
    assertThat(guarded(new ServerAction.StartReplication(B), stopped, false))
        .containsExactly("START REPLICA");
    Instance running = formerMaster(false, true);
    assertThat(guarded(new ServerAction.RestartReplication(B), running, true))
        .containsExactly("STOP REPLICA", on, "START REPLICA");
    ServerAction.ChangeSource change =
        new ServerAction.ChangeSource(B, NEW, new SourcePosition.OracleAuto(), true);
    assertThat(guarded(change, running, true)).endsWith(on, "START REPLICA").hasSize(4);
    assertThat(
            guarded(
                new ServerAction.ChangeSource(B, NEW, new SourcePosition.OracleAuto(), false),
                running,
                true))
        .doesNotContain(on);
  }

  @Test
  void aFormerMasterWaitsForNobodyButACoMasterThatTakesWritesDoes() {
    String off = "SET GLOBAL rpl_semi_sync_source_enabled=0";
    ServerAction start = new ServerAction.StartReplication(B);
    assertThat(statements(start, formerMaster(true, false))).containsExactly(off, "START REPLICA");
    assertThat(statements(start, formerMaster(false, false))).containsExactly("START REPLICA");
  }

  @Test
  void knowsThatMariaDbHasNoSuperReadOnly() {
    assertThat(
            statements(
                new ServerAction.SetReadOnly(B, true, true),
                server("11.4.5-MariaDB", Optional.empty(), SemiSync.NONE)))
        .containsExactly("SET GLOBAL read_only=1");
  }

  @Test
  void showsNoPasswordInADryRun() {
    assertThat(
            SupplementSource.forDisplay(
                new ServerAction.ChangeSource(B, NEW, new SourcePosition.OracleAuto(), true),
                server("5.7.22", Optional.empty(), SemiSync.NONE),
                new StartGuard((replica, source) -> Optional.empty())))
        .first()
        .asString()
        .contains("MASTER_USER='<replication user>', MASTER_PASSWORD='<password>'");
  }
}
