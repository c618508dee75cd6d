package orchestrator.server.backend;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.server.codec.StateCodec;

/**
 * Servers on their way to the store: the newest picture of each, written in small transactions. At
 * most one picture of a server waits, however often it is probed.
 */
final class InstanceStore {
  private static final int ROWS_PER_TRANSACTION = 50;

  /** What is read back after a restart is verified anyway: a few seconds of age do not matter. */
  private static final int TICKS_PER_FLUSH = 5;

  private final Writer writer;
  private final StateCodec codec;
  private final Map<InstanceKey, Instance> waiting = new ConcurrentHashMap<>();

  /** Servers that a restart would know. */
  private final Set<InstanceKey> written = ConcurrentHashMap.newKeySet();

  private int ticks;

  InstanceStore(Writer writer, StateCodec codec) {
    this.writer = writer;
    this.codec = codec;
  }

  /** A server that was never written is written at once: a restart must know of it. */
  void save(Collection<Instance> instances) {
    boolean isNew = false;
    for (Instance instance : instances) {
      waiting.put(instance.key(), instance);
      isNew |= !written.contains(instance.key());
    }
    if (isNew) {
      flush();
    }
  }

  void forget(Collection<InstanceKey> keys) {
    List<InstanceKey> gone = List.copyOf(keys);
    gone.forEach(waiting::remove);
    gone.forEach(written::remove);
    writer.submitBulk(session -> session.transaction(inside -> delete(inside, gone)));
  }

  /** Called each second on the writing thread. */
  void tick() {
    ticks++;
    if (ticks % TICKS_PER_FLUSH == 0) {
      flush();
    }
  }

  /** Has written what is waiting now; other work may come in between. */
  void flush() {
    for (int i = 0; i <= waiting.size() / ROWS_PER_TRANSACTION && !waiting.isEmpty(); i++) {
      writer.submitBulk(this::flushSome);
    }
  }

  private void flushSome(Session session) throws SQLException {
    List<Instance> some = new ArrayList<>();
    Iterator<Instance> iterator = waiting.values().iterator();
    while (iterator.hasNext() && some.size() < ROWS_PER_TRANSACTION) {
      some.add(iterator.next());
    }
    if (some.isEmpty()) {
      return;
    }
    // A newer picture that came meanwhile stays; after a failure all stay, for the next time.
    session.transaction(inside -> upsert(inside, some));
    for (Instance saved : some) {
      waiting.remove(saved.key(), saved);
      written.add(saved.key());
    }
  }

  private void upsert(Connection connection, List<Instance> instances) throws SQLException {
    try (PreparedStatement upsert =
        connection.prepareStatement(
            "REPLACE INTO ojr_instance (hostname, port, body) VALUES (?, ?, ?)")) {
      for (Instance instance : instances) {
        upsert.setString(1, instance.key().hostname());
        upsert.setInt(2, instance.key().port());
        upsert.setBytes(3, codec.instance().encode(instance));
        upsert.addBatch();
      }
      upsert.executeBatch();
    }
  }

  private static void delete(Connection connection, List<InstanceKey> keys) throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement("DELETE FROM ojr_instance WHERE hostname = ? AND port = ?")) {
      for (InstanceKey key : keys) {
        delete.setString(1, key.hostname());
        delete.setInt(2, key.port());
        delete.addBatch();
      }
      delete.executeBatch();
    }
  }
}
