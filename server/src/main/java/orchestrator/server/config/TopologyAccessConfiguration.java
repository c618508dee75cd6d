package orchestrator.server.config;

import static orchestrator.server.config.ConfigurationKey.Trait.FROM_ENVIRONMENT;
import static orchestrator.server.config.ConfigurationKey.Trait.SECRET;
import static orchestrator.server.config.KeyTypes.bool;
import static orchestrator.server.config.KeyTypes.integer;
import static orchestrator.server.config.KeyTypes.path;
import static orchestrator.server.config.KeyTypes.port;
import static orchestrator.server.config.KeyTypes.seconds;
import static orchestrator.server.config.KeyTypes.text;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Access to the MySQL topology: Credentials and transport for every monitored server. */
public record TopologyAccessConfiguration(ConfigurationValues values) {

  private static final KeyGroup.Builder KEYS = KeyGroup.named("Access to the MySQL topology");

  static final ConfigurationKey<String> MYSQL_TOPOLOGY_USER =
      KEYS.key(
          "MySQLTopologyUser", text(), "", "User for all monitored servers.", FROM_ENVIRONMENT);

  static final ConfigurationKey<String> MYSQL_TOPOLOGY_PASSWORD =
      KEYS.key(
          "MySQLTopologyPassword",
          text(),
          "",
          "Password for all monitored servers.",
          SECRET,
          FROM_ENVIRONMENT);

  static final ConfigurationKey<Optional<Path>> MYSQL_TOPOLOGY_CREDENTIALS_CONFIG_FILE =
      KEYS.key(
          "MySQLTopologyCredentialsConfigFile",
          path(),
          "",
          "INI file with a [client] section holding user and password for the topology; "
              + "replaces both keys.");

  static final ConfigurationKey<Boolean> MYSQL_TOPOLOGY_USE_MUTUAL_TLS =
      KEYS.key("MySQLTopologyUseMutualTLS", bool(), false, "Always use TLS to monitored servers.");

  public boolean alwaysTls() {
    return values.get(MYSQL_TOPOLOGY_USE_MUTUAL_TLS);
  }

  static final ConfigurationKey<Boolean> MYSQL_TOPOLOGY_USE_MIXED_TLS =
      KEYS.key(
          "MySQLTopologyUseMixedTLS",
          bool(),
          true,
          "Use TLS with the servers that refuse clear text.");

  public boolean tlsWhereRequired() {
    return values.get(MYSQL_TOPOLOGY_USE_MIXED_TLS);
  }

  static final ConfigurationKey<Boolean> MYSQL_TOPOLOGY_SSL_SKIP_VERIFY =
      KEYS.key(
          "MySQLTopologySSLSkipVerify",
          bool(),
          false,
          "Do not verify the monitored servers' certificates.");

  public boolean tlsSkipVerify() {
    return values.get(MYSQL_TOPOLOGY_SSL_SKIP_VERIFY);
  }

  static final ConfigurationKey<Optional<Path>> MYSQL_TOPOLOGY_SSL_PRIVATE_KEY_FILE =
      KEYS.key("MySQLTopologySSLPrivateKeyFile", path(), "", "Client key for monitored servers.");

  public Optional<Path> tlsKeyFile() {
    return values.get(MYSQL_TOPOLOGY_SSL_PRIVATE_KEY_FILE);
  }

  static final ConfigurationKey<Optional<Path>> MYSQL_TOPOLOGY_SSL_CERT_FILE =
      KEYS.key("MySQLTopologySSLCertFile", path(), "", "Client certificate for monitored servers.");

  public Optional<Path> tlsCertificateFile() {
    return values.get(MYSQL_TOPOLOGY_SSL_CERT_FILE);
  }

  static final ConfigurationKey<Optional<Path>> MYSQL_TOPOLOGY_SSLCA_FILE =
      KEYS.key("MySQLTopologySSLCAFile", path(), "", "CA bundle for monitored servers.");

  public Optional<Path> tlsAuthorityFile() {
    return values.get(MYSQL_TOPOLOGY_SSLCA_FILE);
  }

  static final ConfigurationKey<Integer> MYSQL_TOPOLOGY_MAX_ALLOWED_PACKET =
      KEYS.key(
          "MySQLTopologyMaxAllowedPacket",
          integer(-1),
          -1,
          "Client packet limit for monitored servers: -1 driver default, 0 as the server says.");

  public int maxAllowedPacket() {
    return values.get(MYSQL_TOPOLOGY_MAX_ALLOWED_PACKET);
  }

  static final ConfigurationKey<Integer> TLS_CACHE_TTL_FACTOR =
      KEYS.key("TLSCacheTTLFactor", integer(0), 100, "Without effect.");

  static final ConfigurationKey<Duration> MYSQL_CONNECT_TIMEOUT_SECONDS =
      KEYS.key(
          "MySQLConnectTimeoutSeconds",
          seconds(1),
          2,
          "TCP/handshake connect timeout, backend and topology.");

  public Duration connectTimeout() {
    return values.get(MYSQL_CONNECT_TIMEOUT_SECONDS);
  }

  static final ConfigurationKey<Duration> MYSQL_DISCOVERY_READ_TIMEOUT_SECONDS =
      KEYS.key(
          "MySQLDiscoveryReadTimeoutSeconds",
          seconds(1),
          10,
          "Driver read timeout on connections used to poll servers.");

  public Duration probeReadTimeout() {
    return values.get(MYSQL_DISCOVERY_READ_TIMEOUT_SECONDS);
  }

  static final ConfigurationKey<Duration> MYSQL_TOPOLOGY_READ_TIMEOUT_SECONDS =
      KEYS.key(
          "MySQLTopologyReadTimeoutSeconds",
          seconds(1),
          600,
          "Driver read timeout on connections used for actions (stop/start/change/search "
              + "binlogs…).");

  public Duration actionReadTimeout() {
    return values.get(MYSQL_TOPOLOGY_READ_TIMEOUT_SECONDS);
  }

  static final ConfigurationKey<Duration> MYSQL_CONNECTION_LIFETIME_SECONDS =
      KEYS.key(
          "MySQLConnectionLifetimeSeconds",
          seconds(0),
          0,
          "Recycle connections after this many seconds; 0 is never.");

  public Duration connectionLifetime() {
    return values.get(MYSQL_CONNECTION_LIFETIME_SECONDS);
  }

  static final ConfigurationKey<Integer> DEFAULT_INSTANCE_PORT =
      KEYS.key(
          "DefaultInstancePort", port(), 3306, "Port assumed when a host is given without one.");

  public int defaultPort() {
    return values.get(DEFAULT_INSTANCE_PORT);
  }

  static final KeyGroup GROUP = KEYS.build();

  /** Who every monitored server is asked as. */
  public Credentials credentials() {
    return new Credentials(values.get(MYSQL_TOPOLOGY_USER), values.get(MYSQL_TOPOLOGY_PASSWORD));
  }
}
