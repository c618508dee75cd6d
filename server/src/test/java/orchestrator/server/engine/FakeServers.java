package orchestrator.server.engine;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import orchestrator.core.binlog.LogReader;
import orchestrator.core.recovery.TakeoverSurvey;
import orchestrator.core.relocation.ActionOutcome;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.testing.InstanceBuilder;
import orchestrator.core.testing.TopologyBuilder;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;

/**
 * Topology servers in memory, shared by several managers: they do at once what they are told, and
 * remember who told them.
 */
public final class FakeServers {
  private static final String EXECUTED = "00000000-0000-0000-0000-000000000001:1-100";

  /** An action that a server was told. */
  public record Told(String node, long term, ServerAction action) {}

  private static final class Server {
    boolean alive = true;
    boolean readOnly;
    Optional<InstanceKey> source = Optional.empty();
    boolean ioRunning = true;
  }

  private final InstantSource clock;
  private final Map<InstanceKey, Server> servers = new HashMap<>();
  private final List<Told> told = new ArrayList<>();
  private final List<InstanceKey> probed = new ArrayList<>();
  private BiConsumer<Told, Boolean> listener = (action, done) -> {};

  private FakeServers(InstantSource clock) {
    this.clock = clock;
  }

  /** A writable master {@code m} and read-only replicas {@code r1}, {@code r2} … of it. */
  public static FakeServers masterWithReplicas(int count, InstantSource clock) {
    FakeServers all = new FakeServers(clock);
    all.add("m");
    for (int i = 1; i <= count; i++) {
      all.addReplica("r" + i, "m");
    }
    return all;
  }

  /** Another writable server, that no other knows of. */
  public synchronized void addAlone(String name) {
    add(name);
  }

  public synchronized void addReplica(String name, String source) {
    Server replica = add(name);
    replica.readOnly = true;
    replica.source = Optional.of(TopologyBuilder.key(source));
  }

  public synchronized void stopFetching(String name) {
    server(TopologyBuilder.key(name)).ioRunning = false;
  }

  private Server add(String name) {
    Server server = new Server();
    servers.put(TopologyBuilder.key(name), server);
    return server;
  }

  public synchronized void kill(String name) {
    server(TopologyBuilder.key(name)).alive = false;
  }

  /** As a service manager does it: writable, and no replica. */
  public synchronized void revive(String name) {
    Server server = server(TopologyBuilder.key(name));
    server.alive = true;
    server.readOnly = false;
  }

  /** Told of each action before (false) and after (true) it is done. */
  public synchronized void onAction(BiConsumer<Told, Boolean> newListener) {
    listener = newListener;
  }

  public synchronized List<Told> told() {
    return List.copyOf(told);
  }

  /** Whether any manager asked this server at all since {@link #forgetProbes}. */
  public synchronized boolean isProbed(String name) {
    return probed.contains(TopologyBuilder.key(name));
  }

  public synchronized void forgetProbes() {
    probed.clear();
  }

  public synchronized List<InstanceKey> writable() {
    return servers.entrySet().stream()
        .filter(entry -> entry.getValue().alive && !entry.getValue().readOnly)
        .map(Map.Entry::getKey)
        .sorted()
        .toList();
  }

  public synchronized Optional<InstanceKey> sourceOf(String name) {
    return server(TopologyBuilder.key(name)).source;
  }

  private Server server(InstanceKey key) {
    Server server = servers.get(key);
    if (server == null) {
      throw new IllegalArgumentException("no such server: " + key);
    }
    return server;
  }

  /** As one manager sees them. */
  public Servers view() {
    return new View();
  }

  private synchronized ProbeResult probe(InstanceKey key) {
    probed.add(key);
    Server server = servers.get(key);
    return server != null && server.alive
        ? new ProbeResult.Seen(read(key, server))
        : new ProbeResult.Failed(
            key, ProbeResult.Failure.CONNECTION_REFUSED, key + ": refused", false);
  }

