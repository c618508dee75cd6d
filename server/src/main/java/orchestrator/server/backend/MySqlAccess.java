package orchestrator.server.backend;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Where a store on a MySQL or MariaDB server is, and how it is reached.
 *
 * @param database created when it is missing
 * @param connectTimeout for a connection, its handshake included
 * @param readTimeout for the answer to a statement
 * @param maxConnections that this process has at once, the writing one included; 2 or more
 * @param rejectReadOnly whether a server that is read-only counts as one that cannot be reached
 * @param maxAllowedPacket in bytes; 0 as the server says, -1 as the driver thinks
 */
public record MySqlAccess(
    String host,
    int port,
    String database,
    String user,
    String password,
    Duration connectTimeout,
    Duration readTimeout,
    int maxConnections,
    boolean rejectReadOnly,
    int maxAllowedPacket,
    Tls tls) {

  /**
   * @param skipVerify whether the server's certificate is taken as it is
   * @param authorityFile PEM; empty for the certificates that the system trusts
   * @param certificateFile PEM, of this node; empty when the server asks for none
   * @param keyFile PEM, of this node
   */
  public record Tls(
      boolean enabled,
      boolean skipVerify,
      Optional<Path> authorityFile,
      Optional<Path> certificateFile,
      Optional<Path> keyFile) {
    public static final Tls NONE =
        new Tls(false, false, Optional.empty(), Optional.empty(), Optional.empty());
  }

  public MySqlAccess {
    if (!host.matches("[A-Za-z0-9._:%-]{1,255}")) {
      throw new BackendException(
          "MySQLOrchestratorHost \"%s\" is no name of a host".formatted(host));
    }
    // It becomes a part of statements and of a URL.
    if (!database.matches("[A-Za-z0-9_$-]{1,64}")) {
      throw new BackendException(
          "MySQLOrchestratorDatabase \"%s\" is no name of a database: 1 to 64 letters, digits, _, $ or -"
              .formatted(database));
    }
    if (maxConnections < 2) {
      throw new BackendException("MySQLOrchestratorMaxPoolConnections must be 2 or more");
    }
  }

  @Override
  public String toString() {
    return "database %s on %s:%d".formatted(database, host, port);
  }
}
