package orchestrator.server.config;

import static orchestrator.server.config.ConfigurationKey.Trait.FROM_ENVIRONMENT;
import static orchestrator.server.config.ConfigurationKey.Trait.SECRET;
import static orchestrator.server.config.KeyTypes.bool;
import static orchestrator.server.config.KeyTypes.choice;
import static orchestrator.server.config.KeyTypes.integer;
import static orchestrator.server.config.KeyTypes.path;
import static orchestrator.server.config.KeyTypes.port;
import static orchestrator.server.config.KeyTypes.seconds;
import static orchestrator.server.config.KeyTypes.text;
import static orchestrator.server.config.NetworkTypes.host;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Backend database: The node's own store of state. */
public record BackendConfiguration(ConfigurationValues values) {

  private static final KeyGroup.Builder KEYS = KeyGroup.named("Backend database");

  static final ConfigurationKey<Kind> BACKEND_DB =
      KEYS.key(
          "BackendDB",
          choice(Kind.class),
          "mysql",
          "Kind of backend: sqlite (a file of this node) or mysql.");

  public Kind kind() {
    return values.get(BACKEND_DB);
  }

  static final ConfigurationKey<Optional<Path>> SQLITE_DATA_FILE =
      KEYS.key("SQLite3DataFile", path(), "", "Path of the SQLite file; created when missing.");

  public Optional<Path> sqliteDataFile() {
    return values.get(SQLITE_DATA_FILE);
  }

  static final ConfigurationKey<Boolean> SKIP_ORCHESTRATOR_DATABASE_UPDATE =
      KEYS.key(
          "SkipOrchestratorDatabaseUpdate",
          bool(),
          false,
          "Do not create or migrate the backend schema.");

  public boolean skipSchemaUpdate() {
    return values.get(SKIP_ORCHESTRATOR_DATABASE_UPDATE);
  }

  static final ConfigurationKey<Boolean> PANIC_IF_DIFFERENT_DATABASE_DEPLOY =
      KEYS.key(
          "PanicIfDifferentDatabaseDeploy",
          bool(),
          false,
          "Exit if the running version is not recorded as already deployed in the backend.");

  public boolean requireSameDeployment() {
    return values.get(PANIC_IF_DIFFERENT_DATABASE_DEPLOY);
  }

  static final ConfigurationKey<Optional<String>> MYSQL_ORCHESTRATOR_HOST =
      KEYS.key("MySQLOrchestratorHost", host(), "", "Backend MySQL host.", FROM_ENVIRONMENT);

  public Optional<String> mysqlHost() {
    return values.get(MYSQL_ORCHESTRATOR_HOST);
  }

  static final ConfigurationKey<Integer> MYSQL_ORCHESTRATOR_PORT =
      KEYS.key("MySQLOrchestratorPort", port(), 3306, "Backend MySQL port.");

  public int mysqlPort() {
    return values.get(MYSQL_ORCHESTRATOR_PORT);
  }

  static final ConfigurationKey<String> MYSQL_ORCHESTRATOR_DATABASE =
      KEYS.key("MySQLOrchestratorDatabase", text(), "", "Backend schema name.", FROM_ENVIRONMENT);

  public String mysqlDatabase() {
    return values.get(MYSQL_ORCHESTRATOR_DATABASE);
  }

  static final ConfigurationKey<String> MYSQL_ORCHESTRATOR_USER =
      KEYS.key("MySQLOrchestratorUser", text(), "", "Backend user.", FROM_ENVIRONMENT);

  static final ConfigurationKey<String> MYSQL_ORCHESTRATOR_PASSWORD =
      KEYS.key(
          "MySQLOrchestratorPassword", text(), "", "Backend password.", SECRET, FROM_ENVIRONMENT);

  static final ConfigurationKey<Optional<Path>> MYSQL_ORCHESTRATOR_CREDENTIALS_CONFIG_FILE =
      KEYS.key(
          "MySQLOrchestratorCredentialsConfigFile",
          path(),
          "",
          "INI file with a [client] section holding user and password of the backend; "
              + "replaces both keys.");

  static final ConfigurationKey<Integer> MYSQL_ORCHESTRATOR_MAX_POOL_CONNECTIONS =
      KEYS.key(
          "MySQLOrchestratorMaxPoolConnections",
          integer(1),
          128,
          "Maximum open connections to the backend.");

  public int mysqlMaxConnections() {
    return values.get(MYSQL_ORCHESTRATOR_MAX_POOL_CONNECTIONS);
  }

