package orchestrator.server.config;

import static orchestrator.server.config.KeyTypes.bool;
import static orchestrator.server.config.KeyTypes.path;
import static orchestrator.server.config.KeyTypes.texts;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** HTTP TLS: Encryption of the HTTP service. */
public record HttpTlsConfiguration(ConfigurationValues values) {

  private static final KeyGroup.Builder KEYS = KeyGroup.named("HTTP TLS");

  static final ConfigurationKey<Boolean> USE_SSL =
      KEYS.key("UseSSL", bool(), false, "Serve HTTPS on ListenAddress.");

  public boolean enabled() {
    return values.get(USE_SSL);
  }

  static final ConfigurationKey<Boolean> USE_MUTUAL_TLS =
      KEYS.key("UseMutualTLS", bool(), false, "Request client certificates and check their OU.");

  public boolean mutual() {
    return values.get(USE_MUTUAL_TLS);
  }

  static final ConfigurationKey<Optional<Path>> SSL_PRIVATE_KEY_FILE =
      KEYS.key("SSLPrivateKeyFile", path(), "", "Server key.");

  public Optional<Path> keyFile() {
    return values.get(SSL_PRIVATE_KEY_FILE);
  }

  static final ConfigurationKey<Optional<Path>> SSL_CERT_FILE =
      KEYS.key("SSLCertFile", path(), "", "Server certificate.");

  public Optional<Path> certificateFile() {
    return values.get(SSL_CERT_FILE);
  }

  static final ConfigurationKey<Optional<Path>> SSLCA_FILE =
      KEYS.key(
          "SSLCAFile",
          path(),
          "",
          "CA for client certificates; also root for member-to-leader calls when UseSSL.");

  public Optional<Path> authorityFile() {
    return values.get(SSLCA_FILE);
  }

  static final ConfigurationKey<Boolean> SSL_SKIP_VERIFY =
      KEYS.key(
          "SSLSkipVerify",
          bool(),
          false,
          "Skip verification of the leader's certificate in member-to-leader calls.");

  public boolean skipVerify() {
    return values.get(SSL_SKIP_VERIFY);
  }

  static final ConfigurationKey<List<String>> SSL_VALID_OUS =
      KEYS.key("SSLValidOUs", texts(), List.of(), "Accepted organizational units.");

  public List<String> validUnits() {
    return values.get(SSL_VALID_OUS);
  }

  static final KeyGroup GROUP = KEYS.build();
}
