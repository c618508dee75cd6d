package orchestrator.server.backend;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CountDownLatch;

/** Passes connections on to a server, and cuts one when a statement was sent, before its answer. */
final class Relay implements AutoCloseable {
  private final ServerSocket listener;
  private final int serverPort;
  private volatile String cutAfter = "";

  Relay(int serverPort) throws IOException {
    this.serverPort = serverPort;
    this.listener = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  /** Cuts the connection on which this is sent next, after the server got it. */
  void cutAfter(String statement) {
    cutAfter = statement;
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        Socket server = new Socket(InetAddress.getByName("127.0.0.1"), serverPort);
        CountDownLatch mute = new CountDownLatch(1);
        Thread.ofVirtual().start(() -> requests(client, server, mute));
        Thread.ofVirtual().start(() -> answers(server, client, mute));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void requests(Socket client, Socket server, CountDownLatch mute) {
    byte[] buffer = new byte[1 << 16];
    try (client;
        server) {
      InputStream in = client.getInputStream();
      OutputStream out = server.getOutputStream();
      for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
        String text = new String(buffer, 0, length, ISO_8859_1);
        boolean last = !cutAfter.isEmpty() && text.contains(cutAfter);
        if (last) {
          cutAfter = "";
          mute.countDown();
        }
        out.write(buffer, 0, length);
        out.flush();
        if (last) {
          client.close();
          drain(server);
          return;
        }
      }
    } catch (IOException e) {
      // One side has gone: so does the other.
    }
  }

  /** Until the server has answered what it was sent, and has seen that there is no more. */
  private static void drain(Socket server) throws IOException {
    server.shutdownOutput();
    server.setSoTimeout(10_000);
    server.getInputStream().transferTo(OutputStream.nullOutputStream());
  }

  private void answers(Socket server, Socket client, CountDownLatch mute) {
    byte[] buffer = new byte[1 << 16];
    try {
      InputStream in = server.getInputStream();
      OutputStream out = client.getOutputStream();
      for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
        if (mute.getCount() == 0) {
          return;
        }
        out.write(buffer, 0, length);
        out.flush();
      }
      client.close();
    } catch (IOException e) {
      // As above.
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