  private Instance read(InstanceKey key, Server server) {
    TopologyBuilder builder = new TopologyBuilder(clock.instant());
    String name = key.displayString();
    builder.with(name);
    server.source.ifPresent(source -> builder.with(name, replica -> replicate(replica, server)));
    builder.with(name, instance -> instance.oracleGtid(EXECUTED));
    if (server.readOnly) {
      builder.with(name, InstanceBuilder::readOnly);
    }
    return builder.instance(name);
  }

  private void replicate(InstanceBuilder replica, Server server) {
    InstanceKey source = server.source.orElseThrow();
    replica.replicatesFrom(source);
    Server master = servers.get(source);
    if (!server.ioRunning) {
      replica.ioThreadStopped();
    } else if (master == null || !master.alive) {
      replica.failingToConnect();
    }
  }

  private ActionOutcome perform(ServerAction action, Fence fence) {
    Told order = new Told(fence.node(), fence.term(), action);
    currentListener().accept(order, false);
    ActionOutcome outcome = execute(order, fence);
    currentListener().accept(order, true);
    return outcome;
  }

  private synchronized BiConsumer<Told, Boolean> currentListener() {
    return listener;
  }

  /** Runs something while no server is being changed. */
  public synchronized void atomically(Runnable work) {
    work.run();
  }

  /** As with the named lock: whoever leads no more when the server is reached changes nothing. */
  private synchronized ActionOutcome execute(Told order, Fence fence) {
    if (!fence.right().isValid()) {
      return new ActionOutcome.NotApplied("the lead was lost");
    }
    Server server = server(order.action().target());
    if (!server.alive) {
      return new ActionOutcome.NotApplied(order.action().target() + ": refused");
    }
    told.add(order);
    switch (order.action()) {
      case ServerAction.StopReplication ignored -> server.ioRunning = false;
      case ServerAction.StopIoThread ignored -> server.ioRunning = false;
      case ServerAction.StartIoThread ignored -> server.ioRunning = true;
      case ServerAction.StartSqlThread ignored -> {}
      case ServerAction.StartReplication ignored -> server.ioRunning = true;
      case ServerAction.RestartReplication ignored -> server.ioRunning = true;
      case ServerAction.ChangeSource change -> {
        server.source = Optional.of(change.source());
        server.ioRunning = change.start();
      }
      case ServerAction.ResetReplication ignored -> server.source = Optional.empty();
      case ServerAction.DetachSource ignored -> server.ioRunning = false;
      case ServerAction.ReattachSource ignored -> server.ioRunning = true;
      case ServerAction.SetReadOnly set -> server.readOnly = set.readOnly();
      case ServerAction.EndClients ignored -> {}
      case ServerAction.InjectMarker ignored -> {}
      case ServerAction.SetSemiSyncMaster ignored -> {}
      case ServerAction.SetSemiSyncReplica ignored -> {}
    }
    return new ActionOutcome.Applied(read(order.action().target(), server));
  }

  private final class View implements Servers {
    @Override
    public ProbeResult probe(InstanceKey key, ProbeDepth depth, Duration deadline) {
      return FakeServers.this.probe(key);
    }

    @Override
    public ActionOutcome perform(ServerAction action, Fence fence, Duration deadline) {
      return FakeServers.this.perform(action, fence);
    }

    @Override
    public TakeoverSurvey survey(InstanceKey key, Duration deadline) {
      return new TakeoverSurvey(key, "", List.of(), "", List.of(), true);
    }

    @Override
    public LogReader logs(Duration deadline) {
      return new UnreadableLogs();
    }

    @Override
    public List<String> statementsOf(ServerAction action, Instance target) {
      return List.of();
    }

    @Override
    public Watch watch(InstanceKey key, WatchListener onEnd) {
      return () -> {};
    }

    @Override
    public void forget(InstanceKey key) {}

    @Override
    public void close() {}
  }
}
