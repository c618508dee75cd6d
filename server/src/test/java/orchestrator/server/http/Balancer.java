package orchestrator.server.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import orchestrator.sandbox.install.DebianProgram;

/** The real HAProxy with what {@code docs/haproxy.md} says, at addresses of a test. */
public final class Balancer implements AutoCloseable {
  private static final Path DOCUMENT = Path.of("..", "docs", "haproxy.md");
  private static final Pattern BLOCK = Pattern.compile("```haproxy\n(.*?)```", Pattern.DOTALL);

  private final Process process;
  private final String address;

  private Balancer(Process process, String address) {
    this.process = process;
    this.address = address;
  }

  /**
   * @param defaultBackend one of those in the document
   * @param nodes three of them, {@code host:port}
   */
  public static Balancer start(Path folder, String defaultBackend, List<String> nodes) {
    try {
      int port = freePort();
      String configuration =
          document()
              .replace("bind *:80", "bind 127.0.0.1:" + port)
              .replaceAll("default_backend .*", "default_backend " + defaultBackend);
      for (int number = 1; number <= nodes.size(); number++) {
        configuration = configuration.replace("10.0.0." + number + ":3000", nodes.get(number - 1));
      }
      Path file = folder.resolve("haproxy.cfg");
      Files.writeString(file, configuration);
      return new Balancer(run(file), "http://127.0.0.1:" + port);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String document() throws IOException {
    Matcher blocks = BLOCK.matcher(Files.readString(DOCUMENT));
    StringBuilder text = new StringBuilder();
    while (blocks.find()) {
      text.append(blocks.group(1)).append('\n');
    }
    return text.toString();
  }

  private static Process run(Path file) throws IOException {
    DebianProgram program = DebianProgram.haProxy();
    ProcessBuilder builder =
        new ProcessBuilder(program.program().toString(), "-db", "-f", file.toString())
            .redirectErrorStream(true)
            .redirectOutput(file.resolveSibling("haproxy.log").toFile());
    builder.environment().putAll(program.environment());
    return builder.start();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Where it listens: a base URL. */
  public String address() {
    return address;
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        throw new AssertionError("HAProxy does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
