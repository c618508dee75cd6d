package orchestrator.server.backend;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32;
import orchestrator.core.state.Command;
import orchestrator.core.state.LogPosition;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.state.StateMachine;
import orchestrator.server.codec.CodecException;
import orchestrator.server.codec.StateCodec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The commands of this node in their order, and snapshots of the state. The log reaches back to the
 * older of two snapshots, so that the state survives damage to the newer one.
 */
final class CommandLog {
  private static final Logger LOG = LoggerFactory.getLogger(CommandLog.class);

  private final StateCodec codec;

  CommandLog(StateCodec codec) {
    this.codec = codec;
  }

  /**
   * @param index of the last entry, 0 for none
   * @param replayed entries after the snapshot
   */
  record Position(long index, ReplicatedState state, long replayed) {}

  void append(Connection connection, long index, long term, byte[] entry) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO ojr_log (log_index, term, entry, crc) VALUES (?, ?, ?, ?)")) {
      insert.setLong(1, index);
      insert.setLong(2, term);
      insert.setBytes(3, entry);
      insert.setLong(4, crc(entry));
      insert.executeUpdate();
    }
  }

  /** Keeps this snapshot and the one before it, and the log after the latter. */
  void snapshot(Connection connection, long index, ReplicatedState state) throws SQLException {
    byte[] bytes = codec.state().encode(state);
    try (PreparedStatement insert =
        connection.prepareStatement(
            "REPLACE INTO ojr_snapshot (log_index, state, crc) VALUES (?, ?, ?)")) {
      insert.setLong(1, index);
      insert.setBytes(2, bytes);
      insert.setLong(3, crc(bytes));
      insert.executeUpdate();
    }
    Sql.execute(
        connection,
        """
        DELETE FROM ojr_snapshot WHERE log_index NOT IN
          (SELECT log_index FROM
            (SELECT log_index FROM ojr_snapshot ORDER BY log_index DESC LIMIT 2) AS newest)
        """);
    Sql.execute(
        connection,
        """
        DELETE FROM ojr_log WHERE (SELECT count(*) FROM ojr_snapshot) = 2
          AND log_index <= (SELECT min(log_index) FROM ojr_snapshot)
        """);
  }

  /**
   * The state after all that is in the log.
   *
   * @throws BackendException when the log has a hole or a damaged entry
   */
  Position load(Connection connection) throws SQLException {
    Position start = newestSnapshot(connection).orElse(new Position(0, ReplicatedState.EMPTY, 0));
    long index = start.index();
    ReplicatedState state = start.state();
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT log_index, entry, crc, term FROM ojr_log WHERE log_index > ? ORDER BY log_index")) {
      select.setLong(1, index);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          if (rows.getLong(1) != index + 1) {
            throw damaged("entry " + (index + 1) + " of the command log is missing");
          }
          index++;
          byte[] entry = rows.getBytes(2);
          List<Command> commands = decode(index, entry, rows.getLong(3));
          LogPosition position = new LogPosition(rows.getLong(4), index);
          state = StateMachine.applyAll(state, commands, position).next();
        }
      }
    }
    return new Position(index, state, index - start.index());
  }

  /** The index of the last entry in the store; 0 for none. */
  long lastIndex(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                """
                SELECT max(log_index) FROM (
                  SELECT log_index FROM ojr_log UNION ALL SELECT log_index FROM ojr_snapshot)
                  AS indices
                """)) {
      return rows.next() ? rows.getLong(1) : 0;
    }
  }

  private List<Command> decode(long index, byte[] entry, long crc) {
    if (crc(entry) != crc) {
      throw damaged("entry " + index + " of the command log is damaged");
    }
    try {
      return codec.commands().decode(entry);
    } catch (CodecException e) {
      throw new BackendException(
          "Entry %d of the command log cannot be read: %s".formatted(index, e.getMessage()), e);
    }
  }

  private Optional<Position> newestSnapshot(Connection connection) throws SQLException {
    int damaged = 0;
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT log_index, state, crc FROM ojr_snapshot ORDER BY log_index DESC")) {
      while (rows.next()) {
        long index = rows.getLong(1);
        byte[] bytes = rows.getBytes(2);
        if (crc(bytes) == rows.getLong(3)) {
          return Optional.of(new Position(index, decode(index, bytes), 0));
        }
        LOG.error("The snapshot at entry {} is damaged: using the one before it", index);
        damaged++;
      }
    }
    if (damaged > 0) {
      throw damaged("all " + damaged + " snapshots are damaged");
    }
    return Optional.empty();
  }

  private ReplicatedState decode(long index, byte[] bytes) {
    try {
      return codec.state().decode(bytes);
    } catch (CodecException e) {
      throw new BackendException(
          "The snapshot at entry %d cannot be read: %s".formatted(index, e.getMessage()), e);
    }
  }

  private static BackendException damaged(String what) {
    return new BackendException(
        "The store is damaged: "
            + what
            + ". Restore it from a copy; or move it away to start anew: servers are then"
            + " discovered again, but downtimes, tags, aliases and open recoveries are lost");
  }

  private static long crc(byte[] bytes) {
    CRC32 crc = new CRC32();
    crc.update(bytes);
    return crc.getValue();
  }
}
