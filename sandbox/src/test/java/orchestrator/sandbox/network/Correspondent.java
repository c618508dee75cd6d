package orchestrator.sandbox.network;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The main class of a process that stands in a site and does as it is told over a connection: one
 * line in, one line out.
 *
 * <ul>
 *   <li>{@code echo X} answers {@code X};
 *   <li>{@code ask HOST MILLIS} asks another one for an echo, over a connection that is kept, and
 *       answers {@code echo}, {@code silence} or the error;
 *   <li>{@code listen HOST MILLIS} waits on that connection for the echo of before;
 *   <li>{@code send HOST COUNT} sends datagrams;
 *   <li>{@code heard HOST} answers how many came from there.
 * </ul>
 */
final class Correspondent {
  static final int PORT = 7000;

  private final Map<String, Peer> peers = new ConcurrentHashMap<>();
  private final Map<String, AtomicInteger> heard = new ConcurrentHashMap<>();
  private final DatagramSocket datagrams;

  private Correspondent(DatagramSocket datagrams) {
    this.datagrams = datagrams;
  }

  /** A connection to one of us, by lines. */
  record Peer(Socket socket, BufferedReader reader, PrintWriter writer) {
    static Peer connect(String host, int limitMillis) throws IOException {
      Socket socket = new Socket();
      socket.connect(new InetSocketAddress(InetAddress.ofLiteral(host), PORT), limitMillis);
      return of(socket);
    }

    static Peer of(Socket socket) throws IOException {
      return new Peer(
          socket,
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8)),
          new PrintWriter(
              new OutputStreamWriter(socket.getOutputStream(), StandardCharsets.UTF_8), true));
    }

    String ask(String line, int limitMillis) throws IOException {
      writer.println(line);
      return listen(limitMillis);
    }

    String listen(int limitMillis) throws IOException {
      socket.setSoTimeout(limitMillis);
      return reader.readLine() + "";
    }
  }

  /** Argument: the address to stand on. */
  public static void main(String[] arguments) throws IOException {
    InetSocketAddress address = new InetSocketAddress(InetAddress.ofLiteral(arguments[0]), PORT);
    Correspondent self = new Correspondent(new DatagramSocket(address));
    Thread.ofPlatform().daemon().start(self::receive);
    try (ServerSocket server = new ServerSocket()) {
      server.bind(address);
      while (true) {
        Socket socket = server.accept();
        Thread.ofPlatform().daemon().start(() -> self.serve(socket));
      }
    }
  }

  private void receive() {
    DatagramPacket packet = new DatagramPacket(new byte[16], 16);
    while (true) {
      try {
        datagrams.receive(packet);
      } catch (IOException e) {
        return;
      }
      heard
          .computeIfAbsent(packet.getAddress().getHostAddress(), host -> new AtomicInteger())
          .incrementAndGet();
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      Peer caller = Peer.of(socket);
      for (String line = caller.reader().readLine();
          line != null;
          line = caller.reader().readLine()) {
        caller.writer().println(answer(line.split(" ")));
      }
    } catch (IOException e) {
      System.err.println(e);
    }
  }

  private String answer(String[] words) {
    try {
      return switch (words[0]) {
        case "echo" -> words[1];
        case "ask" -> peer(words[1], number(words)).ask("echo echo", number(words));
        case "listen" -> peer(words[1], number(words)).listen(number(words));
        case "send" -> send(InetAddress.ofLiteral(words[1]), number(words));
        case "heard" -> heard.getOrDefault(words[1], new AtomicInteger()).toString();
        default -> "unknown: " + words[0];
      };
    } catch (SocketTimeoutException e) {
      return "silence";
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static int number(String[] words) {
    return Integer.parseInt(words[2]);
  }

  private Peer peer(String host, int limitMillis) throws IOException {
    Peer known = peers.get(host);
    if (known != null) {
      return known;
    }
    Peer made = Peer.connect(host, limitMillis);
    peers.put(host, made);
    return made;
  }

  private String send(InetAddress host, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      datagrams.send(new DatagramPacket(new byte[1], 1, host, PORT));
    }
    return "sent";
  }
}
