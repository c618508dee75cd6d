package orchestrator.server.engine.manager;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import orchestrator.core.recovery.LostServers;
import orchestrator.core.state.Command;
import orchestrator.core.state.LogPosition;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.state.StateMachine;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.Topology;
import orchestrator.server.engine.Leadership;
import orchestrator.server.engine.recovery.DemotedMasters;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What has to be done again and again. */
final class PeriodicWork implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(PeriodicWork.class);

  private static final Duration COMMIT_TIMEOUT = Duration.ofSeconds(10);

  /** Closed recoveries stay in the replicated state for this long after they block nothing. */
  private static final Duration RECOVERIES_KEPT = Duration.ofHours(1);

  private static final Duration ELECTION_NOTICED = Duration.ofMillis(100);

  /** How soon a recovery is taken up again that was interrupted, say by a lease that ran out. */
  private static final Duration RESUMED = Duration.ofSeconds(1);

  private final Manager manager;
  private final DemotedMasters demoted;
  private volatile boolean closed;

  /** The latest term in which this node led; of one thread. */
  private long ledIn;

  PeriodicWork(Manager manager, DemotedMasters demoted) {
    this.manager = manager;
    this.demoted = demoted;
  }

  void start() {
    every("judge", Duration.ofSeconds(1), this::judge);
    every("demoted", Duration.ofSeconds(1), demoted::look);
    every("elected", ELECTION_NOTICED, this::actIfElected);
    every("resume", RESUMED, manager.recoveries()::resumeOpen);
    every("resume-hooks", Duration.ofSeconds(1), manager.announcements()::resume);
    every("lost", manager.settings().discovery().pollInterval(), this::endLost);
    every("expire", Duration.ofMinutes(1), this::expire);
    // A look-up blocks its carrier thread in the operating system.
    every(Thread.ofPlatform().daemon(), "addresses", Duration.ofSeconds(30), this::lookUp);
    if (manager.settings().injectsMarkers()) {
      every("markers", MarkerInjection.INTERVAL, new MarkerInjection(manager)::inject);
    }
    every("rehearse", Duration.ofMinutes(1), this::rehearse);
    every("purge", Duration.ofMinutes(10), this::purge);
  }

  @Override
  public void close() {
    closed = true;
  }

  /** What waited for a leader does not wait for the next turn as well. */
  private void actIfElected() {
    long term = manager.consensus().leadership().map(Leadership::term).orElse(ledIn);
    if (term != ledIn) {
      ledIn = term;
      manager.recoveries().resumeOpen();
      manager.announcements().resume();
      manager.detector().look();
    }
  }

  private void judge() {
    manager.watches().follow(manager.picture().topology());
    manager.detector().look();
    manager.blocked().prune();
  }

  private void endLost() {
    if (manager.consensus().leadership().isPresent()) {
      LostServers.returned(
              manager.consensus().state(), manager.picture().topology(), manager.clock().instant())
          .forEach(this::submit);
    }
  }

  private void expire() {
    Instant now = manager.clock().instant();
    ReplicatedState state = manager.consensus().state();
    Command expire =
        Command.Expire.at(now, manager.settings().detection().announcedFor(), RECOVERIES_KEPT);
    boolean changes = !StateMachine.apply(state, expire, LogPosition.NONE).next().equals(state);
    if (changes && manager.consensus().leadership().isPresent()) {
      submit(expire);
    }
  }

  private void submit(Command command) {
    var outcome = manager.consensus().submit(List.of(command), COMMIT_TIMEOUT);
    log.debug("{}: {}", command, outcome);
  }

  private void lookUp() {
    manager
        .addressBook()
        .refresh(manager.picture().keys().stream().map(InstanceKey::hostname).distinct().toList());
  }

  /**
   * Plays the recovery of each master, and throws the plan away: so the code that runs when a
   * master dies has run before, which the first time would take ten times as long.
   */
  private void rehearse() {
    Topology topology = manager.picture().topology();
    for (String cluster : topology.clusterNames()) {
      for (Instance master : topology.mastersOf(cluster)) {
        if (!topology.replicasOf(master.key()).isEmpty()) {
          var plan = manager.operations().recoveryPlan(master.key());
          log.debug("Rehearsed: {}", plan);
        }
      }
    }
  }

  private void purge() {
    Instant now = manager.clock().instant();
    manager
        .backend()
        .purge(
            now.minus(manager.settings().historyKept()),
            now.minus(manager.settings().discovery().forgetAfter()));
  }

  /** One virtual thread for each kind of work: none of them holds up another. */
  private void every(String name, Duration interval, Runnable work) {
    every(Thread.ofVirtual(), name, interval, work);
  }

  private void every(Thread.Builder thread, String name, Duration interval, Runnable work) {
    thread
        .name("periodic-" + name)
        .start(() -> {
          while (!closed) {
            try {
              work.run();
            } catch (RuntimeException e) {
              log.error("Periodic work '{}' failed", name, e);
            }
            try {
              TimeUnit.NANOSECONDS.sleep(interval.toNanos());
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
              return;
            }
          }
        });
  }
}
