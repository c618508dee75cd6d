package orchestrator.server.backend;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Locale;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One database on a server. The writing connection holds a named lock; the server takes it away
 * with the connection. So each process also leaves a mark, by which it sees after a break whether
 * another one has written meanwhile.
 */
final class MySqlDatabase implements Database {
  private static final Logger LOG = LoggerFactory.getLogger(MySqlDatabase.class);

  /** For a former manager's connection to end, when its process was just killed. */
  private static final int LOCK_SECONDS = 2;

  private static final int UNKNOWN_DATABASE = 1049;
  private static final int NO_SUCH_THREAD = 1094;

  private final MySqlAccess access;
  private final MySqlConnector connector;
  private final MySqlDialect dialect;
  private final HikariDataSource pool;
  private final long mark = new SecureRandom().nextLong();
  // Of the writing thread only:
  private boolean opened;
  private OptionalLong formerConnection = OptionalLong.empty();

  private MySqlDatabase(MySqlAccess access, MySqlConnector connector) {
    this.access = access;
    this.connector = connector;
    this.dialect = new MySqlDialect(access.rejectReadOnly());
    this.pool = new HikariDataSource(pool(access, connector));
  }

  /** Connects when it is used, not before. */
  static MySqlDatabase at(MySqlAccess access) {
    return new MySqlDatabase(access, new MySqlConnector(access));
  }

  private static HikariConfig pool(MySqlAccess access, MySqlConnector connector) {
    HikariConfig config = new HikariConfig();
    config.setPoolName("backend-readers");
    config.setDataSource(connector);
    config.setMaximumPoolSize(access.maxConnections() - 1);
    config.setMinimumIdle(0);
    config.setIdleTimeout(60_000);
    config.setInitializationFailTimeout(-1);
    config.setConnectionTimeout(Math.max(1_000, access.connectTimeout().toMillis() * 2));
    config.setValidationTimeout(Math.max(250, access.connectTimeout().toMillis()));
    return config;
  }

  @Override
  public String description() {
    return access.toString();
  }

  @Override
  public Dialect dialect() {
    return dialect;
  }

  @Override
  public Connection openForWriting() throws SQLException {
    Connection connection = connect();
    try {
      endFormer(connection);
      lock(connection);
      refuseReadOnly(connection);
      if (!opened) {
        Migrations.run(connection, dialect, Schema.MIGRATIONS);
        Meta.put(connection, Meta.OWNER, mark);
        opened = true;
      } else if (Meta.get(connection, Meta.OWNER) != mark) {
        throw new MySqlDialect.Superseded("another manager has written to " + access);
      }
      formerConnection = OptionalLong.of(number(connection, "SELECT CONNECTION_ID()"));
      return connection;
    } catch (SQLException | BackendException e) {
      connection.close();
      throw e;
    }
  }

  private Connection connect() throws SQLException {
    try {
      return connector.open(access.database());
    } catch (SQLException e) {
      if (e.getErrorCode() != UNKNOWN_DATABASE || opened) {
        throw e;
      }
    }
    try (Connection connection = connector.open("")) {
      Sql.execute(
          connection,
          "CREATE DATABASE IF NOT EXISTS `" + access.database() + "` CHARACTER SET utf8mb4");
      LOG.info("Created {}", access);
    }
    return connector.open(access.database());
  }

  /** Our own connection that broke can live on at the server, and hold the lock. */
  private void endFormer(Connection connection) throws SQLException {
    if (formerConnection.isPresent()) {
      try {
        Sql.execute(connection, "KILL " + formerConnection.getAsLong());
      } catch (SQLException e) {
        if (e.getErrorCode() != NO_SUCH_THREAD) {
          LOG.debug("The former connection to {} was not ended: {}", access, e.getMessage());
        }
      }
    }
  }

  private void lock(Connection connection) throws SQLException {
    String name = lockName();
    try (PreparedStatement lock = connection.prepareStatement("SELECT GET_LOCK(?, ?)")) {
      lock.setString(1, name);
      lock.setInt(2, LOCK_SECONDS);
      try (ResultSet rows = lock.executeQuery()) {
        if (rows.next() && rows.getInt(1) == 1) {
          return;
        }
      }
    }
    String message =
        "The %s is in use by another manager%s: stop it, or set another MySQLOrchestratorDatabase"
            .formatted(access, holder(connection, name));
    if (opened) {
      throw new SQLException(message);
    }
    throw new StoreInUseException(message);
  }

  /** Names of locks are the server's, not the database's, and have 64 characters at most. */
  private String lockName() {
    String name = "ojr:" + access.database().toLowerCase(Locale.ROOT);
    return name.length() <= 64
        ? name
        : "ojr:" + name.substring(4, 50) + ":" + Integer.toHexString(name.hashCode());
  }

  private static String holder(Connection connection, String name) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT id, host FROM information_schema.processlist WHERE id = IS_USED_LOCK(?)")) {
      select.setString(1, name);
      try (ResultSet rows = select.executeQuery()) {
        return rows.next()
            ? " (connection %d from %s)".formatted(rows.getLong(1), rows.getString(2))
            : "";
      }
    }
  }

  private void refuseReadOnly(Connection connection) throws SQLException {
    if (access.rejectReadOnly() && number(connection, "SELECT @@global.read_only") != 0) {
      throw new SQLException(access + " is on a server that is read-only", "HY000", 1290);
    }
  }

  private static long number(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      return rows.next() ? rows.getLong(1) : 0;
    }
  }

  @Override
  public <T> T read(Reading<T> reading) throws SQLException {
    try (Connection connection = pool.getConnection()) {
      return reading.run(connection);
    }
  }

  @Override
  public void close() {
    pool.close();
    connector.close();
  }
}
