package orchestrator.simulation;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import orchestrator.core.gtid.MariaDbGtidSet;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;

/** The servers of the simulation, in a world in which nothing happens by itself. */
final class ModelStage implements Stage {
  private static final long REST_MILLIS = 10_000;
  private static final long TICK_MILLIS = 50;

  private final World world;

  ModelStage(boolean mariaDb) {
    world = new World(seed(mariaDb), List.of(), false);
    SimServer master = world.servers.getFirst();
    master.readOnly = false;
    master.restartsWritable = true;
    for (SimServer replica : world.servers.subList(1, world.servers.size())) {
      replica.source = Optional.of(master.key);
      replica.io = SimServer.Io.CONNECTING;
      replica.sqlRunning = true;
    }
    tick();
    rest();
  }

  /** Of a world with three servers, all replicating from the first. */
  private static long seed(boolean mariaDb) {
    for (long seed = 0; ; seed++) {
      Scenario scenario = new Scenario(seed, new SplittableRandom(seed));
      boolean flat = scenario.shape == Scenario.Shape.FLAT && !scenario.secondTier;
      if (flat && scenario.servers == NAMES.size() && scenario.mariaDb == mariaDb) {
        return seed;
      }
    }
  }

  private void tick() {
    world.replicator.tick();
    world.queue.after(TICK_MILLIS, this::tick);
  }

  /** Lets everything come to rest. */
  void rest() {
    long end = world.now() + REST_MILLIS;
    while (world.queue.next(end)) {
      // Each event plans the ones after it.
    }
  }

  private SimServer server(String name) {
    return world.servers.get(NAMES.indexOf(name));
  }

  @Override
  public InstanceKey key(String name) {
    return server(name).key;
  }

  @Override
  public boolean write(String name) {
    SimServer server = server(name);
    boolean taken = server.isWell() && !server.readOnly;
    if (taken) {
      world.clients.commit(server, false);
    }
    return taken;
  }

  @Override
  public void perform(ServerAction action) {
    SimServer server = world.server(action.target());
    world.replicator.upToDate(server);
    server.execute(action, world.now());
    world.replicator.connectAtOnce(server);
  }

  @Override
  public void attempt(ServerAction action) {
    perform(action);
  }

  @Override
  public void kill(String name) {
    server(name).die(SimServer.Health.DEAD, false);
  }

  @Override
  public void start(String name) {
    server(name).restart(world.now());
  }

  @Override
  public void freeze(String name) {
    server(name).health = SimServer.Health.HUNG;
  }

  @Override
  public void resume(String name) {
    world.fleet.thaw(server(name));
  }

  @Override
  public Optional<Instance> read(String name) {
    SimServer server = server(name);
    return server.isWell() ? Optional.of(world.fleet.read(server, world.now())) : Optional.empty();
  }

  @Override
  public Map<String, String> names() {
    Map<String, String> names = new TreeMap<>();
    for (String name : NAMES) {
      names.put(server(name).uuid, name);
      names.put(Integer.toString(server(name).index + 1), name);
    }
    return names;
  }

  @Override
  public Baseline baseline() {
    return new Baseline("", MariaDbGtidSet.EMPTY);
  }

  @Override
  public void close() {}
}
