package orchestrator.simulation;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import orchestrator.core.topology.InstanceKey;
import orchestrator.simulation.SimServer.Health;
import orchestrator.simulation.SimServer.Io;

/** Lets replicas fetch and apply. */
final class Replicator {
  /** So often a source that has nothing to send says so. */
  static final long HEARTBEAT_MILLIS = 1000;

  private static final long CONNECT_RETRY_MILLIS = 1000;
  private static final String CANNOT_CONNECT = "error connecting to source: Can't connect (2003)";

  private final World world;

  Replicator(World world) {
    this.world = world;
  }

  /** Some time has passed. */
  void tick() {
    for (SimServer server : world.servers) {
      if (server.isWell()) {
        follow(server);
        apply(server);
      } else {
        server.appliedUntil = world.now();
      }
    }
  }

  private Optional<SimServer> sourceOf(SimServer replica) {
    return replica.source.filter(InstanceKey::isValid).map(world::server);
  }

  private void follow(SimServer replica) {
    Optional<SimServer> found = sourceOf(replica);
    if (replica.io == Io.STOPPED || replica.io == Io.REFUSED) {
      return;
    }
    if (found.isEmpty()) {
      lose(replica);
      return;
    }
    SimServer source = found.get();
    boolean whole = world.network.isWhole(source.index, replica.index);
    if (replica.io == Io.CONNECTED) {
      if (whole && (source.health == Health.DEAD || replica.sourceHasEnded)) {
        lose(replica);
      } else if (!whole || !source.isWell()) {
        if (world.now() - replica.lastHeard > world.scenario.netTimeoutMillis) {
          lose(replica);
        }
      } else {
        replica.lastHeard = world.now();
        receive(replica, source, source.log.size());
        rotate(replica, source);
        beat(replica);
      }
    } else if (world.now() >= replica.nextConnect) {
      replica.nextConnect = world.now() + CONNECT_RETRY_MILLIS;
      if (whole && source.isWell() && !source.refusing) {
        connect(replica, source);
      } else {
        replica.ioError = CANNOT_CONNECT;
      }
    }
  }

  /** A thread that was just started connects before the statement is answered, if it can. */
  void connectAtOnce(SimServer replica) {
    if (replica.io == Io.CONNECTING && world.now() >= replica.nextConnect) {
      follow(replica);
    }
  }

  /**
   * Those that reach it find out by themselves, others as soon as they do, also if it runs again by
   * then; one that hangs has lost its connection all the same.
   */
  void sourceDied(SimServer source) {
    for (SimServer replica : world.servers) {
      if (replica.io == Io.CONNECTED && replica.source.filter(source.key::equals).isPresent()) {
        replica.sourceHasEnded = true;
        if (replica.health == SimServer.Health.HUNG) {
          lose(replica);
        }
      }
    }
  }

  private void lose(SimServer replica) {
    replica.sourceHasEnded = false;
    replica.io = Io.CONNECTING;
    replica.ioError = CANNOT_CONNECT;
    replica.connection++;
    replica.nextConnect = world.now() + CONNECT_RETRY_MILLIS;
  }

  private void connect(SimServer replica, SimServer source) {
    Optional<String> refusal =
        replica.places.isPresent() ? stand(replica, source) : refusal(replica, source);
    if (refusal.isPresent()) {
      replica.io = Io.REFUSED;
      replica.ioError = "Got fatal error 1236 from source: " + refusal.get();
      return;
    }
    replica.io = Io.CONNECTED;
    replica.sourceHasEnded = false;
    replica.ioError = "";
    replica.lastHeard = world.now();
    replica.lastSent = world.now();
    replica.relayLogBytes++;
    replica.connection++;
    if (replica.places.isEmpty()) {
      replica.cursor =
          replica.mariaDb && !replica.log.isEmpty()
              ? source.log.indexOf(replica.log.getLast()) + 1
              : 0;
    }
    receive(replica, source, source.log.size());
  }

