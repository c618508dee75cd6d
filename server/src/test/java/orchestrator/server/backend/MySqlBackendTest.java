package orchestrator.server.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import orchestrator.core.state.Command;
import orchestrator.core.state.ReplicatedState;
import orchestrator.sandbox.SandboxServer;
import orchestrator.server.backend.MySqlAccess.Tls;
import orchestrator.server.engine.Consensus.Submission;
import orchestrator.server.observe.AuditRecord;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A store on a server that others use, that restarts, hangs, and cuts connections. */
class MySqlBackendTest {
  private final SandboxServer server = TestMySql.server();
  private final TestStore.MySqlDatabaseStore place = TestMySql.newDatabase();

  @AfterEach
  void mend() {
    server.resume();
    server.start();
  }

  @Test
  void tablesOfTheFormerManagerStayAsTheyAre() {
    server.sql(
        "CREATE DATABASE " + place.database(),
        "CREATE TABLE %s.audit (audit_id BIGINT PRIMARY KEY)".formatted(place.database()),
        "INSERT INTO %s.audit VALUES (7)".formatted(place.database()));
    try (StoreFixture store = new StoreFixture(place)) {
      store.put(1);
    }
    assertThat(server.query("SELECT * FROM %s.audit".formatted(place.database())))
        .singleElement()
        .isEqualTo(Map.of("audit_id", "7"));
    assertThat(
            server.query(
                "SELECT table_name AS name FROM information_schema.tables WHERE table_schema='%s'"
                    .formatted(place.database())))
        .extracting(row -> row.get("name"))
        .filteredOn(name -> !name.equals("audit"))
        .isNotEmpty()
        .allMatch(name -> name.startsWith("ojr_"));
  }

  @Test
  void secondManagerIsRefusedByNameAndTheFirstGoesOn() {
    try (StoreFixture first = new StoreFixture(place)) {
      assertThatThrownBy(place::open)
          .isInstanceOf(StoreInUseException.class)
          .hasMessageContainingAll("in use by another manager", place.database(), "127.0.0.1:");
      first.put(1);
    }
    new StoreFixture(place).close();
  }

  @Test
  void connectionThatIsKilledIsReplacedAndNothingIsLost() {
    try (StoreFixture store = new StoreFixture(place)) {
      store.put(1);
      killWriter();
      store.backend.audit(new AuditRecord(Instant.EPOCH, "after", Optional.empty(), "", ""));
      awaiting().until(() -> store.submit(put(2)) instanceof Submission.Committed);
      store.put(3);
      assertThatThrownBy(place::open).isInstanceOf(StoreInUseException.class);
    }
    try (StoreFixture store = new StoreFixture(place)) {
      assertThat(store.consensus.state().keyValues()).containsOnlyKeys("key1", "key2", "key3");
    }
  }

  @Test
  void managerWhoseStoreWasUsedByAnotherMeanwhileStopsLeading() {
    try (StoreFixture store = new StoreFixture(place)) {
      store.put(1);
      server.sql(
          "UPDATE %s.ojr_meta SET value = value + 1 WHERE name = 'owner'"
              .formatted(place.database()));
      killWriter();
      awaiting().until(() -> store.backend.failure().isPresent());
      assertThat(store.submit(put(2))).isInstanceOf(Submission.Rejected.class);
      assertThat(store.consensus.leadership()).isEmpty();
      assertThat(store.consensus.failure())
          .hasValueSatisfying(
              reason -> assertThat(reason).contains("another manager", "restart this node"));
    }
  }

  @Test
  void serverThatWasGoneIsUsedAgainAndNothingIsLost() {
    try (StoreFixture store = new StoreFixture(place)) {
      store.put(1);
      server.kill();
      assertThat(store.submit(put(2))).isNotInstanceOf(Submission.Committed.class);
      assertThat(store.consensus.leadership()).isEmpty();
      awaiting().until(() -> store.backend.failure().isPresent());
      server.start();
      awaiting().until(() -> store.consensus.leadership().isPresent());
      store.put(3);
      awaiting().until(() -> store.backend.failure().isEmpty());
      assertThat(store.consensus.state().keyValues()).containsKeys("key1", "key3");
    }
    try (StoreFixture store = new StoreFixture(place)) {
      assertThat(store.consensus.state().keyValues()).containsKeys("key1", "key3");
    }
  }

  @Tag("long")
  @Test
  void frozenServerHoldsUpNobodyForEverAndShowsAsAFailure() {
    try (StoreFixture store = new StoreFixture(place)) {
      store.put(1);
      server.freeze();
      assertThat(store.consensus.submit(List.of(put(2)), Duration.ofSeconds(1)))
          .isInstanceOf(Submission.Unknown.class);
      awaiting().until(() -> store.backend.failure().isPresent());
      assertThatThrownBy(() -> store.backend.audit(Optional.empty(), 0))
          .hasMessageContaining(place.database());
      server.resume();
      awaiting().until(() -> store.submit(put(3)) instanceof Submission.Committed);
      ReplicatedState state = store.consensus.state();
      store.close();
      try (StoreFixture again = new StoreFixture(place)) {
        assertThat(again.consensus.state()).isEqualTo(state);
      }
    }
  }

