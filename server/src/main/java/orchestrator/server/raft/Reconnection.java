package orchestrator.server.raft;

import java.io.Closeable;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerRpcWithProxy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has connections to nodes that were down tried again soon. gRPC waits longer after each failure,
 * up to two minutes, and refuses every message meanwhile: when the leader died after another node
 * had come back, those who were left could not ask each other for their votes. Whoever leads tries
 * again by itself, so that only the connections between followers were affected. How long an
 * attempt may take, where a host is silent, {@link PeerCalls} limits.
 */
final class Reconnection implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Reconnection.class);

  /** Ratis has the method, and hides the class. */
  private static final String CLIENT = "org.apache.ratis.grpc.server.GrpcServerProtocolClient";

  private static final MethodHandle FORGET_FAILURES = forgetFailures();

  private final Runnable attempt;
  private final Duration period;
  private final CountDownLatch closing = new CountDownLatch(1);

  Reconnection(RaftServer server, RaftServer.Division division, RaftSettings.Timing timing) {
    this(() -> tryAll(server, division), timing.min());
  }

  /**
   * @param attempt tries all connections that failed
   */
  Reconnection(Runnable attempt, Duration period) {
    this.attempt = attempt;
    this.period = period;
  }

  private static MethodHandle forgetFailures() {
    try {
      Class<?> client = Class.forName(CLIENT);
      return MethodHandles.privateLookupIn(client, MethodHandles.lookup())
          .findVirtual(client, "resetConnectBackoff", MethodType.methodType(void.class))
          .asType(MethodType.methodType(void.class, Closeable.class));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("This version of Ratis connects in another way", e);
    }
  }

  void start() {
    Thread.ofPlatform().daemon().name("raft-reconnection").start(this::watch);
  }

  private void watch() {
    try {
      boolean wasWell = true;
      while (!closing.await(period.toMillis(), TimeUnit.MILLISECONDS)) {
        wasWell = isWell(wasWell);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Without it the group is only slower: whatever went wrong is told once, and tried again. */
  private boolean isWell(boolean wasWell) {
    try {
      attempt.run();
      return true;
    } catch (Throwable e) {
      if (wasWell) {
        log.error("Connections to nodes that were down cannot be tried again soon", e);
      }
      return false;
    }
  }

  private static void tryAll(RaftServer server, RaftServer.Division division) {
    if (!(server.getServerRpc() instanceof RaftServerRpcWithProxy<?, ?> rpc)) {
      return;
    }
    for (RaftPeer peer : division.getRaftConf().getAllPeers()) {
      if (!peer.getId().equals(server.getId())) {
        tryOne(rpc, peer);
      }
    }
  }

  private static void tryOne(RaftServerRpcWithProxy<?, ?> rpc, RaftPeer peer) {
    try {
      Closeable client = rpc.getProxies().getProxy(peer.getId());
      FORGET_FAILURES.invokeExact(client);
    } catch (IOException | RuntimeException e) {
      // It is being added or removed at this moment, or this node is leaving.
      log.debug("No connection to {} yet", peer, e);
    } catch (Throwable e) {
      throw new LinkageError("Ratis connects in another way", e);
    }
  }

  @Override
  public void close() {
    closing.countDown();
  }
}
