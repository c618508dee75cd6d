package orchestrator.server.backend;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import orchestrator.sandbox.Sandbox;
import orchestrator.sandbox.SandboxServer;
import orchestrator.sandbox.SandboxSpec;
import orchestrator.sandbox.ServerKind;

/** One server for all tests of a process; it ends with the process. */
final class TestMySql {
  private static final AtomicInteger DATABASES = new AtomicInteger();

  private TestMySql() {}

  private static final class Holder {
    static final Sandbox SANDBOX =
        Sandbox.start(SandboxSpec.shape(ServerKind.MYSQL_8_0, "A").tuned());

    static {
      SANDBOX
          .master()
          .sql(
              "CREATE USER 'backend'@'%' IDENTIFIED BY 'secret'",
              "GRANT ALL ON `ojr\\_test%`.* TO 'backend'@'%'");
    }
  }

  static SandboxServer server() {
    return Holder.SANDBOX.master();
  }

  /** One that does not exist yet. */
  static TestStore.MySqlDatabaseStore newDatabase() {
    return new TestStore.MySqlDatabaseStore("ojr_test" + DATABASES.incrementAndGet());
  }

  static MySqlAccess access(String database) {
    return access(server(), database);
  }

  static MySqlAccess access(SandboxServer server, String database) {
    return new MySqlAccess(
        server.host(),
        server.port(),
        database,
        "backend",
        "secret",
        Duration.ofSeconds(2),
        Duration.ofSeconds(5),
        5,
        false,
        -1,
        MySqlAccess.Tls.NONE);
  }
}
