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
            REPLACE INTO ojr_detection_history
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
            REPLACE INTO ojr_recovery_history
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
            """
            INSERT INTO ojr_recovery_step (recovery_uid, at, message)
              SELECT ?, ?, ? FROM (SELECT 1 AS one) AS single
                WHERE NOT EXISTS (SELECT 1 FROM ojr_recovery_step
                  WHERE recovery_uid = ? AND at = ? AND message = ?)
            """)) {
      for (int parameter = 1; parameter <= 4; parameter += 3) {
        insert.setString(parameter, step.recoveryUid());
        insert.setLong(parameter + 1, Times.micros(step.at()));
        insert.setString(parameter + 2, step.message());
      }
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
    Condition condition = condition(selector);
    try (PreparedStatement select =
        connection.prepareStatement("SELECT body FROM ojr_recovery_history" + condition.where())) {
      List<Object> arguments = condition.arguments();
      for (int i = 0; i < arguments.size(); i++) {
        select.setObject(i + 1, arguments.get(i));
      }
      List<RecoveryTicket> found = new ArrayList<>();
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          found.add(codec.recovery().decode(rows.getBytes(1)));
        }
      }
      return found;
    }
  }

  private static Condition condition(Command.Selector selector) {
    Condition condition = new Condition();
    condition.add("acknowledged = 0");
    switch (selector) {
      case Command.Selector.All ignored -> {}
      case Command.Selector.ById byId -> condition.add("id = ?", byId.id());
      case Command.Selector.ByUid byUid -> condition.add("uid = ?", byUid.uid());
      case Command.Selector.ByInstance(InstanceKey key) ->
          condition.add("hostname = ? AND port = ?", key.hostname(), key.port());
      case Command.Selector.ByCluster(String name, Optional<String> alias) ->
          condition.add(
              "(cluster_name = ? OR (? <> '' AND cluster_alias = ?))",
              name,
              alias.orElse(""),
              alias.orElse(""));
    }
    return condition;
  }
}
