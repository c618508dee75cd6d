package orchestrator.server.mysql;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import orchestrator.core.binlog.LogReader;
import orchestrator.core.recovery.TakeoverSurvey;
import orchestrator.core.relocation.ActionOutcome;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.server.engine.Fence;
import orchestrator.server.engine.ProbeResult;
import orchestrator.server.engine.ProbeResult.Failure;
import orchestrator.server.engine.Servers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The topology servers over the network. Safe for all threads; calls block, up to their deadline.
 */
public final class MySqlServers implements Servers {
  private static final Logger log = LoggerFactory.getLogger(MySqlServers.class);

  /** Connections to a server that nobody asked for in so long are closed. */
  private static final Duration IDLE_LIMIT = Duration.ofMinutes(15);

  private static final Duration IDLE_CHECK_INTERVAL = Duration.ofMinutes(1);

  private final TopologyAccess access;
  private final HostnameResolver names;
  private final InstantSource clock;
  private final NameLookup lookup = new NameLookup();
  private final Connector connector;
  private final SourceNames sourceNames;
  private final StartGuard guard;
  private final Map<InstanceKey, TopologyServer> servers = new ConcurrentHashMap<>();
  private final Set<Watcher> watchers = ConcurrentHashMap.newKeySet();
  private volatile long idleCheckedNanoTime = System.nanoTime();
  private volatile boolean closed;

  /** Where no names were registered for replicas. */
  public MySqlServers(TopologyAccess access, HostnameResolver names, InstantSource clock) {
    this(access, names, host -> Optional.empty(), (replica, source) -> Optional.empty(), clock);
  }

  /**
   * @param namesForReplicas the host name that replicas are to use for a source, by the one that it
   *     is known by
   * @param acknowledges whether a replica that is about to replicate from a source is to
   *     acknowledge its commits; empty to leave that as it is
   */
  public MySqlServers(
      TopologyAccess access,
      HostnameResolver names,
      Function<String, Optional<String>> namesForReplicas,
      BiFunction<Instance, InstanceKey, Optional<Boolean>> acknowledges,
      InstantSource clock) {
    this.access = access;
    this.names = names;
    this.clock = clock;
    this.connector = new Connector(access, lookup);
    this.sourceNames = new SourceNames(namesForReplicas, this::fresh);
    this.guard = new StartGuard(acknowledges);
  }

  @Override
  public ProbeResult probe(InstanceKey key, ProbeDepth depth, Duration deadline) {
    if (closed) {
      return new ProbeResult.Failed(key, Failure.CONNECTION_LOST, key + ": shutting down", false);
    }
    closeIdle();
    return new Probe(server(key), depth, Deadline.after(deadline)).run();
  }

  @Override
  public ActionOutcome perform(ServerAction action, Fence fence, Duration deadline) {
    InstanceKey key = action.target();
    if (closed) {
      return new ActionOutcome.NotApplied(key + ": shutting down");
    }
    Deadline bound = Deadline.after(deadline);
    TopologyServer server = server(key);
    if (!TopologyServer.lockedBy(server.actionLock, bound)) {
      return new ActionOutcome.NotApplied(key + ": another change of it is under way");
    }
    try {
      SupplementSource source =
          new SupplementSource(server, servers.values(), this::server, sourceNames, guard);
      return new ActionRun(server, action, fence, bound, source).run();
    } catch (RuntimeException e) {
      log.error("{} failed in an unforeseen way", action, e);
      server.dropActionLink();
      return new ActionOutcome.Unknown(key + ": " + e);
    } finally {
      server.actionLock.unlock();
    }
  }

  @Override
  public TakeoverSurvey survey(InstanceKey key, Duration deadline) {
    return closed
        ? TakeoverSurvey.failed(key, "shutting down")
        : new ServerSurvey(server(key), Deadline.after(deadline)).run();
  }

  @Override
  public LogReader logs(Duration deadline) {
    return new LogReading(this::server, Deadline.after(deadline));
  }

  @Override
  public List<String> statementsOf(ServerAction action, Instance target) {
    return SupplementSource.forDisplay(action, target, guard);
  }

  @Override
  public Watch watch(InstanceKey key, WatchListener onEnd) {
    Watcher watcher =
        new Watcher(key, connector, access.timeouts().connect(), onEnd, watchers::remove);
    watchers.add(watcher);
    if (closed) {
      watcher.close();
    } else {
      watcher.start();
    }
    return watcher;
  }

  @Override
  public void forget(InstanceKey key) {
    TopologyServer server = servers.remove(key);
    if (server != null) {
      server.close();
    }
  }

  private TopologyServer server(InstanceKey key) {
    TopologyServer server = servers.computeIfAbsent(key, this::fresh);
    server.used();
    return server;
  }

  private TopologyServer fresh(InstanceKey key) {
    return new TopologyServer(key, access, connector, names, clock);
  }

  private void closeIdle() {
    long now = System.nanoTime();
    if (now - idleCheckedNanoTime < IDLE_CHECK_INTERVAL.toNanos()) {
      return;
    }
    idleCheckedNanoTime = now;
    servers.forEach((key, server) -> {
      if (server.idleNanos() > IDLE_LIMIT.toNanos() && servers.remove(key, server)) {
        server.close();
      }
    });
  }

  @Override
  public void close() {
    closed = true;
    watchers.forEach(Watcher::close);
    servers.values().forEach(TopologyServer::close);
    servers.clear();
    lookup.close();
  }
}
