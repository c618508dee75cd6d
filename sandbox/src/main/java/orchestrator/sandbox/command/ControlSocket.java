package orchestrator.sandbox.command;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import orchestrator.sandbox.SandboxException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** One line of JSON each way over a socket in the file system: words in, a reply out. */
final class ControlSocket implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.shared();

  /** What is asked: an action and its arguments. */
  record Request(List<String> words) {}

  /** What came of it. */
  record Reply(boolean succeeded, String text) {}

  private final ServerSocketChannel channel;

  private ControlSocket(ServerSocketChannel channel) {
    this.channel = channel;
  }

  static ControlSocket listen(Path socket) throws IOException {
    ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    channel.bind(UnixDomainSocketAddress.of(socket));
    return new ControlSocket(channel);
  }

  /** Serves until {@link #close}; each request in a thread of its own, as some take seconds. */
  void serve(Function<List<String>, String> action) throws IOException {
    while (true) {
      try {
        SocketChannel client = channel.accept();
        Thread.ofVirtual().start(() -> answer(client, action));
      } catch (ClosedChannelException e) {
        return;
      }
    }
  }

  private static void answer(SocketChannel client, Function<List<String>, String> action) {
    try (client) {
      Reply reply;
      try {
        reply = new Reply(true, action.apply(read(client, Request.class).words()));
      } catch (RuntimeException e) {
        reply = new Reply(false, String.valueOf(e.getMessage()));
      }
      write(client, reply);
    } catch (IOException e) {
      System.err.println("A client went away: " + e.getMessage());
    }
  }

  /** Asks the sandbox that listens there. */
  static Reply ask(Path socket, List<String> words) throws IOException {
    try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      write(client, new Request(words));
      return read(client, Reply.class);
    }
  }

  private static <T> T read(SocketChannel channel, Class<T> type) throws IOException {
    BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(Channels.newInputStream(channel), StandardCharsets.UTF_8));
    String line = reader.readLine();
    if (line == null) {
      throw new SandboxException("The sandbox ended");
    }
    try {
      return JSON.readValue(line, type);
    } catch (JacksonException e) {
      throw new SandboxException("Not understood: " + line, e);
    }
  }

  private static void write(SocketChannel channel, Object value) throws IOException {
    ByteBuffer line =
        ByteBuffer.wrap((JSON.writeValueAsString(value) + "\n").getBytes(StandardCharsets.UTF_8));
    while (line.hasRemaining()) {
      channel.write(line);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
