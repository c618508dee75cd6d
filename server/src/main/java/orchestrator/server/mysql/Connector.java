package orchestrator.server.mysql;

import java.io.IOException;
import java.net.InetAddress;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import orchestrator.core.topology.InstanceKey;
import orchestrator.server.engine.ProbeResult.Failure;
import orchestrator.server.mysql.TopologyAccess.Tls;
import org.mariadb.jdbc.Configuration;
import org.mariadb.jdbc.Connection;
import org.mariadb.jdbc.Driver;

/** Opens sessions: with or without TLS, in bounded time. */
final class Connector {
  /** The server closes a connection that is idle for longer than this. */
  private static final int WAIT_TIMEOUT_SECONDS = 86_400;

  private static final int SECURE_TRANSPORT_REQUIRED = 3159;

  /** Names also come from servers: they must not reach the driver as options. */
  private static final Pattern HOST = Pattern.compile("[A-Za-z0-9._:%-]{1,255}");

  /** What a session is for: shown in the server's list of connections. */
  enum Purpose {
    PROBE,
    WATCH,
    ACTION
  }

  private final TopologyAccess access;
  private final NameLookup names;

  /** When each server that refused a plain connection did so, on the monotonic clock. */
  private final Map<InstanceKey, Long> needsTls = new ConcurrentHashMap<>();

  Connector(TopologyAccess access, NameLookup names) {
    this.access = access;
    this.names = names;
  }

  /**
   * @throws SessionException saying why there is no session
   */
  Session open(InstanceKey key, Purpose purpose, Deadline deadline) throws SessionException {
    Duration limit = access.timeouts().connect();
    Tls tls = access.tls();
    boolean encrypt = tls.mode() == Tls.Mode.ALWAYS || isKnownToNeedTls(key);
    try {
      return connect(key, purpose, encrypt, deadline.orSooner(limit));
    } catch (SessionException plain) {
      if (encrypt || tls.mode() != Tls.Mode.MIXED || !mayWantTls(plain)) {
        throw plain;
      }
      try {
        Session session = connect(key, purpose, true, deadline.orSooner(limit));
        needsTls.put(key, System.nanoTime());
        return session;
      } catch (SessionException encrypted) {
        throw bothFailed(plain, encrypted);
      }
    }
  }

  /** A wrong password fails both ways: what the server said first is the clearer answer then. */
  private static SessionException bothFailed(SessionException plain, SessionException encrypted) {
    if (encrypted.failure() == plain.failure()) {
      return plain;
    }
    return SessionException.refused(
        plain.failure(),
        plain.errorCode(),
        plain.reason() + "; with TLS: " + encrypted.reason(),
        encrypted);
  }

  private static boolean mayWantTls(SessionException failure) {
    return failure.errorCode() == SECURE_TRANSPORT_REQUIRED
        || failure.errorCode() == 1045
        || failure.errorCode() == 2061;
  }

  private boolean isKnownToNeedTls(InstanceKey key) {
    Long since = needsTls.get(key);
    return since != null && System.nanoTime() - since < access.tls().retryAfter().toNanos();
  }

  void forget(InstanceKey key) {
    needsTls.remove(key);
  }

  private Session connect(InstanceKey key, Purpose purpose, boolean encrypt, Deadline deadline)
      throws SessionException {
    if (!key.isValid() || !HOST.matcher(key.hostname()).matches()) {
      throw SessionException.lost(
          Failure.UNKNOWN_HOST, 0, "not an address of a server", new IOException("invalid"));
    }
    List<InetAddress> addresses;
    try {
      addresses = names.addresses(key.hostname(), deadline);
    } catch (IOException e) {
      throw Failures.connecting(e, false);
    }
    var plan = new DeadlineSocketFactory.Plan(addresses, key.port(), deadline);
    try {
      Configuration configuration = configuration(key, purpose, encrypt);
      Connection connection =
          ScopedValue.where(DeadlineSocketFactory.PLAN, plan)
              .call(() -> Driver.connect(configuration));
      return new Session(key, connection, plan.socket());
    } catch (SQLException | RuntimeException e) {
      if (plan.isConnected()) {
        Session.closeQuietly(plan.socket());
      }
      throw Failures.connecting(e, plan.isConnected());
    }
  }

  private Configuration configuration(InstanceKey key, Purpose purpose, boolean encrypt)
      throws SQLException {
    Tls tls = access.tls();
    Properties options = new Properties();
    options.setProperty("user", access.user());
    options.setProperty("password", access.password());
    options.setProperty("socketFactory", DeadlineSocketFactory.class.getName());
    // The socket keeps the deadlines.
    options.setProperty("connectTimeout", "0");
    options.setProperty("socketTimeout", "0");
    options.setProperty("tcpKeepAlive", "true");
    options.setProperty("allowMultiQueries", "true");
    // Servers are not trusted with this machine's files, nor to send us elsewhere.
    options.setProperty("allowLocalInfile", "false");
    options.setProperty("permitRedirect", "false");
    options.setProperty("allowPublicKeyRetrieval", "true");
    options.setProperty("jdbcCompliantTruncation", "false");
    options.setProperty("cachePrepStmts", "false");
    options.setProperty("dumpQueriesOnException", "false");
    options.setProperty(
        "connectionAttributes",
        "program_name:orchestrator,purpose:" + purpose.name().toLowerCase(Locale.ROOT));
    options.setProperty("sessionVariables", sessionVariables(purpose));
    options.setProperty(
        "sslMode", encrypt ? (tls.skipVerify() ? "trust" : "verify-full") : "disable");
    if (encrypt && !tls.skipVerify() && !tls.caFile().isEmpty()) {
      options.setProperty("serverSslCert", tls.caFile());
    }
    String url =
        "jdbc:mariadb://address=(host="
            + key.hostname()
            + ")(port="
            + key.port()
            + ")(type=primary)/";
    return Objects.requireNonNull(Configuration.parse(url, options), url);
  }

  /** Changes quote texts in the one way that an empty mode understands, and must not wait long. */
  private static String sessionVariables(Purpose purpose) {
    String idle = "wait_timeout=" + WAIT_TIMEOUT_SECONDS;
    return purpose == Purpose.ACTION ? idle + ",sql_mode='',lock_wait_timeout=10" : idle;
  }
}
