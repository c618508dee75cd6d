package orchestrator.server.mysql;

import static orchestrator.server.mysql.RealServers.SOON;
import static orchestrator.server.mysql.RealServers.key;
import static orchestrator.server.mysql.RealServers.probe;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.awaitility.Durations.TEN_SECONDS;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import orchestrator.core.topology.InstanceKey;
import orchestrator.sandbox.Sandbox;
import orchestrator.sandbox.SandboxServer;
import orchestrator.sandbox.SandboxSpec;
import orchestrator.sandbox.ServerKind;
import orchestrator.server.engine.ProbeResult;
import orchestrator.server.engine.ProbeResult.Failure;
import orchestrator.server.engine.Servers.ProbeDepth;
import orchestrator.server.engine.Servers.Watch;
import orchestrator.server.engine.Servers.WatchListener;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A connection that waits in a server tells of its end. */
@ParameterizedClass
@EnumSource(ServerKind.class)
class WatchOfRealServersTest {
  private static @Nullable Sandbox sandbox;

  private final MySqlServers servers = RealServers.manager(RealServers.access());
  private final Events events = new Events();

  WatchOfRealServersTest(ServerKind kind) {
    assertThat(server().kind()).isEqualTo(kind);
  }

  /** What a watch told, in order. */
  private static final class Events implements WatchListener {
    private final BlockingQueue<String> queue = new LinkedBlockingQueue<>();

    @Override
    public void onConnectionLost(InstanceKey key, String reason) {
      queue.add("lost");
    }

    @Override
    public void onConnected(InstanceKey key) {
      queue.add("connected");
    }

    String next() throws InterruptedException {
      String event = queue.poll(10, TimeUnit.SECONDS);
      return event == null ? "nothing" : event;
    }
  }

  @BeforeParameterizedClassInvocation
  static void start(ServerKind kind) {
    sandbox = Sandbox.start(SandboxSpec.shape(kind, "A"));
  }

  @AfterParameterizedClassInvocation
  static void stop() {
    if (sandbox != null) {
      sandbox.close();
    }
  }

  private static SandboxServer server() {
    if (sandbox == null) {
      throw new IllegalStateException("not started");
    }
    return sandbox.server("A");
  }

  @BeforeEach
  void connect() {
    probe(servers, key(server()));
  }

  @AfterEach
  void close() {
    servers.close();
    server().resume();
    server().start();
  }

  /**
   * The id of the watch's connection: between two sleeps, and before the first, it shows no
   * statement.
   */
  private static String waitingConnection() {
    return await()
        .atMost(TEN_SECONDS)
        .until(
            () ->
                server()
                    .query(
                        "SELECT ID FROM information_schema.PROCESSLIST"
                            + " WHERE INFO LIKE 'SELECT SLEEP%'")
                    .stream()
                    .map(row -> row.getOrDefault("ID", ""))
                    .findFirst(),
            Optional::isPresent)
        .orElseThrow();
  }

  @Test
  void tellsOfAKilledServerAtOnceAndTheProbeOfWhy() throws InterruptedException {
    servers.watch(key(server()), events);
    assertThat(events.next()).isEqualTo("connected");

    long killed = System.nanoTime();
    server().kill();
    assertThat(events.next()).isEqualTo("lost");
    assertThat(Duration.ofNanos(System.nanoTime() - killed)).isLessThan(Duration.ofSeconds(1));

    ProbeResult result = servers.probe(key(server()), ProbeDepth.REGULAR, SOON);
    assertThat(((ProbeResult.Failed) result).failure()).isEqualTo(Failure.CONNECTION_REFUSED);

    server().start();
    assertThat(events.next()).isEqualTo("connected");
    assertThat(probe(servers, key(server())).isLastCheckValid()).isTrue();
  }

  @Test
  void noticesSilence() throws InterruptedException {
    servers.watch(key(server()), events);
    assertThat(events.next()).isEqualTo("connected");

    server().freeze();

    assertThat(events.next()).isEqualTo("lost");
  }

  @Test
  void isAlarmedByTheEndOfItsConnectionAndNotOfItsSleep() throws InterruptedException {
    servers.watch(key(server()), events);
    assertThat(events.next()).isEqualTo("connected");

    String connection = waitingConnection();
    server().sql("KILL QUERY " + connection);
    assertThat(waitingConnection()).isEqualTo(connection);
    server().sql("KILL QUERY " + connection);
    assertThat(waitingConnection()).isEqualTo(connection);
    assertThat(events.queue).isEmpty();
    server().sql("KILL CONNECTION " + connection);

    assertThat(events.next()).isEqualTo("lost");
    assertThat(events.next()).isEqualTo("connected");
    assertThat(events.queue).isEmpty();
  }

  @Test
  void fallsSilentWhenItIsClosed() throws InterruptedException {
    Watch watch = servers.watch(key(server()), events);
    assertThat(events.next()).isEqualTo("connected");

    watch.close();
    server().kill();
    server().start();

    assertThat(events.queue).isEmpty();
  }
}
