package orchestrator.server.backend;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import orchestrator.core.facts.Detection;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.state.Command;
import orchestrator.core.topology.InstanceKey;
import orchestrator.server.codec.StateCodec;

/** Keeps in the history what commands did: detections and recoveries as they became, and steps. */
final class HistoryProjection {
  private final StateCodec codec;

  HistoryProjection(StateCodec codec) {
    this.codec = codec;
  }

  /** Whether history is made even if the state stays the same. */
  static boolean isAboutHistory(Command command) {
    return command instanceof Command.Journal || command instanceof Command.AcknowledgeRecoveries;
  }

  /** Writing the same again changes nothing. */
  void write(Connection connection, Traces traces) throws SQLException {
    for (Detection detection : traces.detections()) {
      save(connection, detection);
    }
    for (RecoveryTicket ticket : traces.recoveries()) {
      save(connection, ticket);
    }
    for (Traces.Step step : traces.steps()) {
      save(connection, step);
    }
    for (Command.AcknowledgeRecoveries command : traces.acknowledgements()) {
      acknowledgePast(connection, command);
    }
  }

  private void save(Connection connection, Detection detection) throws SQLException {
    try (PreparedStatement upsert =
        connection.prepareStatement(
            """
            INSERT OR REPLACE INTO ojr_detection
              (id, uid, cluster_name, cluster_alias, at, ended, body) VALUES (?, ?, ?, ?, ?, ?, ?)
            """)) {
      upsert.setLong(1, detection.id());
      upsert.setString(2, detection.uid());
      upsert.setString(3, detection.clusterName());
      upsert.setString(4, detection.clusterAlias());
      upsert.setLong(5, Times.micros(detection.detected()));
      upsert.setBoolean(6, !detection.isActive());
      upsert.setBytes(7, codec.detection().encode(detection));
      upsert.executeUpdate();
    }
  }

  private void save(Connection connection, RecoveryTicket ticket) throws SQLException {
    try (PreparedStatement upsert =
        connection.prepareStatement(
            """
            INSERT OR REPLACE INTO ojr_recovery
              (id, uid, hostname, port, cluster_name, cluster_alias, detection_id, at, ended,
               acknowledged, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)) {
      upsert.setLong(1, ticket.id());
      upsert.setString(2, ticket.uid());
      upsert.setString(3, ticket.failed().hostname());
      upsert.setInt(4, ticket.failed().port());
      upsert.setString(5, ticket.clusterName());
      upsert.setString(6, ticket.clusterAlias());
      upsert.setLong(7, ticket.detectionId());
      upsert.setLong(8, Times.micros(ticket.started()));
      upsert.setBoolean(9, !ticket.isOpen());
      upsert.setBoolean(10, ticket.acknowledgement().isPresent());
      upsert.setBytes(11, codec.recovery().encode(ticket));
      upsert.executeUpdate();
    }
  }

  private static void save(Connection connection, Traces.Step step) throws SQLException {
    // A journal that was submitted twice is one protocol.
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT OR IGNORE INTO ojr_recovery_step (recovery_uid, at, message) VALUES (?, ?, ?)")) {
      insert.setString(1, step.recoveryUid());
      insert.setLong(2, Times.micros(step.at()));
      insert.setString(3, step.message());
      insert.executeUpdate();
    }
  }

  /** Recoveries that have left the state can still be acknowledged by people. */
  private void acknowledgePast(Connection connection, Command.AcknowledgeRecoveries command)
      throws SQLException {
    for (RecoveryTicket ticket : unacknowledged(connection, command.selector())) {
      save(connection, ticket.acknowledged(command.acknowledgement()));
    }
  }

  private List<RecoveryTicket> unacknowledged(Connection connection, Command.Selector selector)
      throws SQLException {
    String condition =
        switch (selector) {
          case Command.Selector.All ignored -> "?1 = ?2";
          case Command.Selector.ById ignored -> "id = ?1 AND ?2 = ''";
          case Command.Selector.ByUid ignored -> "uid = ?1 AND ?2 = ''";
          case Command.Selector.ByInstance ignored -> "hostname = ?1 AND port = ?2";
          case Command.Selector.ByCluster ignored ->
              "(cluster_name = ?1 OR (?2 <> '' AND cluster_alias = ?2))";
        };
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT body FROM ojr_recovery WHERE acknowledged = 0 AND " + condition)) {
      List<Object> arguments = arguments(selector);
      select.setObject(1, arguments.get(0));
      select.setObject(2, arguments.get(1));
      List<RecoveryTicket> found = new ArrayList<>();
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          found.add(codec.recovery().decode(rows.getBytes(1)));
        }
      }
      return found;
    }
  }

  private static List<Object> arguments(Command.Selector selector) {
    return switch (selector) {
      case Command.Selector.All ignored -> List.of("", "");
      case Command.Selector.ById byId -> List.of(byId.id(), "");
      case Command.Selector.ByUid byUid -> List.of(byUid.uid(), "");
      case Command.Selector.ByInstance(InstanceKey key) -> List.of(key.hostname(), key.port());
      case Command.Selector.ByCluster(String name, Optional<String> alias) ->
          List.of(name, alias.orElse(""));
    };
  }
}
