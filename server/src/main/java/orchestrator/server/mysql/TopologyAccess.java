package orchestrator.server.mysql;

import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import orchestrator.core.topology.InstanceKey;

/**
 * How the topology servers are reached and what is asked of them. One login for the whole fleet.
 *
 * @param user empty is allowed and means the server's anonymous user
 * @param replicationCredentialsQuery run on a server to learn how its replicas log in: columns
 *     user, password, and optionally CA, certificate and key files; empty to read {@code
 *     mysql.slave_master_info}
 * @param fallbackCredentials used when no server tells any
 */
public record TopologyAccess(
    String user,
    String password,
    Timeouts timeouts,
    Tls tls,
    ServerName serverName,
    Discovery discovery,
    Classifiers classifiers,
    String replicationCredentialsQuery,
    Optional<ReplicationCredentials> fallbackCredentials) {

  /** The defaults of the configuration reference, with this login. */
  public static TopologyAccess of(String user, String password) {
    return new TopologyAccess(
        user,
        password,
        Timeouts.DEFAULT,
        Tls.MIXED,
        ServerName.HOSTNAME,
        Discovery.DEFAULT,
        Classifiers.NONE,
        "",
        Optional.empty());
  }

  public TopologyAccess with(Timeouts newTimeouts) {
    return new TopologyAccess(
        user,
        password,
        newTimeouts,
        tls,
        serverName,
        discovery,
        classifiers,
        replicationCredentialsQuery,
        fallbackCredentials);
  }

  public TopologyAccess with(ServerName newServerName) {
    return new TopologyAccess(
        user,
        password,
        timeouts,
        tls,
        newServerName,
        discovery,
        classifiers,
        replicationCredentialsQuery,
        fallbackCredentials);
  }

  public TopologyAccess with(Discovery newDiscovery) {
    return new TopologyAccess(
        user,
        password,
        timeouts,
        tls,
        serverName,
        newDiscovery,
        classifiers,
        replicationCredentialsQuery,
        fallbackCredentials);
  }

  public TopologyAccess with(Classifiers newClassifiers) {
    return new TopologyAccess(
        user,
        password,
        timeouts,
        tls,
        serverName,
        discovery,
        newClassifiers,
        replicationCredentialsQuery,
        fallbackCredentials);
  }

  public TopologyAccess with(Tls newTls) {
    return new TopologyAccess(
        user,
        password,
        timeouts,
        newTls,
        serverName,
        discovery,
        classifiers,
        replicationCredentialsQuery,
        fallbackCredentials);
  }

  public TopologyAccess withReplicationCredentials(
      String query, Optional<ReplicationCredentials> fallback) {
    return new TopologyAccess(
        user, password, timeouts, tls, serverName, discovery, classifiers, query, fallback);
  }

  /**
   * @param connect for name lookup, TCP, TLS and login together; {@code MySQLConnectTimeoutSeconds}
   * @param probeRead longest wait for the answer to a probe; {@code
   *     MySQLDiscoveryReadTimeoutSeconds}
   * @param actionRead longest wait for the answer to a change; {@code
   *     MySQLTopologyReadTimeoutSeconds}
   * @param userQuery longest time that a configured query may run
   * @param connectionLifetime connections older than this are replaced; zero for never; {@code
   *     MySQLConnectionLifetimeSeconds}
   */
  public record Timeouts(
      Duration connect,
      Duration probeRead,
      Duration actionRead,
      Duration userQuery,
      Duration connectionLifetime) {
    public static final Timeouts DEFAULT =
        new Timeouts(
            Duration.ofSeconds(2),
            Duration.ofSeconds(10),
            Duration.ofSeconds(600),
            Duration.ofSeconds(2),
            Duration.ZERO);

    public Timeouts {
      requirePositive("connect", connect);
      requirePositive("probeRead", probeRead);
      requirePositive("actionRead", actionRead);
      requirePositive("userQuery", userQuery);
    }

    private static void requirePositive(String name, Duration timeout) {
      if (!timeout.isPositive()) {
        throw new IllegalArgumentException(name + " timeout must be positive, got " + timeout);
      }
    }
  }

  /**
   * Encryption of connections to the servers. Client certificates are not supported: the
   * configuration refuses them.
   *
   * @param retryAfter how long a server that refused plain connections is known to need TLS
   * @param skipVerify whether any certificate is accepted
   * @param caFile PEM bundle to verify with; empty for the system's trust store
   */
  public record Tls(Mode mode, boolean skipVerify, String caFile, Duration retryAfter) {
    public static final Tls NEVER = new Tls(Mode.NEVER, false, "", Duration.ZERO);
    public static final Tls MIXED = new Tls(Mode.MIXED, false, "", Duration.ofSeconds(500));

    /** When to encrypt. */
    public enum Mode {
      NEVER,
      /** Plain first; with TLS where the server refuses that. */
      MIXED,
      ALWAYS
    }
  }

  /** What a server's own name is: {@code MySQLHostnameResolveMethod}. */
  public enum ServerName {
    /** The name it was asked by. */
    AS_GIVEN,
    /** {@code @@hostname}. */
    HOSTNAME,
    /** {@code @@report_host}; a server without one cannot be read. */
    REPORT_HOST;

    /** Unknown texts mean {@link #AS_GIVEN}, as they always did. */
    public static ServerName ofConfiguration(String text) {
      return switch (text.toLowerCase(java.util.Locale.ROOT)) {
        case "default", "hostname", "@@hostname" -> HOSTNAME;
        case "report_host", "@@report_host" -> REPORT_HOST;
        default -> AS_GIVEN;
      };
    }
  }

  /**
   * How replicas are found on their source.
   *
   * @param preferRegistered {@code DiscoverByShowSlaveHosts}: replicas that registered themselves
   *     come first; otherwise the connected dump threads do
   * @param ignoredReplica replicas that are not to be listed
   * @param ignoredReplicationUser servers that replicate as such a user are not to be known
   * @param dumpThreadInterval how often the list of dump threads, which costs the server more than
   *     all the rest of a probe, is read while nothing hints at a change
   */
  public record Discovery(
      boolean preferRegistered,
      Predicate<InstanceKey> ignoredReplica,
      Predicate<String> ignoredReplicationUser,
      Duration dumpThreadInterval) {
    public static final Discovery DEFAULT =
        new Discovery(false, key -> false, user -> false, Duration.ofSeconds(10));
  }

  /**
   * What tells a server's place.
   *
   * @param queries the configured {@code Detect…} and lag queries, by what they tell
   * @param dataCenter pattern searched in the host name; its first group is the value
   */
  public record Classifiers(
      Map<UserQuery, String> queries,
      Optional<Pattern> dataCenter,
      Optional<Pattern> region,
      Optional<Pattern> physicalEnvironment) {
    public static final Classifiers NONE =
        new Classifiers(Map.of(), Optional.empty(), Optional.empty(), Optional.empty());

    public Classifiers {
      Map<UserQuery, String> configured = new EnumMap<>(UserQuery.class);
      queries.forEach((query, sql) -> {
        if (!sql.isBlank()) {
          configured.put(query, withoutEnd(sql));
        }
      });
      queries = Collections.unmodifiableMap(configured);
    }

    private static String withoutEnd(String sql) {
      String trimmed = sql.strip();
      while (trimmed.endsWith(";")) {
        trimmed = trimmed.substring(0, trimmed.length() - 1).strip();
      }
      return trimmed;
    }
  }
}
