package orchestrator.server.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import orchestrator.core.facts.DemotedMaster;
import orchestrator.core.facts.KeptReadOnly;
import orchestrator.core.state.Command;
import orchestrator.core.topology.InstanceKey;
import orchestrator.sandbox.Sandbox;
import orchestrator.sandbox.SandboxServer;
import orchestrator.sandbox.SandboxSpec;
import orchestrator.sandbox.ServerKind;
import orchestrator.server.config.Configuration;
import orchestrator.server.config.ConfigurationLoader;
import orchestrator.server.config.ConfigurationResult;
import orchestrator.server.engine.Operations;
import orchestrator.server.engine.Outcome;
import orchestrator.server.engine.Requester;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How long a server stays known that nobody has seen, and that a forgotten one stays forgotten. */
class ForgettingTest {
  /** Nothing listens there. */
  private static final InstanceKey NOBODY = new InstanceKey("127.0.0.1", 1);

  private static final Requester TESTER = new Requester("test");
  private static final Duration ALMOST = Duration.ofHours(9);
  private static final Duration MORE = Duration.ofHours(2);

  @TempDir Path folder;
  private Path file;
  private volatile Duration offset = Duration.ZERO;
  private final InstantSource clock = () -> Instant.now().plus(offset);

  @BeforeEach
  void configure() throws IOException {
    file = folder.resolve("orchestrator.conf.json");
    Files.writeString(
        file,
        """
        {"BackendDB": "sqlite", "SQLite3DataFile": "%s", "UnseenInstanceForgetHours": 10,
         "MySQLTopologyUser": "orchestrator", "MySQLTopologyPassword": "orchestrator",
         "HostnameResolveMethod": "none", "MySQLHostnameResolveMethod": "none",
         "InstancePollSeconds": 1}
        """
            .formatted(folder.resolve("state.sqlite3")));
  }

  private Wiring start() throws IOException {
    ConfigurationResult result = ConfigurationLoader.load(List.of(file), Map.of());
    assertThat(result).isInstanceOf(ConfigurationResult.Loaded.class);
    Configuration configuration = ((ConfigurationResult.Loaded) result).configuration();
    Wiring wiring =
        Wiring.open(configuration, Service.node(configuration, Version.current(), clock), clock);
    wiring.manager().start();
    return wiring;
  }

  private static boolean isKnown(Operations operations, InstanceKey key) {
    return operations.world().topology().find(key).isPresent();
  }

  private void awaitAttempt(Operations operations) {
    Instant now = clock.instant();
    await("it was tried again")
        .until(() ->
            operations
                .world()
                .topology()
                .find(NOBODY)
                .flatMap(instance -> instance.freshness().lastChecked())
                .filter(now::isBefore)
                .isPresent());
  }

  @Test
  void aServerThatNeverAnswersIsKnownForTheConfiguredTime() throws IOException {
    try (Wiring wiring = start()) {
      Operations operations = wiring.manager().operations();
      assertThat(operations.discover(NOBODY, TESTER)).isInstanceOf(Outcome.Failed.class);
      offset = ALMOST;
      awaitAttempt(operations);
      assertThat(isKnown(operations, NOBODY)).isTrue();
      offset = ALMOST.plus(MORE);
      await("it is forgotten").until(() -> !isKnown(operations, NOBODY));
      assertThat(operations.world().state().known()).isEmpty();
    }
    try (Wiring again = start()) {
      assertThat(isKnown(again.manager().operations(), NOBODY)).isFalse();
    }
  }

  @Test
  void anOldMasterThatMustNotTakeWritesIsNeverForgottenByItself() throws IOException {
    try (Wiring wiring = start()) {
      Operations operations = wiring.manager().operations();
      var _ = operations.discover(NOBODY, TESTER);
      DemotedMaster demoted =
          new DemotedMaster(NOBODY, "uid", new InstanceKey("127.0.0.2", 1), clock.instant());
      neverForgotten(operations, new Command.WatchDemotedMaster(demoted));
      assertThat(operations.world().state().demoted()).containsKey(NOBODY);
    }
  }

  @Test
  void norIsACandidateThatWasGivenUp() throws IOException {
    try (Wiring wiring = start()) {
      Operations operations = wiring.manager().operations();
      var _ = operations.discover(NOBODY, TESTER);
      KeptReadOnly kept = new KeptReadOnly(NOBODY, "uid", clock.instant());
      neverForgotten(operations, new Command.KeepReadOnly(kept));
      assertThat(operations.world().state().keptReadOnly()).containsKey(NOBODY);
    }
  }

  private void neverForgotten(Operations operations, Command because) {
    assertThat(operations.submit(because, TESTER)).isInstanceOf(Outcome.Ok.class);
    offset = ALMOST.plus(MORE);
    awaitAttempt(operations);
    awaitAttempt(operations);
    assertThat(isKnown(operations, NOBODY)).isTrue();
  }

  @Test
  void aServerThatWasSeenAndForgottenIsUnknownAfterARestart() throws IOException {
    try (Sandbox sandbox = Sandbox.start(SandboxSpec.shape(ServerKind.MYSQL_8_0, "A"))) {
      SandboxServer server = sandbox.server("A");
      InstanceKey key = new InstanceKey(server.host(), server.port());
      try (Wiring wiring = start()) {
        Operations operations = wiring.manager().operations();
        assertThat(operations.discover(key, TESTER)).isInstanceOf(Outcome.Ok.class);
      }
      try (Wiring wiring = start()) {
        assertThat(isKnown(wiring.manager().operations(), key)).isTrue();
        assertThat(wiring.manager().operations().forget(key, TESTER))
            .isInstanceOf(Outcome.Ok.class);
      }
      try (Wiring wiring = start()) {
        assertThat(isKnown(wiring.manager().operations(), key)).isFalse();
      }
    }
  }
}