  @Test
  void commitWhoseAnswerWasLostIsFoundAgain() throws Exception {
    ReplicatedState state;
    try (Relay relay = new Relay(server.port());
        SqlBackend backend = MySqlBackend.open(through(relay));
        StandaloneConsensus consensus = StandaloneConsensus.open(backend)) {
      consensus.submit(List.of(put(1)), StoreFixture.PATIENCE);
      relay.cutAfter("COMMIT");
      Submission lost = consensus.submit(List.of(put(2)), StoreFixture.PATIENCE);
      // The cut can also hit the commit of something else: then this one was not done at all.
      assertThat(lost).isNotInstanceOf(Submission.Committed.class);
      awaiting()
          .until(() ->
              consensus.submit(List.of(put(3)), StoreFixture.PATIENCE)
                  instanceof Submission.Committed);
      if (lost instanceof Submission.Unknown) {
        assertThat(consensus.state().keyValues()).containsKey("key2");
      }
      state = consensus.state();
    }
    try (StoreFixture again = new StoreFixture(place)) {
      assertThat(again.consensus.state()).isEqualTo(state);
    }
  }

  @Test
  void whatIsWrongWithTheAccessIsSaidWithTheKeyToChange() {
    assertThatThrownBy(() -> MySqlBackend.open(access("backend", "wrong", Tls.NONE)))
        .isInstanceOf(BackendException.class)
        .hasMessageContainingAll("Access denied", "MySQLOrchestratorPassword");
    server.stop();
    assertThatThrownBy(place::open)
        .isInstanceOf(BackendException.class)
        .hasMessageContainingAll(place.database(), "MySQLOrchestratorHost");
  }

  @Test
  void serverThatIsReadOnlyIsRefusedWhenAskedFor() {
    MySqlAccess plain = TestMySql.access(place.database());
    MySqlAccess rejecting =
        new MySqlAccess(
            plain.host(),
            plain.port(),
            plain.database(),
            plain.user(),
            plain.password(),
            plain.connectTimeout(),
            plain.readTimeout(),
            plain.maxConnections(),
            true,
            plain.maxAllowedPacket(),
            Tls.NONE);
    place.open().close();
    server.sql("SET GLOBAL read_only=1");
    try {
      assertThatThrownBy(() -> MySqlBackend.open(rejecting))
          .isInstanceOf(BackendException.class)
          .hasMessageContaining("read-only");
    } finally {
      server.sql("SET GLOBAL read_only=0");
    }
    MySqlBackend.open(rejecting).close();
  }

  @Test
  void encryptedConnectionShowsTheCertificateOfThisNode() {
    server.sql(
        "CREATE USER IF NOT EXISTS 'tls'@'%' IDENTIFIED BY 'secret' REQUIRE X509",
        "GRANT ALL ON `ojr\\_test%`.* TO 'tls'@'%'");
    Path data = server.dataDirectory();
    Tls withCertificate =
        new Tls(
            true,
            true,
            Optional.of(data.resolve("ca.pem")),
            Optional.of(data.resolve("client-cert.pem")),
            Optional.of(data.resolve("client-key.pem")));
    MySqlBackend.open(access("tls", "secret", withCertificate)).close();
    Tls without = new Tls(true, true, Optional.empty(), Optional.empty(), Optional.empty());
    assertThatThrownBy(() -> MySqlBackend.open(access("tls", "secret", without)))
        .isInstanceOf(BackendException.class);
    // The server's own certificate names no host, so a verified connection is refused.
    Tls verified =
        new Tls(
            true,
            false,
            withCertificate.authorityFile(),
            withCertificate.certificateFile(),
            withCertificate.keyFile());
    assertThatThrownBy(() -> MySqlBackend.open(access("tls", "secret", verified)))
        .isInstanceOf(BackendException.class);
  }

  private MySqlAccess through(Relay relay) {
    return new MySqlAccess(
        "127.0.0.1",
        relay.port(),
        place.database(),
        "backend",
        "secret",
        Duration.ofSeconds(2),
        Duration.ofSeconds(5),
        2,
        false,
        0,
        Tls.NONE);
  }

  private MySqlAccess access(String user, String password, Tls tls) {
    return new MySqlAccess(
        server.host(),
        server.port(),
        place.database(),
        user,
        password,
        Duration.ofSeconds(2),
        Duration.ofSeconds(5),
        2,
        false,
        -1,
        tls);
  }

  private void killWriter() {
    String holder =
        server.value("SELECT IS_USED_LOCK('ojr:" + place.database() + "')").orElseThrow();
    server.sql("KILL " + holder);
  }

  private static Command put(int number) {
    return new Command.PutKeyValue("key" + number, "value");
  }

  private static ConditionFactory awaiting() {
    return Awaitility.await().atMost(Duration.ofSeconds(30));
  }
}