  /** Where it goes on to read; or why the source does not let it. */
  private Optional<String> stand(SimServer replica, SimServer source) {
    OptionalInt count =
        source
            .places
            .map(there -> there.files.countBefore(replica.places.orElseThrow().read))
            .orElse(OptionalInt.empty());
    count.ifPresent(before -> {
      replica.cursor = before;
      world.truth.goesOn(replica, source, before);
    });
    return count.isPresent()
        ? Optional.empty()
        : Optional.of("the source's log has no such position");
  }

  /** The source has begun a new file, and written nothing to it yet. */
  private static void rotate(SimServer replica, SimServer source) {
    if (replica.cursor == source.log.size() && !replica.diskFull) {
      replica.places.ifPresent(
          stand -> source.places.ifPresent(there -> stand.rotated(there.files.end())));
    }
  }

  private void beat(SimServer replica) {
    if (world.now() - replica.lastSent >= HEARTBEAT_MILLIS) {
      replica.lastSent = world.now();
      replica.heartbeats++;
    }
  }

  private static Optional<String> refusal(SimServer replica, SimServer source) {
    if (replica.mariaDb) {
      boolean known = replica.log.isEmpty() || source.has(replica.log.getLast());
      return known
          ? Optional.empty()
          : Optional.of("the requested starting GTID is not in the source's binlog");
    }
    boolean ahead =
        replica.executed.only(List.of(source.uuid)).lastNumber(source.uuid, "")
            > source.executed.lastNumber(source.uuid, "");
    return ahead
        ? Optional.of("the replica has more GTIDs of the source than the source itself")
        : Optional.empty();
  }

  /** What the source sent arrives. */
  void receive(SimServer replica, SimServer source, int end) {
    if (replica.diskFull) {
      return;
    }
    int until = Math.min(end, source.log.size());
    for (; replica.cursor < until; replica.cursor++) {
      Transaction next = source.log.get(replica.cursor);
      fetch(replica, source, next);
      replica.lastSent = world.now();
      replica.relayLogBytes++;
    }
  }

  private static void fetch(SimServer replica, SimServer source, Transaction next) {
    int after = replica.cursor + 1;
    replica.places.ifPresentOrElse(
        stand -> replica.fetchTo(next, stand, source.places.orElseThrow().files.placeAfter(after)),
        () -> replica.fetch(next, SimServer.uuidOf(next.origin())));
  }

  void apply(SimServer server) {
    long now = world.now();
    boolean idle = !server.sqlRunning || server.diskFull || server.relay.isEmpty();
    if (idle || now < server.stalledUntil) {
      server.appliedUntil = now;
      return;
    }
    while (!server.relay.isEmpty() && server.appliedUntil + server.applyMillis <= now) {
      Transaction next = server.poll();
      if (server.places.isPresent() && server.has(next)) {
        world.truth.appliesTwice(server, next);
      }
      server.commit(next, SimServer.uuidOf(next.origin()));
      server.places.ifPresent(Places::applied);
      server.unsynced++;
      server.appliedUntil += server.applyMillis;
    }
    if (server.relay.isEmpty()) {
      server.appliedUntil = now;
      server.unsynced = Math.min(server.unsynced, 3);
    }
  }

  /** Lets one server's time pass before it is read or changed. */
  void upToDate(SimServer server) {
    if (server.isWell()) {
      apply(server);
    }
  }

  /** Semi-synchronous replicas that are connected. */
  int semiSyncClients(SimServer source) {
    int count = 0;
    for (SimServer replica : world.servers) {
      count += replica.semiSyncReplica && isConnected(replica, source) ? 1 : 0;
    }
    return count;
  }

  static boolean isConnected(SimServer replica, SimServer source) {
    return replica.isWell()
        && replica.io == Io.CONNECTED
        && replica.source.filter(source.key::equals).isPresent();
  }
}
