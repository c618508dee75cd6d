package orchestrator.server.engine.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import orchestrator.core.relocation.ActionOutcome;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.server.engine.Fence;
import orchestrator.server.engine.ProbeResult;
import orchestrator.server.engine.Servers;
import orchestrator.server.engine.Servers.ProbeDepth;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A server that hangs is asked by others who doubt it, and is not misjudged. */
class ServerPollerTest {
  private static final InstanceKey KEY = new InstanceKey("db1", 3306);
  private static final Duration LONG = Duration.ofHours(1);

  private final HangingServers servers = new HangingServers();
  private final List<ProbeResult> recorded = new CopyOnWriteArrayList<>();
  private final ServerPoller poller =
      new ServerPoller(
          KEY,
          servers,
          new DiscoverySettings(
              LONG,
              LONG,
              1,
              1,
              1,
              LONG,
              LONG,
              k -> false,
              k -> false,
              k -> false,
              new DiscoverySettings.Logging(false, false)),
          InstantSource.system(),
          new Semaphore(1),
          new Semaphore(1),
          (asked, result) -> recorded.add(result));

  @AfterEach
  void close() {
    poller.close();
    servers.calls.forEach(call -> call.complete(failed()));
  }

  @Test
  void attemptsOfThoseWhoDoubtAServerThatHangsOverlap() {
    poller.start();
    await().until(() -> servers.calls.size() == 1);

    await("further attempts begin while the first one hangs")
        .until(() -> {
          var _ = poller.poke(ProbeDepth.REGULAR);
          return servers.calls.size() == 3;
        });

    assertThat(servers.calls).noneMatch(CompletableFuture::isDone);
    assertThat(servers.depths)
        .containsExactly(ProbeDepth.REGULAR, ProbeDepth.URGENT, ProbeDepth.URGENT);
  }

  @Test
  void neverAreMoreThanTwoAttemptsUnderWayBesideTheRegularOne() {
    poller.start();
    await().until(() -> servers.calls.size() == 1);
    await()
        .until(() -> {
          var _ = poller.poke(ProbeDepth.REGULAR);
          return servers.calls.size() == 3;
        });

    await()
        .during(Duration.ofMillis(300))
        .until(() -> {
          var _ = poller.poke(ProbeDepth.REGULAR);
          return servers.calls.size() == 3;
        });
  }

  @Test
  void failureOfAnAttemptIsNoNewsAfterALaterOneHasSucceeded() {
    poller.start();
    await().until(() -> servers.calls.size() == 1);
    CompletableFuture<ProbeResult> beside = poller.poke(ProbeDepth.REGULAR);
    await().until(() -> servers.calls.size() == 2);
    servers.calls.get(1).complete(seen());
    assertThat(beside.join()).isEqualTo(seen());

    servers.calls.getFirst().complete(failed());
    CompletableFuture<ProbeResult> next = poller.poke(ProbeDepth.FULL);
    await("the regular attempt is over").until(() -> servers.calls.size() == 3);
    servers.calls.get(2).complete(seen());
    next.join();

    assertThat(recorded).containsExactly(seen(), seen());
  }

  @Test
  void failureOfAnAttemptThatBeganLaterCounts() {
    poller.start();
    await().until(() -> servers.calls.size() == 1);
    servers.calls.getFirst().complete(seen());
    await().until(() -> recorded.size() == 1);

    CompletableFuture<ProbeResult> next = poller.poke(ProbeDepth.REGULAR);
    await().until(() -> servers.calls.size() == 2);
    servers.calls.get(1).complete(failed());
    next.join();

    assertThat(recorded).containsExactly(seen(), failed());
  }

  private static ProbeResult seen() {
    return new ProbeResult.Seen(Instance.unseen(KEY));
  }

  private static ProbeResult failed() {
    return new ProbeResult.Failed(KEY, ProbeResult.Failure.TIMEOUT, "silent", false);
  }

  /** Every probe hangs until the test answers it. */
  private static final class HangingServers implements Servers {
    private final List<CompletableFuture<ProbeResult>> calls = new CopyOnWriteArrayList<>();
    private final List<ProbeDepth> depths = new CopyOnWriteArrayList<>();

    @Override
    public ProbeResult probe(InstanceKey key, ProbeDepth depth, Duration deadline) {
      CompletableFuture<ProbeResult> call = new CompletableFuture<>();
      depths.add(depth);
      calls.add(call);
      return call.join();
    }

    @Override
    public ActionOutcome perform(ServerAction action, Fence fence, Duration deadline) {
      throw new UnsupportedOperationException("nothing is changed here");
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
