package orchestrator.sandbox.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A long way to a service that sends back what it gets. */
class DelayingRelayTest {
  private static final Duration DELAY = Duration.ofMillis(40);

  private static void echo(ServerSocket listener) {
    try (Socket socket = listener.accept()) {
      socket.getInputStream().transferTo(socket.getOutputStream());
    } catch (IOException e) {
      // The test has closed it.
    }
  }

  private static InetSocketAddress anyPort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return (InetSocketAddress) free.getLocalSocketAddress();
    }
  }

  @Test
  void everyByteArrivesLateAndNoneIsLost() throws IOException {
    byte[] sent = new byte[3_000_000];
    new Random(7).nextBytes(sent);
    InetSocketAddress here = anyPort();
    try (ServerSocket service = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        DelayingRelay relay =
            DelayingRelay.open(here, (InetSocketAddress) service.getLocalSocketAddress(), DELAY);
        Socket socket = new Socket()) {
      assertThat(relay).isNotNull();
      Thread.ofVirtual().start(() -> echo(service));
      socket.connect(here);
      InputStream in = socket.getInputStream();

      long began = System.nanoTime();
      socket.getOutputStream().write(1);
      assertThat(in.read()).isEqualTo(1);
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(DELAY.multipliedBy(2));

      Thread.ofVirtual().start(() -> write(socket, sent));
      assertThat(in.readNBytes(sent.length)).isEqualTo(sent);
    }
  }

  private static void write(Socket socket, byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
      socket.shutdownOutput();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void whatItPassesOnEndsWithIt() throws IOException {
    InetSocketAddress here = anyPort();
    try (ServerSocket service = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Socket socket = new Socket()) {
      try (DelayingRelay relay =
          DelayingRelay.open(here, (InetSocketAddress) service.getLocalSocketAddress(), DELAY)) {
        assertThat(relay).isNotNull();
        Thread.ofVirtual().start(() -> echo(service));
        socket.connect(here);
        socket.getOutputStream().write(1);
        assertThat(socket.getInputStream().read()).isEqualTo(1);
      }
      socket.setSoTimeout(10_000);
      assertThat(endOf(socket)).isTrue();
    }
  }

  private static boolean endOf(Socket socket) {
    try {
      return socket.getInputStream().read() < 0;
    } catch (IOException e) {
      return !(e instanceof SocketTimeoutException);
    }
  }
}
