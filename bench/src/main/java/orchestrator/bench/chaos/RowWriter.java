package orchestrator.bench.chaos;

import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import orchestrator.sandbox.Account;
import orchestrator.sandbox.SandboxServer;

/** An application: writes rows to the master that the managers publish, and keeps its books. */
final class RowWriter {
  static final String TABLE = "app.ledger";
  private static final int LIMIT_MILLIS = 3000;

  private final World world;
  private final Api api;

  /** The rows that the application was told are committed, and by which server. */
  private final Map<Long, String> acknowledged = new ConcurrentHashMap<>();

  private final Map<String, ServerLink> links = new HashMap<>();
  private volatile SandboxServer master;
  private long last;

  RowWriter(World world, Api api) {
    this.world = world;
    this.api = api;
    this.master = world.firstMaster();
    for (SandboxServer server : world.servers()) {
      links.put(server.name(), new ServerLink(server, Account.APPLICATION, LIMIT_MILLIS));
    }
  }

  /** Finds out where to write. */
  void follow() {
    published(api).flatMap(world::serverAt).ifPresent(server -> master = server);
  }

  /** The address of the master, as applications learn it; empty before the first failover. */
  static Optional<String> published(Api api) {
    return api.published("mysql/master/" + World.ALIAS);
  }

  /** Writes one row. Of one thread. */
  boolean write() {
    SandboxServer server = master;
    long id = ++last;
    try {
      Optional<ServerLink> link = Optional.ofNullable(links.get(server.name()));
      link.orElseThrow().execute("INSERT INTO " + TABLE + " VALUES (" + id + ")");
      acknowledged.put(id, server.name());
      return true;
    } catch (SQLException e) {
      return false; // the row may be there or not
    }
  }

  int acknowledged() {
    return acknowledged.size();
  }

  /** Acknowledged rows that are not among these, and the servers that took them. */
  Map<Long, String> missingFrom(Set<Long> rows) {
    return acknowledged.entrySet().stream()
        .filter(entry -> !rows.contains(entry.getKey()))
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  /** The rows that a server has; none also when it was emptied, and has no table yet. */
  static Set<Long> rowsOn(SandboxServer server) {
    if (server.query("SHOW DATABASES LIKE 'app'").isEmpty()
        || server.query("SHOW TABLES FROM app").isEmpty()) {
      return new TreeSet<>();
    }
    return server.query("SELECT id FROM " + TABLE).stream()
        .flatMap(row -> Optional.ofNullable(row.get("id")).stream())
        .map(Long::parseLong)
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
