package orchestrator.server.engine.discovery;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiPredicate;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks closely at a server that may have failed: probes it and its replicas again and again, in
 * short steps that grow, until the picture is settled. A single look is not enough: right after the
 * death of a master its replicas still say that they replicate.
 */
public final class Suspicions {
  private static final Logger log = LoggerFactory.getLogger(Suspicions.class);

  /** Pauses between the looks; the last one repeats. */
  private static final List<Duration> PAUSES =
      List.of(
          Duration.ofMillis(50),
          Duration.ofMillis(50),
          Duration.ofMillis(50),
          Duration.ofMillis(100),
          Duration.ofMillis(200),
          Duration.ofMillis(500));

  /** After this the polling alone goes on. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** A look goes on without the servers that take longer; their answers count when they come. */
  private static final Duration LOOK = Duration.ofMillis(250);

  private final Discovery discovery;
  private final Picture picture;
  private final BiPredicate<InstanceKey, Instant> settled;
  private final InstantSource clock;
  private final Set<InstanceKey> suspects = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  /**
   * @param settled analyses the picture as it is now, acts on it, and tells whether nothing more is
   *     to be learnt about the server, of which there is doubt since that moment
   */
  public Suspicions(
      Discovery discovery,
      Picture picture,
      BiPredicate<InstanceKey, Instant> settled,
      InstantSource clock) {
    this.discovery = discovery;
    this.picture = picture;
    this.settled = settled;
    this.clock = clock;
  }

  /** Begins to look at a server, unless that goes on already. */
  public void suspect(InstanceKey key, String reason) {
    if (closed || !suspects.add(key)) {
      return;
    }
    log.info("Looking closely at {}: {}", key, reason);
    Thread.ofVirtual()
        .name("suspect-" + key)
        .start(() -> {
          try {
            look(key);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          } finally {
            suspects.remove(key);
          }
        });
  }

  public void close() {
    closed = true;
  }

  private void look(InstanceKey key) throws InterruptedException {
    Instant since = clock.instant();
    long end = System.nanoTime() + PATIENCE.toNanos();
    for (int step = 0; !closed && System.nanoTime() < end; step++) {
      lookOnce(key);
      if (settled.test(key, since)) {
        return;
      }
      Thread.sleep(PAUSES.get(Math.min(step, PAUSES.size() - 1)));
    }
    log.info("{} is still in doubt; polling goes on", key);
  }

  private void lookOnce(InstanceKey key) throws InterruptedException {
    List<InstanceKey> keys = new ArrayList<>();
    keys.add(key);
    picture.topology().replicasOf(key).stream().map(Instance::key).forEach(keys::add);
    try {
      discovery.probeNow(keys).get(LOOK.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      // The slow ones are looked at again next time; what the others said counts now.
      log.debug("Not all of {} answered within {}", keys, LOOK);
    } catch (ExecutionException e) {
      log.warn("Looking at {} failed", key, e.getCause());
    }
  }
}
