package orchestrator.server.engine.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.server.engine.ProbeResult;
import orchestrator.server.engine.Servers.ProbeDepth;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A server that hangs is asked by others who doubt it, and is not misjudged. */
class ServerPollerTest {
  private static final InstanceKey KEY = new InstanceKey("db1", 3306);
  private static final Duration LONG = Duration.ofHours(1);

  private final ScriptedServers servers = new ScriptedServers();
  private final List<ProbeResult> recorded = new CopyOnWriteArrayList<>();
  private final Semaphore regularLane = new Semaphore(1);
  private final ServerPoller poller =
      new ServerPoller(
          KEY,
          servers,
          new DiscoverySettingsBuilder(LONG).build(),
          InstantSource.system(),
          regularLane,
          new Semaphore(1),
          (asked, result) -> recorded.add(result));

  @AfterEach
  void close() {
    poller.close();
    servers.close();
  }

  @Test
  void attemptsOfThoseWhoDoubtAServerThatHangsOverlap() {
    poller.start(new PollerThreads(1));
    await().until(() -> servers.calls().size() == 1);

    await("further attempts begin while the first one hangs")
        .until(() -> {
          var _ = poller.poke(ProbeDepth.REGULAR);
          return servers.calls().size() == 3;
        });

    assertThat(servers.calls()).allMatch(ScriptedServers.Call::isHanging);
    assertThat(servers.calls())
        .extracting(ScriptedServers.Call::depth)
        .containsExactly(ProbeDepth.REGULAR, ProbeDepth.URGENT, ProbeDepth.URGENT);
  }

  @Test
  void neverAreMoreThanTwoAttemptsUnderWayBesideTheRegularOne() {
    poller.start(new PollerThreads(1));
    await().until(() -> servers.calls().size() == 1);
    await()
        .until(() -> {
          var _ = poller.poke(ProbeDepth.REGULAR);
          return servers.calls().size() == 3;
        });

    await()
        .during(Duration.ofMillis(300))
        .until(() -> {
          var _ = poller.poke(ProbeDepth.REGULAR);
          return servers.calls().size() == 3;
        });
  }

  @Test
  void failureOfAnAttemptIsNoNewsAfterALaterOneHasSucceeded() {
    poller.start(new PollerThreads(1));
    await().until(() -> servers.calls().size() == 1);
    CompletableFuture<ProbeResult> beside = poller.poke(ProbeDepth.REGULAR);
    await().until(() -> servers.calls().size() == 2);
    servers.calls().get(1).answer(seen());
    assertThat(beside.join()).isEqualTo(seen());

    servers.calls().getFirst().answer(failed());
    CompletableFuture<ProbeResult> next = poller.poke(ProbeDepth.FULL);
    await("the regular attempt is over").until(() -> servers.calls().size() == 3);
    servers.calls().get(2).answer(seen());
    next.join();

    assertThat(recorded).containsExactly(seen(), seen());
  }

  @Test
  void failureOfAnAttemptThatBeganLaterCounts() {
    poller.start(new PollerThreads(1));
    await().until(() -> servers.calls().size() == 1);
    servers.calls().getFirst().answer(seen());
    await().until(() -> recorded.size() == 1);

    CompletableFuture<ProbeResult> next = poller.poke(ProbeDepth.REGULAR);
    await().until(() -> servers.calls().size() == 2);
    servers.calls().get(1).answer(failed());
    next.join();

    assertThat(recorded).containsExactly(seen(), failed());
  }

  @ParameterizedTest
  @EnumSource(
      value = ProbeDepth.class,
      names = {"REGULAR", "FULL"})
  void whoDoubtsAServerNeedNotWaitForItsTurnInALane(ProbeDepth depth) {
    regularLane.drainPermits();
    poller.start(new PollerThreads(1));
    await("its turn waits in the lane").until(regularLane::hasQueuedThreads);

    CompletableFuture<ProbeResult> answer = poller.poke(depth);

    await("it is asked in spite of that").until(() -> servers.calls().size() == 1);
    servers.calls().getFirst().answer(seen());
    assertThat(answer.join()).isEqualTo(seen());
  }

  private static ProbeResult seen() {
    return new ProbeResult.Seen(Instance.unseen(KEY));
  }

  private static ProbeResult failed() {
    return new ProbeResult.Failed(KEY, ProbeResult.Failure.TIMEOUT, "silent", false);
  }
}
