package orchestrator.server.engine.manager;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import orchestrator.core.state.Command;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.server.engine.Consensus;
import orchestrator.server.engine.Leadership;
import orchestrator.server.engine.ProbeResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what this node polls in step with the servers that the managers agree to know: however the
 * state came to be so, by commands or by a snapshot. The one that leads makes known what it finds;
 * what another finds stays in its own picture.
 */
final class KnownServers implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(KnownServers.class);
  private static final Duration COMMIT_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

  private final Manager manager;
  private final Consensus consensus;
  private final Semaphore changes = new Semaphore(0);

  /** Names that servers were met by, with the names that they gave themselves: until agreed on. */
  private final Map<InstanceKey, InstanceKey> ownNames = new ConcurrentHashMap<>();

  private volatile boolean closed;

  /** What was known when this node last adjusted itself; of the one thread, once it runs. */
  private Set<InstanceKey> followed = Set.of();

  KnownServers(Manager manager) {
    this.manager = manager;
    this.consensus = manager.consensus();
  }

  void start() {
    // The picture has these already: a server that is forgotten before the first look is dropped,
    // and not taken for one that was just found.
    followed = consensus.state().known();
    followed.forEach(manager.discovery()::agreeOn);
    consensus.onApplied(state -> changes.release());
    manager.onProbed((asked, result) -> {
      if (result instanceof ProbeResult.Seen seen) {
        InstanceKey own = seen.instance().key();
        if (!asked.equals(own)) {
          ownNames.put(asked, own);
        }
        if (!asked.equals(own) || !consensus.state().known().contains(own)) {
          changes.release();
        }
      }
    });
    Thread.ofVirtual().name("known-servers").start(this::run);
  }

  @Override
  public void close() {
    closed = true;
    changes.release();
  }

  private void run() {
    while (!closed) {
      try {
        boolean _ = changes.tryAcquire(LOOK_AGAIN.toMillis(), TimeUnit.MILLISECONDS);
        changes.drainPermits();
        follow();
        dropAgreedNames();
        consensus.leadership().ifPresent(this::lead);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      } catch (RuntimeException e) {
        log.error("Following the known servers failed; it is tried again", e);
      }
    }
  }

  private void follow() {
    Set<InstanceKey> known = consensus.state().known();
    if (known.equals(followed)) {
      return;
    }
    Set<InstanceKey> gone = new HashSet<>(followed);
    gone.removeAll(known);
    manager.forgetting().forget(List.copyOf(gone));
    Set<InstanceKey> added = new HashSet<>(known);
    added.removeAll(followed);
    added.forEach(manager.discovery()::agreeOn);
    followed = known;
  }

  /** On every node: what another leader has had committed is no news under the next one. */
  private void dropAgreedNames() {
    ReplicatedState state = consensus.state();
    ownNames
        .entrySet()
        .removeIf(name ->
            !state.known().contains(name.getKey())
                && state.knownAs(name.getKey()).equals(name.getValue()));
  }

  private void lead(Leadership leadership) {
    ReplicatedState state = consensus.state();
    List<Command> commands = new ArrayList<>();
    ownNames.forEach((met, own) -> {
      if (state.known().contains(met) || state.known().contains(own)) {
        commands.add(new Command.Rename(met, own));
      }
    });
    for (Instance instance : manager.picture().topology().instances()) {
      if (instance.isLastCheckValid() && !state.known().contains(instance.key())) {
        commands.add(new Command.Discover(instance.key()));
      }
    }
    if (!commands.isEmpty() && leadership.isValid()) {
      var outcome = consensus.submit(commands, COMMIT_TIMEOUT);
      log.debug("{}: {}", commands, outcome);
    }
  }
}
