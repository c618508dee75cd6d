package orchestrator.simulation;

import java.util.HashSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import orchestrator.core.state.ReplicatedState.KeyValue;
import orchestrator.core.topology.InstanceKey;

/**
 * Applications: they write to the master that a proxy knows, which follows what the managers
 * publish. Their ledger holds what they were told is done.
 */
final class Clients {
  private static final long PROXY_MILLIS = 300;
  private static final long GIVE_UP_MILLIS = 12_000;

  private final World world;
  private Optional<InstanceKey> master = Optional.empty();
  private int transactions;

  final Set<Integer> acknowledged = new HashSet<>();
  final Set<Integer> acknowledgedBySemiSync = new HashSet<>();

  /** When a write was last acknowledged, and where. */
  long lastWrite = -1;

  Optional<InstanceKey> lastWritten = Optional.empty();

  Clients(World world) {
    this.world = world;
  }

  void start() {
    follow();
    write();
  }

  /** The proxy asks some manager, which may be behind. */
  private void follow() {
    Manager manager = world.managers.get(world.random.nextInt(world.managers.size()));
    int site = world.siteOf(manager.node);
    if (manager.isAwake() && world.network.isWhole(world.clientSite(), site)) {
      Optional.ofNullable(manager.state().keyValues().get(World.MASTER_KEY))
          .map(KeyValue::value)
          .flatMap(world::find)
          .ifPresent(server -> master = Optional.of(server.key));
    }
    world.queue.after(PROXY_MILLIS, this::follow);
  }

  private void write() {
    AtomicBoolean over = new AtomicBoolean();
    Runnable next =
        () -> {
          if (over.compareAndSet(false, true)) {
            world.queue.after(world.scenario.clientMillis, this::write);
          }
        };
    if (master.isEmpty()) {
      next.run();
      return;
    }
    SimServer server = world.server(master.get());
    OptionalLong there = world.network.transit(world.clientSite(), server.index);
    there.ifPresent(
        millis -> world.queue.after(millis + server.latencyMillis, () -> arrive(server, next)));
    world.queue.after(there.isEmpty() ? 1000 : GIVE_UP_MILLIS, next);
  }

  private void arrive(SimServer server, Runnable next) {
    if (!server.isWell() || server.readOnly || server.refusing || server.diskFull) {
      next.run();
      return;
    }
    Transaction written = commit(server, false);
    boolean waits = server.semiSyncMaster && world.replicator.semiSyncClients(server) > 0;
    long life = server.connection;
    AtomicBoolean told = new AtomicBoolean();
    if (!waits) {
      world.queue.after(1, () -> acknowledge(server, written, life, false, told, next));
      return;
    }
    world.queue.after(
        world.scenario.semiSyncMillis, () -> acknowledge(server, written, life, false, told, next));
    int end = server.log.size();
    for (SimServer replica : world.servers) {
      if (replica.semiSyncReplica && Replicator.isConnected(replica, server)) {
        send(
            server,
            replica,
            end,
            written,
            () -> acknowledge(server, written, life, true, told, next));
      }
    }
  }

  Transaction commit(SimServer server, boolean local) {
    Transaction written = new Transaction(transactions++, server.index, server.nextNumber(), local);
    world.truth.wrote(written);
    server.commit(written, server.uuid);
    server.unsynced = Math.min(server.unsynced + 1, 3);
    return written;
  }

  /** The replica acknowledges what is in its relay log. */
  private void send(
      SimServer source, SimServer replica, int end, Transaction written, Runnable acknowledged) {
    long connection = replica.connection;
    OptionalLong there = world.network.transit(source.index, replica.index);
    there.ifPresent(millis ->
        world.queue.after(
            millis + replica.latencyMillis,
            () -> {
              if (replica.isWell() && replica.connection == connection && !replica.diskFull) {
                world.replicator.receive(replica, source, end);
                OptionalLong back = world.network.transit(replica.index, source.index);
                if (replica.hasFetched(written) && back.isPresent()) {
                  world.queue.after(back.getAsLong(), acknowledged);
                }
              }
            }));
  }

  private void acknowledge(
      SimServer server,
      Transaction written,
      long life,
      boolean bySemiSync,
      AtomicBoolean told,
      Runnable next) {
    boolean lives = server.isWell() && server.has(written) && server.connection == life;
    if (lives && told.compareAndSet(false, true)) {
      OptionalLong back = world.network.transit(server.index, world.clientSite());
      back.ifPresent(millis ->
          world.queue.after(
              millis,
              () -> {
                acknowledged.add(written.id());
                if (bySemiSync) {
                  acknowledgedBySemiSync.add(written.id());
                }
                lastWrite = world.now();
                lastWritten = Optional.of(server.key);
                next.run();
              }));
    }
  }
}
