package orchestrator.server.app;

import java.io.IOException;
import java.util.Optional;
import orchestrator.server.backend.BackendException;
import orchestrator.server.backend.MySqlAccess;
import orchestrator.server.backend.MySqlBackend;
import orchestrator.server.backend.SqlBackend;
import orchestrator.server.backend.SqliteBackend;
import orchestrator.server.config.BackendConfiguration;
import orchestrator.server.config.Configuration;

/** The node's own store, as configured. */
final class Backends {
  private Backends() {}

  /**
   * @throws IOException when a key that it needs is not set
   * @throws BackendException when it cannot be used
   */
  static SqlBackend open(Configuration configuration) throws IOException {
    BackendConfiguration backend = configuration.backend();
    return switch (backend.kind()) {
      case SQLITE -> SqliteBackend.open(required(backend.sqliteDataFile(), "SQLite3DataFile"));
      case MYSQL -> MySqlBackend.open(access(configuration));
    };
  }

  /** As {@code /api/health} shows it. */
  static String kind(Configuration configuration) {
    return switch (configuration.backend().kind()) {
      case SQLITE -> "sqlite";
      case MYSQL -> "mysql";
    };
  }

  private static MySqlAccess access(Configuration configuration) throws IOException {
    BackendConfiguration backend = configuration.backend();
    return new MySqlAccess(
        required(backend.mysqlHost(), "MySQLOrchestratorHost"),
        backend.mysqlPort(),
        backend.mysqlDatabase(),
        backend.mysqlCredentials().user(),
        backend.mysqlCredentials().password(),
        configuration.topologyAccess().connectTimeout(),
        backend.mysqlReadTimeout(),
        // One writes, and at least one reads.
        Math.max(2, backend.mysqlMaxConnections()),
        backend.mysqlRejectReadOnly(),
        backend.mysqlMaxAllowedPacket(),
        new MySqlAccess.Tls(
            backend.mysqlTls(),
            backend.mysqlTlsSkipVerify(),
            backend.mysqlTlsAuthorityFile(),
            backend.mysqlTlsCertificateFile(),
            backend.mysqlTlsKeyFile()));
  }

  private static <T> T required(Optional<T> value, String key) throws IOException {
    return value.orElseThrow(() -> new IOException(key + " is not set"));
  }
}
