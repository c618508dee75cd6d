package orchestrator.server.config;

import static orchestrator.server.config.KeyTypes.bool;
import static orchestrator.server.config.KeyTypes.choice;
import static orchestrator.server.config.KeyTypes.minutes;
import static orchestrator.server.config.PatternTypes.pattern;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/** Host name resolution: How the names of servers are made comparable. */
public record NameResolutionConfiguration(ConfigurationValues values) {

  private static final KeyGroup.Builder KEYS = KeyGroup.named("Host name resolution");

  static final ConfigurationKey<Network> HOSTNAME_RESOLVE_METHOD =
      KEYS.key(
          "HostnameResolveMethod",
          choice(Network.class),
          "default",
          "Network-level normalisation of names: none, default (unchanged), cname or ip.");

  public Network networkMethod() {
    return values.get(HOSTNAME_RESOLVE_METHOD);
  }

  static final ConfigurationKey<ServerSide> MYSQL_HOSTNAME_RESOLVE_METHOD =
      KEYS.key(
          "MySQLHostnameResolveMethod",
          choice(ServerSide.class),
          "@@hostname",
          "Name a server gives itself: none, @@hostname or @@report_host.");

  public ServerSide serverMethod() {
    return values.get(MYSQL_HOSTNAME_RESOLVE_METHOD);
  }

  static final ConfigurationKey<Boolean> SKIP_BINLOG_SERVER_UNRESOLVE_CHECK =
      KEYS.key(
          "SkipBinlogServerUnresolveCheck",
          bool(),
          true,
          "Do not double-check reverse mapping for binlog servers.");

  public boolean skipBinlogServerUnresolveCheck() {
    return values.get(SKIP_BINLOG_SERVER_UNRESOLVE_CHECK);
  }

  static final ConfigurationKey<Duration> EXPIRY_HOSTNAME_RESOLVES_MINUTES =
      KEYS.key("ExpiryHostnameResolvesMinutes", minutes(1), 60, "Lifetime of resolve entries.");

  public Duration expiry() {
    return values.get(EXPIRY_HOSTNAME_RESOLVES_MINUTES);
  }

  static final ConfigurationKey<Optional<Pattern>> REJECT_HOSTNAME_RESOLVE_PATTERN =
      KEYS.key(
          "RejectHostnameResolvePattern",
          pattern(),
          "",
          "A resolved name matching this regex is discarded and the original kept, uncached.");

  public Optional<Pattern> rejectedNames() {
    return values.get(REJECT_HOSTNAME_RESOLVE_PATTERN);
  }

  static final KeyGroup GROUP = KEYS.build();

  /** How a name is normalised through the network. */
  public enum Network implements NamedChoice {
    /** Names stay as they are, mappings are remembered. */
    DEFAULT("default"),
    /** Names stay as they are. */
    NONE("none"),
    /** The canonical name. */
    CNAME("cname"),
    /** The address, IPv4 preferred. */
    IP("ip");

    private final String alternatives;

    Network(String alternatives) {
      this.alternatives = alternatives;
    }

    @Override
    public String alternatives() {
      return alternatives;
    }
  }

  /** Which name of itself a server is asked for. */
  public enum ServerSide implements NamedChoice {
    /** The variable hostname. */
    HOSTNAME("@@hostname|hostname|default"),
    /** The variable report_host. */
    REPORT_HOST("@@report_host|report_host"),
    /** None: the name it was contacted by. */
    NONE("none|");

    private final String alternatives;

    ServerSide(String alternatives) {
      this.alternatives = alternatives;
    }

    @Override
    public String alternatives() {
      return alternatives;
    }
  }
}
