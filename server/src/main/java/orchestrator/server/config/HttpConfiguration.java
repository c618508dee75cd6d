package orchestrator.server.config;

import static orchestrator.server.config.ConfigurationKey.Trait.FROM_ENVIRONMENT;
import static orchestrator.server.config.ConfigurationKey.Trait.SECRET;
import static orchestrator.server.config.KeyTypes.bool;
import static orchestrator.server.config.KeyTypes.choice;
import static orchestrator.server.config.KeyTypes.minutes;
import static orchestrator.server.config.KeyTypes.nonEmptyText;
import static orchestrator.server.config.KeyTypes.path;
import static orchestrator.server.config.KeyTypes.seconds;
import static orchestrator.server.config.KeyTypes.text;
import static orchestrator.server.config.KeyTypes.texts;
import static orchestrator.server.config.NetworkTypes.endpoint;
import static orchestrator.server.config.NetworkTypes.listener;
import static orchestrator.server.config.NetworkTypes.pathPrefix;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** HTTP service, authentication and roles: Who may ask, and where. */
public record HttpConfiguration(ConfigurationValues values) {

  private static final KeyGroup.Builder KEYS =
      KeyGroup.named("HTTP service, authentication and roles");

  static final ConfigurationKey<ListenAddress> LISTEN_ADDRESS =
      KEYS.key(
          "ListenAddress",
          listener(),
          ":3000",
          "TCP address of the web interface and API; host empty is every interface.",
          FROM_ENVIRONMENT);

  public ListenAddress listenAddress() {
    return values.get(LISTEN_ADDRESS);
  }

  static final ConfigurationKey<Optional<Path>> LISTEN_SOCKET =
      KEYS.key(
          "ListenSocket", path(), "", "Unix socket path; when set no TCP listener and no TLS.");

  public Optional<Path> listenSocket() {
    return values.get(LISTEN_SOCKET);
  }

  static final ConfigurationKey<String> URL_PREFIX =
      KEYS.key("URLPrefix", pathPrefix(), "", "Path prefix of web interface and API.");

  public String urlPrefix() {
    return values.get(URL_PREFIX);
  }

  static final ConfigurationKey<Boolean> READ_ONLY =
      KEYS.key("ReadOnly", bool(), false, "Refuse every privileged action.");

  public boolean readOnly() {
    return values.get(READ_ONLY);
  }

  static final ConfigurationKey<Authentication> AUTHENTICATION_METHOD =
      KEYS.key(
          "AuthenticationMethod",
          choice(Authentication.class),
          "",
          "How users are known: empty (not at all), basic, multi, proxy, token or oauth.");

  public Authentication authentication() {
    return values.get(AUTHENTICATION_METHOD);
  }

  static final ConfigurationKey<String> HTTP_AUTH_USER =
      KEYS.key(
          "HTTPAuthUser", text(), "", "User for basic and multi authentication.", FROM_ENVIRONMENT);

  public String authUser() {
    return values.get(HTTP_AUTH_USER);
  }

  static final ConfigurationKey<String> HTTP_AUTH_PASSWORD =
      KEYS.key(
          "HTTPAuthPassword",
          text(),
          "",
          "Password for basic and multi authentication.",
          SECRET,
          FROM_ENVIRONMENT);

  public String authPassword() {
    return values.get(HTTP_AUTH_PASSWORD);
  }

  static final ConfigurationKey<String> AUTH_USER_HEADER =
      KEYS.key(
          "AuthUserHeader",
          nonEmptyText(),
          "X-Forwarded-User",
          "Header carrying the user for proxy authentication.");

  public String authUserHeader() {
    return values.get(AUTH_USER_HEADER);
  }

  static final ConfigurationKey<List<String>> POWER_AUTH_USERS =
      KEYS.key(
          "PowerAuthUsers",
          texts(),
          List.of("*"),
          "Users allowed to act under proxy authentication; * is everyone.");

  public List<String> powerUsers() {
    return values.get(POWER_AUTH_USERS);
  }

  static final ConfigurationKey<List<String>> POWER_AUTH_GROUPS =
      KEYS.key(
          "PowerAuthGroups",
          texts(),
          List.of(),
          "Unix groups whose members may act under proxy authentication.");

  public List<String> powerGroups() {
    return values.get(POWER_AUTH_GROUPS);
  }

  static final ConfigurationKey<Duration> ACCESS_TOKEN_USE_EXPIRY_SECONDS =
      KEYS.key(
          "AccessTokenUseExpirySeconds",
          seconds(1),
          60,
          "Time within which an issued token must be redeemed.");

  public Duration tokenUseExpiry() {
    return values.get(ACCESS_TOKEN_USE_EXPIRY_SECONDS);
  }

  static final ConfigurationKey<Duration> ACCESS_TOKEN_EXPIRY_MINUTES =
      KEYS.key("AccessTokenExpiryMinutes", minutes(1), 1440, "Lifetime of a token.");

  public Duration tokenExpiry() {
    return values.get(ACCESS_TOKEN_EXPIRY_MINUTES);
  }

  static final ConfigurationKey<String> OAUTH_CLIENT_ID =
      KEYS.key("OAuthClientId", text(), "", "Without effect.");

  static final ConfigurationKey<String> OAUTH_CLIENT_SECRET =
      KEYS.key("OAuthClientSecret", text(), "", "Without effect.", SECRET);

  static final ConfigurationKey<List<String>> OAUTH_SCOPES =
      KEYS.key("OAuthScopes", texts(), List.of(), "Without effect.");

  static final ConfigurationKey<String> STATUS_ENDPOINT =
      KEYS.key("StatusEndpoint", endpoint(), "/api/status", "Path of the status check.");

  public String statusEndpoint() {
    return values.get(STATUS_ENDPOINT);
  }

  static final ConfigurationKey<Boolean> STATUS_OU_VERIFY =
      KEYS.key(
          "StatusOUVerify",
          bool(),
          false,
          "Apply the check of the client certificate to the status endpoint too.");

  public boolean statusVerifiesUnit() {
    return values.get(STATUS_OU_VERIFY);
  }

  static final KeyGroup GROUP = KEYS.build();

  /** How users are known. */
  public enum Authentication implements NamedChoice {
    /** Not at all. */
    NONE(""),
    /** By one user name and password. */
    BASIC("basic"),
    /** By one user name and password, or read-only. */
    MULTI("multi"),
    /** By a header that a proxy sets. */
    PROXY("proxy"),
    /** By tokens issued here. */
    TOKEN("token"),
    /** Reserved; refuses every action. */
    OAUTH("oauth");

    private final String alternatives;

    Authentication(String alternatives) {
      this.alternatives = alternatives;
    }

    @Override
    public String alternatives() {
      return alternatives;
    }
  }
}
