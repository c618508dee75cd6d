package orchestrator.server.mysql;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.List;
import javax.net.SocketFactory;

/**
 * Gives the driver connected sockets that keep deadlines. The driver makes an instance by name, so
 * what to connect to comes by {@link #PLAN}. Public because the driver requires it.
 */
public final class DeadlineSocketFactory extends SocketFactory {
  static final ScopedValue<Plan> PLAN = ScopedValue.newInstance();

  /** What to connect to; afterwards {@link #socket} is what the driver uses. */
  static final class Plan {
    private final List<InetAddress> addresses;
    private final int port;
    private final Deadline deadline;
    private volatile Socket socket = new Socket();
    private volatile boolean connected;

    Plan(List<InetAddress> addresses, int port, Deadline deadline) {
      this.addresses = List.copyOf(addresses);
      this.port = port;
      this.deadline = deadline;
    }

    boolean isConnected() {
      return connected;
    }

    DeadlineSocket socket() {
      return (DeadlineSocket) socket;
    }

    private Socket connect() throws IOException {
      IOException last = new IOException("no address");
      for (InetAddress address : addresses) {
        long millis = deadline.remainingNanos() / 1_000_000;
        if (millis <= 0) {
          throw new SocketTimeoutException("connect timed out");
        }
        DeadlineSocket attempt = new DeadlineSocket(deadline);
        try {
          attempt.connect(
              new InetSocketAddress(address, port), (int) Math.min(millis + 1, Integer.MAX_VALUE));
          socket = attempt;
          connected = true;
          return attempt;
        } catch (IOException e) {
          attempt.close();
          last = e;
        }
      }
      throw last;
    }
  }

  /** For the driver. */
  public DeadlineSocketFactory() {}

  @Override
  public Socket createSocket() throws IOException {
    return PLAN.orElseThrow(() -> new IOException("no connection is planned on this thread"))
        .connect();
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return createSocket();
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress localHost, int localPort)
      throws IOException {
    return createSocket();
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return createSocket();
  }

  @Override
  public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort)
      throws IOException {
    return createSocket();
  }
}
