package orchestrator.sandbox.network;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * A long way to a TCP service: whoever connects here talks to it, and every byte takes a time in
 * each direction, as on a distant link. It costs no bandwidth. Needs no root.
 */
public final class DelayingRelay implements AutoCloseable {
  private static final int CHUNK_BYTES = 1 << 16;

  /** On the way at once, in one direction of one connection; then the sender waits. */
  private static final int CHUNKS = 256;

  private final ServerSocket listener;
  private final InetSocketAddress target;
  private final long delayNanos;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  /** What arrives at the other end at a time; no bytes at the end of the stream. */
  private record Chunk(ByteBuffer bytes, long dueNanos) {}

  private DelayingRelay(ServerSocket listener, InetSocketAddress target, Duration delay) {
    this.listener = listener;
    this.target = target;
    this.delayNanos = delay.toNanos();
  }

  /**
   * @param delay in each direction: half of what a round trip takes
   * @throws IOException when it cannot listen there
   */
  public static DelayingRelay open(
      InetSocketAddress listen, InetSocketAddress target, Duration delay) throws IOException {
    ServerSocket listener = new ServerSocket();
    listener.setReuseAddress(true);
    listener.bind(listen);
    DelayingRelay relay = new DelayingRelay(listener, target, delay);
    Thread.ofVirtual().start(relay::accept);
    return relay;
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        open.add(client);
        Thread.ofVirtual().start(() -> connect(client));
      } catch (IOException e) {
        // Closed, or nobody was there after all.
      }
    }
  }

  private void connect(Socket client) {
    Socket server = new Socket();
    open.add(server);
    try {
      server.connect(target, 2000);
      server.setTcpNoDelay(true);
      client.setTcpNoDelay(true);
      pass(client, server);
      pass(server, client);
    } catch (IOException e) {
      end(client);
      end(server);
    }
    if (listener.isClosed()) {
      close();
    }
  }

  private void pass(Socket from, Socket to) {
    BlockingQueue<Chunk> underway = new ArrayBlockingQueue<>(CHUNKS);
    Thread.ofVirtual().start(() -> read(from, underway));
    Thread.ofVirtual().start(() -> write(underway, from, to));
  }

  private void read(Socket from, BlockingQueue<Chunk> underway) {
    byte[] buffer = new byte[CHUNK_BYTES];
    int length = 0;
    try {
      InputStream in = from.getInputStream();
      while (length >= 0) {
        length = in.read(buffer);
        put(underway, ByteBuffer.wrap(Arrays.copyOf(buffer, Math.max(0, length))));
      }
    } catch (IOException e) {
      put(underway, ByteBuffer.allocate(0));
    }
  }

  private void put(BlockingQueue<Chunk> underway, ByteBuffer bytes) {
    try {
      underway.put(new Chunk(bytes, System.nanoTime() + delayNanos));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The end of one direction leaves the other one open. */
  private void write(BlockingQueue<Chunk> underway, Socket from, Socket to) {
    try {
      OutputStream out = to.getOutputStream();
      for (Chunk chunk = underway.take(); chunk.bytes().hasRemaining(); chunk = underway.take()) {
        TimeUnit.NANOSECONDS.sleep(chunk.dueNanos() - System.nanoTime());
        out.write(chunk.bytes().array());
      }
      to.shutdownOutput();
      if (from.isOutputShutdown()) {
        end(from);
        end(to);
      }
    } catch (IOException e) {
      end(from);
      end(to);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      // Whoever still reads from the other end must not wait for room.
      underway.clear();
    }
  }

  private void end(Socket socket) {
    open.remove(socket);
    try {
      socket.close();
    } catch (IOException e) {
      // It is gone.
    }
  }

  /** Breaks the connections off, too. */
  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      // It is gone.
    }
    open.forEach(this::end);
  }
}
