package orchestrator.server.backend;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.mariadb.jdbc.Configuration;
import org.mariadb.jdbc.Driver;

/** Opens connections to one server, on which nothing waits for ever. */
final class MySqlConnector implements DataSource, AutoCloseable {
  /**
   * The writing connection is used every other second: after this, the server gives up one whose
   * machine has died, and with it the lock. All wait for locks of others this long at most.
   */
  private static final String SESSION_VARIABLES =
      "wait_timeout=60,lock_wait_timeout=10,innodb_lock_wait_timeout=10,"
          + "sql_mode='STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION'";

  private final MySqlAccess access;
  private final Optional<ClientKeyStore> keyStore;
  private final Properties options;

  MySqlConnector(MySqlAccess access) {
    this.access = access;
    this.keyStore = keyStore(access.tls());
    this.options = options(access, keyStore);
  }

  private static Optional<ClientKeyStore> keyStore(MySqlAccess.Tls tls) {
    if (!tls.enabled() || (tls.certificateFile().isEmpty() && tls.keyFile().isEmpty())) {
      return Optional.empty();
    }
    if (tls.certificateFile().isEmpty() || tls.keyFile().isEmpty()) {
      throw new BackendException(
          "MySQLOrchestratorSSLCertFile and MySQLOrchestratorSSLPrivateKeyFile need each other");
    }
    return Optional.of(ClientKeyStore.of(tls.certificateFile().get(), tls.keyFile().get()));
  }

  private static Properties options(MySqlAccess access, Optional<ClientKeyStore> keyStore) {
    Properties options = new Properties();
    options.setProperty("user", access.user());
    options.setProperty("password", access.password());
    options.setProperty("connectTimeout", Long.toString(access.connectTimeout().toMillis()));
    options.setProperty("socketTimeout", Long.toString(access.readTimeout().toMillis()));
    options.setProperty("tcpKeepAlive", "true");
    options.setProperty("allowLocalInfile", "false");
    options.setProperty("permitRedirect", "false");
    options.setProperty("allowPublicKeyRetrieval", "true");
    options.setProperty("connectionAttributes", "program_name:orchestrator,purpose:backend");
    options.setProperty("sessionVariables", SESSION_VARIABLES);
    if (access.maxAllowedPacket() > 0) {
      options.setProperty("maxAllowedPacket", Integer.toString(access.maxAllowedPacket()));
    }
    MySqlAccess.Tls tls = access.tls();
    options.setProperty(
        "sslMode", tls.enabled() ? (tls.skipVerify() ? "trust" : "verify-full") : "disable");
    if (tls.enabled() && !tls.skipVerify()) {
      tls.authorityFile().ifPresent(file -> options.setProperty("serverSslCert", file.toString()));
    }
    keyStore.ifPresent(store -> store.addTo(options));
    return options;
  }

  /**
   * @param database empty for none
   */
  Connection open(String database) throws SQLException {
    String url =
        "jdbc:mariadb://address=(host=%s)(port=%d)(type=primary)/%s"
            .formatted(access.host(), access.port(), database);
    return Driver.connect(Objects.requireNonNull(Configuration.parse(url, options), url));
  }

  @Override
  public Connection getConnection() throws SQLException {
    return open(access.database());
  }

  @Override
  public Connection getConnection(String user, String password) throws SQLException {
    throw new SQLFeatureNotSupportedException("the user is configured");
  }

  @Override
  public PrintWriter getLogWriter() throws SQLException {
    throw new SQLFeatureNotSupportedException();
  }

  @Override
  public void setLogWriter(PrintWriter out) {}

  @Override
  public void setLoginTimeout(int seconds) {}

  @Override
  public int getLoginTimeout() {
    return (int) Math.max(1, access.connectTimeout().toSeconds());
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw new SQLFeatureNotSupportedException();
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    throw new SQLFeatureNotSupportedException();
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return false;
  }

  @Override
  public void close() {
    keyStore.ifPresent(ClientKeyStore::close);
  }
}
