package orchestrator.server.mysql;

import static orchestrator.server.mysql.RealServers.SOON;
import static orchestrator.server.mysql.RealServers.key;
import static orchestrator.server.mysql.RealServers.probe;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import orchestrator.sandbox.Sandbox;
import orchestrator.sandbox.SandboxSpec;
import orchestrator.sandbox.ServerKind;
import orchestrator.server.engine.ProbeResult;
import orchestrator.server.engine.ProbeResult.Failure;
import orchestrator.server.engine.Servers.ProbeDepth;
import orchestrator.server.mysql.TopologyAccess.Tls;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A server that lets the user in over TLS only. */
class TlsOfRealServersTest {
  private static final Sandbox SANDBOX =
      Sandbox.start(SandboxSpec.shape(ServerKind.MARIADB_11_4, "A"));

  @BeforeAll
  static void requireTls() {
    SANDBOX
        .master()
        .sql("SET SESSION sql_log_bin=0", "ALTER USER 'orchestrator'@'127.%' REQUIRE SSL");
  }

  @AfterAll
  static void stop() {
    SANDBOX.close();
  }

  private static MySqlServers manager(Tls.Mode mode) {
    return RealServers.manager(
        RealServers.access()
            .with(new Tls(mode, true, "", Duration.ofSeconds(500)))
            .with(new TopologyAccess.Timeouts(SOON, SOON, SOON, SOON, Duration.ZERO)));
  }

  @Test
  void isReadWithTlsWhenPlainIsRefused() {
    try (MySqlServers servers = manager(Tls.Mode.MIXED)) {
      assertThat(probe(servers, key(SANDBOX.master())).isLastCheckValid()).isTrue();
      servers.forget(key(SANDBOX.master()));
      assertThat(probe(servers, key(SANDBOX.master())).isLastCheckValid()).isTrue();
    }
  }

  @Test
  void isRefusedWithoutTls() {
    try (MySqlServers servers = manager(Tls.Mode.NEVER)) {
      ProbeResult result = servers.probe(key(SANDBOX.master()), ProbeDepth.REGULAR, SOON);

      assertThat(((ProbeResult.Failed) result).failure()).isEqualTo(Failure.ACCESS_DENIED);
    }
  }
}
