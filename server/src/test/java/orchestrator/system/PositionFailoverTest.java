package orchestrator.system;

import static orchestrator.system.Managed.keyOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import orchestrator.core.facts.RecoveryKind;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.facts.ReplicaFate;
import orchestrator.sandbox.Sandbox;
import orchestrator.sandbox.SandboxServer;
import orchestrator.sandbox.SandboxSpec;
import orchestrator.sandbox.ServerKind;
import orchestrator.system.HaltingManager.Point;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A master dies under writes whose replicas replicate by file and position. */
class PositionFailoverTest {
  @TempDir Path folder;

  @Test
  void withPseudoGtidAReplicaThatIsBehindFollowsTheNewMaster() {
    replicaBehindFollows(ServerKind.MYSQL_8_0);
  }

  @Tag("long")
  @ParameterizedTest
  @EnumSource(
      value = ServerKind.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"MYSQL_8_0"})
  void withPseudoGtidAReplicaThatIsBehindFollowsOnOtherKindsOfServers(ServerKind kind) {
    replicaBehindFollows(kind);
  }

  @Tag("long")
  @ParameterizedTest
  @EnumSource(ServerKind.class)
  void aDeadCoMasterIsReplacedByTheOtherAndAReplicaThatIsBehindFollows(ServerKind kind) {
    RecoveryTicket ticket = replicaBehindFollows(start(SandboxSpec.coMasters(kind, 2)));
    assertThat(ticket.kind()).isEqualTo(RecoveryKind.DEAD_CO_MASTER);
  }

  private void replicaBehindFollows(ServerKind kind) {
    replicaBehindFollows(start(kind));
  }

  private RecoveryTicket replicaBehindFollows(Sandbox started) {
    try (Sandbox sandbox = started;
        Managed managed =
            Managed.over(
                sandbox, folder, ManagerConfiguration.quick().with("AutoPseudoGTID", true))) {
      SandboxServer old = sandbox.master();
      SandboxServer behind = sandbox.server("D");
      try (WriteLoad load = WriteLoad.on(sandbox)) {
        awaitMarker(old);
        load.awaitWrites(200);
        awaitMarker(behind);
        behind.sql("STOP SLAVE");
        load.awaitWrites(600);
        old.kill();
        RecoveryTicket ticket = managed.awaitRecoveryOf(old);
        SandboxServer promoted = managed.promotedBy(ticket);
        load.awaitWritesTo(promoted);
        load.stop();
        assertThat(ticket.fates().get(keyOf(behind)))
            .as(() -> String.join("\n", managed.protocolOf(ticket)))
            .extracting(ReplicaFate::kind)
            .isEqualTo(ReplicaFate.Kind.MOVED);
        assertThat(ticket.replicasWith(ReplicaFate.Kind.MOVED))
            .hasSize(sandbox.servers().size() - 2);
        for (SandboxServer replica : sandbox.servers()) {
          if (replica != old) {
            assertSame(replica, promoted);
          }
        }
        return ticket;
      }
    }
  }

  @Tag("long")
  @ParameterizedTest
  @EnumSource(ServerKind.class)
  void withoutPseudoGtidEqualReplicasAreMovedAndTheOthersLostWithAReason(ServerKind kind) {
    // Otherwise it is a finding that nothing supports a failover, and the picture is never clean.
    ManagerConfiguration configuration =
        ManagerConfiguration.quick().with("DetectPseudoGTIDQuery", "select 1");
    try (Sandbox sandbox = start(kind);
        Managed managed = Managed.over(sandbox, folder, configuration)) {
      SandboxServer old = sandbox.master();
      SandboxServer behind = sandbox.server("D");
      Servers.write(old, 1);
      awaitSame(sandbox.replicas(), old);
      behind.sql("STOP SLAVE");
      Servers.write(old, 2);
      awaitSame(List.of(sandbox.server("B"), sandbox.server("C")), old);
      old.kill();
      RecoveryTicket ticket = managed.awaitRecoveryOf(old);
      SandboxServer promoted = managed.promotedBy(ticket);
      assertThat(ticket.fates().get(keyOf(behind)))
          .satisfies(fate -> {
            assertThat(fate.kind()).isEqualTo(ReplicaFate.Kind.LOST);
            assertThat(fate.reason()).contains("PseudoGTIDPattern");
          });
      assertThat(ticket.replicasWith(ReplicaFate.Kind.MOVED)).hasSize(1);
      assertThat(ticket.loss().log()).isPresent();
      Servers.write(promoted, 3);
      awaitSame(
          sandbox.replicas().stream().filter(replica -> replica != behind).toList(), promoted);
    }
  }

  @Tag("long")
  @Test
  void aManagerThatGoesOnTakesNoLaterPlaceThanTheOneBeforeIt() {
    try (Sandbox sandbox = start(ServerKind.MYSQL_8_0)) {
      SandboxServer old = sandbox.master();
      Path file =
          ManagerConfiguration.quick()
              .with("DiscoverySeeds", List.of(old.address()))
              .with("ListenAddress", "127.0.0.1:0")
              .write(folder);
      Point writable = Point.after("Perform.*SetReadOnly.*readOnly=false");
      try (ChildManager child = ChildManager.halting(folder.resolve("log"), file, writable)) {
        child.awaitActing(sandbox);
        Servers.write(old, 1);
        awaitSame(sandbox.replicas(), old);
        old.kill();
        assertThat(child.endsWithin(Duration.ofSeconds(30))).isTrue();
      }
      SandboxServer promoted = Servers.writable(sandbox).getFirst();
      for (int number = 100; number < 120; number++) {
        Servers.write(promoted, number);
      }
      try (Managed managed = Managed.again(sandbox, folder)) {
        RecoveryTicket ticket = managed.awaitRecoveryOf(old);
        assertThat(managed.promotedBy(ticket)).isEqualTo(promoted);
        assertThat(ticket.replicasWith(ReplicaFate.Kind.MOVED)).hasSize(2);
        awaitSame(sandbox.replicas(), promoted);
      }
    }
  }

  @Tag("long")
  @ParameterizedTest
  @EnumSource(ServerKind.class)
  void replicasOfADeadIntermediateMasterAreMatchedBelowItsSibling(ServerKind kind) {
    ManagerConfiguration configuration =
        ManagerConfiguration.quick()
            .with("AutoPseudoGTID", true)
            .with("RecoverIntermediateMasterClusterFilters", List.of("*"));
    SandboxSpec spec = SandboxSpec.shape(kind, "A>B", "A>C", "B>D", "B>E");
    try (Sandbox sandbox = start(spec);
        Managed managed = Managed.over(sandbox, folder, configuration)) {
      SandboxServer dead = sandbox.server("B");
      try (WriteLoad load = WriteLoad.on(sandbox)) {
        awaitMarker(sandbox.master());
        load.awaitWrites(300);
        dead.kill();
        RecoveryTicket ticket = managed.awaitRecoveryOf(dead);
        load.stop();
        assertThat(ticket.replicasWith(ReplicaFate.Kind.MOVED))
            .as(() -> String.join("\n", managed.protocolOf(ticket)))
            .hasSize(2);
        awaitSame(List.of(sandbox.server("D"), sandbox.server("E")), sandbox.master());
      }
    }
  }

  static Sandbox start(ServerKind kind) {
    return start(SandboxSpec.masterAndReplicas(kind, 3));
  }

  private static Sandbox start(SandboxSpec spec) {
    Sandbox sandbox = Sandbox.start(spec.withoutGtid());
    Servers.createLedger(sandbox);
    sandbox.master().sql("GRANT DROP ON `_pseudo_gtid_`.* TO 'orchestrator'@'127.%'");
    awaitSame(sandbox.replicas(), sandbox.master());
    return sandbox;
  }

  static void awaitMarker(SandboxServer master) {
    await("a marker was injected")
        .atMost(Duration.ofSeconds(20))
        .until(() ->
            master.query("SHOW BINLOG EVENTS IN '" + logOf(master) + "'").stream()
                .anyMatch(row -> row.getOrDefault("Info", "").contains("`_asc:")));
  }

  private static String logOf(SandboxServer master) {
    return master.query("SHOW MASTER STATUS").getFirst().getOrDefault("File", "");
  }

  static void awaitSame(List<SandboxServer> replicas, SandboxServer master) {
    replicas.forEach(replica -> assertSame(replica, master));
  }

  private static void assertSame(SandboxServer replica, SandboxServer master) {
    await(replica + " has what " + master + " has")
        .atMost(Duration.ofSeconds(20))
        .ignoreExceptions()
        .until(() ->
            new HashSet<>(Servers.ledgerOf(replica))
                .equals(new HashSet<>(Servers.ledgerOf(master))));
  }
}
