package orchestrator.server.mysql;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import orchestrator.core.topology.Identity;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.server.engine.ProbeResult;
import orchestrator.server.engine.Servers.ProbeDepth;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The host names that replicas are to use for their sources, where people registered one: a virtual
 * address, or an alias. Used only while the name leads to the source itself: a name that was moved
 * too late, or not yet, must not send a replica to another server, nor keep it from its new source.
 */
final class SourceNames {
  private static final Logger log = LoggerFactory.getLogger(SourceNames.class);

  /** A replica without a source waits for it. */
  private static final Duration LONGEST_CHECK = Duration.ofMillis(500);

  private final Function<String, Optional<String>> registered;
  private final Function<InstanceKey, TopologyServer> fresh;
  private final RecentRefusals refusals = new RecentRefusals(System::nanoTime);

  /**
   * @param registered by the host name that a server is known by
   * @param fresh makes a server without open connections, which would lead where the name once did
   */
  SourceNames(
      Function<String, Optional<String>> registered, Function<InstanceKey, TopologyServer> fresh) {
    this.registered = registered;
    this.fresh = fresh;
  }

  /**
   * The name to use for a source; empty for its own. A name that did not lead there is not tried
   * again for some seconds: many replicas may be waiting for a new source.
   */
  Optional<String> nameFor(TopologyServer source, Deadline deadline) {
    String own = source.key().hostname();
    Optional<String> name = registered.apply(own).filter(other -> !other.equals(own));
    if (name.isEmpty()) {
      return name;
    }
    InstanceKey byName = new InstanceKey(name.get(), source.key().port());
    if (refusals.isRecent(source.key(), byName)) {
      return Optional.empty();
    }
    if (leadsTo(source, byName, deadline.orSooner(LONGEST_CHECK))) {
      source.names().learn(name.get(), own);
      return name;
    }
    refusals.add(source.key(), byName);
    log.warn(
        "{} is the registered name of {} for its replicas, and does not lead there now: the server's"
            + " own name is used",
        name.get(),
        source.key());
    return Optional.empty();
  }

  private boolean leadsTo(TopologyServer source, InstanceKey byName, Deadline deadline) {
    TopologyServer named = fresh.apply(byName);
    try {
      return new Probe(named, ProbeDepth.REGULAR, deadline).run() instanceof ProbeResult.Seen seen
          && (seen.instance().key().equals(source.key()) || isSame(seen.instance(), source));
    } finally {
      named.close();
    }
  }

  private static boolean isSame(Instance seen, TopologyServer source) {
    Identity found = seen.identity();
    return source
        .last()
        .map(Instance::identity)
        .filter(known ->
            known.serverId() == found.serverId() && known.serverUuid().equals(found.serverUuid()))
        .isPresent();
  }
}
