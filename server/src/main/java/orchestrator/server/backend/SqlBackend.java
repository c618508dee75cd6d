package orchestrator.server.backend;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.server.codec.StateCodec;
import orchestrator.server.engine.Backend;
import orchestrator.server.engine.Projection;
import orchestrator.server.observe.AuditRecord;

/** The store in a database: what does not depend on which. */
public abstract sealed class SqlBackend implements Backend permits SqliteBackend, MySqlBackend {
  private final Database database;
  private final Writer writer;
  private final Readers readers;
  private final StateCodec codec = new StateCodec();
  private final HistoryQueries queries;
  private final InstanceStore instances;
  private final List<LogProjection> projections = new CopyOnWriteArrayList<>();
  private volatile List<BlockedRecovery> blocked = List.of();

  /**
   * Opens the store, creating or migrating it.
   *
   * @throws BackendException when it cannot be used; then the database is closed
   */
  SqlBackend(Database database) {
    this.database = database;
    this.writer = new Writer(database, open(database));
    this.readers = new Readers(database);
    this.queries = new HistoryQueries(readers, codec);
    this.instances = new InstanceStore(writer, codec);
    writer.onTick(instances::tick);
    writer.start();
  }

  private static Connection open(Database database) {
    try {
      return database.openForWriting();
    } catch (SQLException e) {
      database.close();
      throw database.unusable(e);
    } catch (BackendException e) {
      database.close();
      throw e;
    }
  }

  /** Where the store is, for people. */
  public String description() {
    return database.description();
  }

  /**
   * The history of what a replicated log says.
   *
   * @param log names the log that indices count in: another name begins at index 0, and leaves what
   *     other logs said. Ask once for each.
   * @throws java.io.UncheckedIOException when the store cannot be read
   */
  public Projection projection(String log) {
    String name = Meta.APPLIED_PREFIX + log;
    long applied =
        readers
            .query(
                "SELECT value FROM ojr_meta WHERE name = ?", List.of(name), row -> row.getLong(1))
            .stream()
            .findFirst()
            .orElse(0L);
    LogProjection projection =
        new LogProjection(writer, new HistoryProjection(codec), name, applied);
    projections.add(projection);
    writer.onTick(projection::tick);
    return projection;
  }

  Database database() {
    return database;
  }

  Writer writer() {
    return writer;
  }

  StateCodec codec() {
    return codec;
  }

  @Override
  public List<Instance> loadInstances() {
    return queries.instances();
  }

  @Override
  public void saveInstances(Collection<Instance> saved) {
    instances.save(saved);
  }

  @Override
  public void forgetInstances(Collection<InstanceKey> keys) {
    instances.forget(keys);
  }

  @Override
  public void audit(AuditRecord entry) {
    InstanceKey key = entry.key().orElse(InstanceKey.NONE);
    write(connection -> {
      try (PreparedStatement insert =
          connection.prepareStatement(
              """
              INSERT INTO ojr_audit (at, type, hostname, port, cluster_name, message)
                VALUES (?, ?, ?, ?, ?, ?)
              """)) {
        insert.setLong(1, Times.micros(entry.at()));
        insert.setString(2, entry.type());
        insert.setString(3, key.hostname());
        insert.setInt(4, key.port());
        insert.setString(5, entry.clusterName());
        insert.setString(6, entry.message());
        insert.executeUpdate();
      }
    });
  }

  @Override
  public void recordAnalysis(AnalysisChange change) {
    write(connection -> {
      try (PreparedStatement insert =
          connection.prepareStatement(
              "INSERT INTO ojr_analysis_change (hostname, port, at, analysis) VALUES (?, ?, ?, ?)")) {
        insert.setString(1, change.key().hostname());
        insert.setInt(2, change.key().port());
        insert.setLong(3, Times.micros(change.at()));
        insert.setString(4, change.analysis());
        insert.executeUpdate();
      }
    });
  }

  private void write(Sql.Work statement) {
    writer.submitBulk(session -> session.run(statement));
  }

  @Override
  public void showBlocked(List<BlockedRecovery> now) {
    blocked =
        now.stream()
            .sorted((left, right) -> right.lastBlocked().compareTo(left.lastBlocked()))
            .toList();
  }

  @Override
  public List<BlockedRecovery> blockedRecoveries(Optional<String> clusterName) {
    return blocked.stream()
        .filter(entry -> clusterName.isEmpty() || clusterName.get().equals(entry.clusterName()))
        .toList();
  }

  @Override
  public List<RecoveryTicket> recoveries(Selection selection) {
    return queries.recoveries(selection);
  }

  @Override
  public List<RecoveryStep> recoverySteps(String recoveryUid) {
    return queries.steps(recoveryUid);
  }

  @Override
  public List<DetectionEntry> detections(Selection selection) {
    return queries.detections(selection);
  }

  @Override
  public List<AuditEntry> audit(Optional<InstanceKey> key, int page) {
    return queries.audit(key, page);
  }

  @Override
  public List<AnalysisChange> analysisChanges() {
    return queries.analysisChanges();
  }

  @Override
  public void purge(Instant historyBefore, Instant analysisBefore) {
    new Purge(writer).run(historyBefore, analysisBefore);
  }

  @Override
  public Optional<String> failure() {
    return projections.stream()
        .flatMap(projection -> projection.failure().stream())
        .findFirst()
        .or(writer::failure);
  }

  @Override
  public void close() {
    instances.flush();
    projections.forEach(LogProjection::writeSoon);
    writer.close();
    database.close();
  }
}
