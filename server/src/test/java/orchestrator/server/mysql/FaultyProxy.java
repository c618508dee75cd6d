package orchestrator.server.mysql;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Stands between a manager and a server, or in place of one, and breaks the conversation as told.
 * Ends with the test.
 */
final class FaultyProxy implements AutoCloseable {
  /** What happens to the bytes that the server sends. */
  enum Fault {
    NONE,
    /** Nothing arrives any more; the connection stands. */
    SILENCE,
    /** A few bytes of the answer arrive, then silence. */
    HALF_AN_ANSWER,
    /** A byte every 20 ms. */
    TRICKLE,
    /** The connection ends instead of the answer. */
    CLOSE,
    /** Random bytes instead of the answer. */
    NONSENSE
  }

  private final ServerSocket listener;
  private final int serverPort;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final Set<Socket> silenced = ConcurrentHashMap.newKeySet();
  private final AtomicInteger requests = new AtomicInteger();
  private volatile Fault fault;

  /** Whether the fault befalls one answer only. */
  private volatile boolean oneTime;

  FaultyProxy(int serverPort, Fault fault) throws IOException {
    this.serverPort = serverPort;
    this.fault = fault;
    this.listener = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  void set(Fault newFault) {
    fault = newFault;
    oneTime = false;
  }

  /** For one answer; afterwards all is well. */
  void setOnce(Fault newFault) {
    oneTime = true;
    fault = newFault;
  }

  /** How many pieces of requests went to the server. */
  int requests() {
    return requests.get();
  }

  /** Nothing arrives any more on the connections that are open now; new ones are well. */
  void silenceOpenConnections() {
    silenced.addAll(sockets);
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        Socket server = new Socket("127.0.0.1", serverPort);
        sockets.add(client);
        sockets.add(server);
        Thread.ofVirtual().start(() -> pump(client, server, false));
        Thread.ofVirtual().start(() -> pump(server, client, true));
      } catch (IOException e) {
        // The listener was closed, or the server is gone: the test sees the consequence.
      }
    }
  }

  private void pump(Socket from, Socket to, boolean fromServer) {
    byte[] buffer = new byte[65536];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      int count;
      while ((count = in.read(buffer)) >= 0) {
        if (!fromServer) {
          requests.incrementAndGet();
        }
        if (fromServer && silenced.contains(from)) {
          continue;
        }
        if (!fromServer || fault == Fault.NONE) {
          out.write(buffer, 0, count);
        } else if (!forwardBroken(out, buffer, count)) {
          return;
        }
        out.flush();
      }
    } catch (IOException e) {
      // One side ended: so does the other.
    }
  }

  /** Whether the connection goes on. */
  private boolean forwardBroken(OutputStream out, byte[] buffer, int count) throws IOException {
    Fault now = fault;
    if (oneTime) {
      fault = Fault.NONE;
    }
    switch (now) {
      case NONE -> out.write(buffer, 0, count);
      case SILENCE -> {}
      case HALF_AN_ANSWER -> {
        out.write(buffer, 0, Math.min(5, count));
        fault = Fault.SILENCE;
      }
      case TRICKLE -> {
        for (int i = 0; i < count && fault == Fault.TRICKLE; i++) {
          out.write(buffer, i, 1);
          out.flush();
          java.util.concurrent.locks.LockSupport.parkNanos(20_000_000);
        }
      }
      case CLOSE -> {
        return false;
      }
      case NONSENSE -> out.write(nonsense(count));
    }
    return true;
  }

  private static byte[] nonsense(int count) {
    byte[] bytes = new byte[Math.max(64, count)];
    new java.util.Random(7).nextBytes(bytes);
    // A header that announces a packet of this length, so that it is read at all.
    bytes[0] = (byte) (bytes.length - 4);
    bytes[1] = (byte) ((bytes.length - 4) >> 8);
    bytes[2] = 0;
    bytes[3] = 1;
    return bytes;
  }

  /** Refuses from now on, and ends what stands. */
  void die() throws IOException {
    listener.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  @Override
  public void close() throws IOException {
    die();
  }
}