  static final ConfigurationKey<Duration> MYSQL_ORCHESTRATOR_READ_TIMEOUT_SECONDS =
      KEYS.key(
          "MySQLOrchestratorReadTimeoutSeconds",
          seconds(1),
          30,
          "Driver read timeout for backend queries.");

  public Duration mysqlReadTimeout() {
    return values.get(MYSQL_ORCHESTRATOR_READ_TIMEOUT_SECONDS);
  }

  static final ConfigurationKey<Boolean> MYSQL_ORCHESTRATOR_REJECT_READ_ONLY =
      KEYS.key(
          "MySQLOrchestratorRejectReadOnly",
          bool(),
          false,
          "Ask the driver to drop connections that turn out to be read-only.");

  public boolean mysqlRejectReadOnly() {
    return values.get(MYSQL_ORCHESTRATOR_REJECT_READ_ONLY);
  }

  static final ConfigurationKey<Integer> MYSQL_ORCHESTRATOR_MAX_ALLOWED_PACKET =
      KEYS.key(
          "MySQLOrchestratorMaxAllowedPacket",
          integer(-1),
          -1,
          "Client packet limit for the backend: -1 driver default, 0 as the server says.");

  public int mysqlMaxAllowedPacket() {
    return values.get(MYSQL_ORCHESTRATOR_MAX_ALLOWED_PACKET);
  }

  static final ConfigurationKey<Boolean> MYSQL_ORCHESTRATOR_USE_MUTUAL_TLS =
      KEYS.key("MySQLOrchestratorUseMutualTLS", bool(), false, "Use TLS to the backend.");

  public boolean mysqlTls() {
    return values.get(MYSQL_ORCHESTRATOR_USE_MUTUAL_TLS);
  }

  static final ConfigurationKey<Boolean> MYSQL_ORCHESTRATOR_SSL_SKIP_VERIFY =
      KEYS.key(
          "MySQLOrchestratorSSLSkipVerify",
          bool(),
          false,
          "Do not verify the backend server certificate.");

  public boolean mysqlTlsSkipVerify() {
    return values.get(MYSQL_ORCHESTRATOR_SSL_SKIP_VERIFY);
  }

  static final ConfigurationKey<Optional<Path>> MYSQL_ORCHESTRATOR_SSL_PRIVATE_KEY_FILE =
      KEYS.key(
          "MySQLOrchestratorSSLPrivateKeyFile",
          path(),
          "",
          "Client private key (PEM) for the backend.");

  public Optional<Path> mysqlTlsKeyFile() {
    return values.get(MYSQL_ORCHESTRATOR_SSL_PRIVATE_KEY_FILE);
  }

  static final ConfigurationKey<Optional<Path>> MYSQL_ORCHESTRATOR_SSL_CERT_FILE =
      KEYS.key(
          "MySQLOrchestratorSSLCertFile", path(), "", "Client certificate (PEM) for the backend.");

  public Optional<Path> mysqlTlsCertificateFile() {
    return values.get(MYSQL_ORCHESTRATOR_SSL_CERT_FILE);
  }

  static final ConfigurationKey<Optional<Path>> MYSQL_ORCHESTRATOR_SSLCA_FILE =
      KEYS.key("MySQLOrchestratorSSLCAFile", path(), "", "CA bundle for the backend.");

  public Optional<Path> mysqlTlsAuthorityFile() {
    return values.get(MYSQL_ORCHESTRATOR_SSLCA_FILE);
  }

  /** Zero for never. */
  public Duration failureHandOver() {
    return values.get(NewKeys.BACKEND_FAILURE_HAND_OVER_SECONDS);
  }

  /** Zero for never. */
  public Duration failureExit() {
    return values.get(NewKeys.BACKEND_FAILURE_EXIT_SECONDS);
  }

  static final KeyGroup GROUP = KEYS.build();

  /** Who the backend is asked as. */
  public Credentials mysqlCredentials() {
    return new Credentials(
        values.get(MYSQL_ORCHESTRATOR_USER), values.get(MYSQL_ORCHESTRATOR_PASSWORD));
  }

  /** Kinds of backend. */
  public enum Kind implements NamedChoice {
    /** A file of this node. */
    SQLITE("sqlite|sqlite3"),
    /** A MySQL server. */
    MYSQL("mysql|");

    private final String alternatives;

    Kind(String alternatives) {
      this.alternatives = alternatives;
    }

    @Override
    public String alternatives() {
      return alternatives;
    }
  }
}
