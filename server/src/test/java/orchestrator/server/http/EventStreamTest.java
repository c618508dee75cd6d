package orchestrator.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import orchestrator.server.engine.FakeGroup;
import orchestrator.server.engine.Group.RoleChange;
import orchestrator.server.engine.GroupStatus.Role;
import org.awaitility.Awaitility;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.VirtualThreadPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class EventStreamTest {
  private final HttpClient client = HttpClient.newHttpClient();

  @AfterEach
  void stop() {
    client.shutdownNow();
  }

  private BufferedReader listen(String address) throws IOException, InterruptedException {
    HttpResponse<InputStream> response =
        client.send(
            HttpRequest.newBuilder(URI.create(address)).build(),
            HttpResponse.BodyHandlers.ofInputStream());
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Type")).contains("text/event-stream");
    return new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
  }

  /** The next line that is not blank. */
  private static String next(BufferedReader lines) throws IOException {
    String line = lines.readLine();
    while (line != null && line.isEmpty()) {
      line = lines.readLine();
    }
    return String.valueOf(line);
  }

  private static RoleChange becomesLeader() {
    return new RoleChange(Role.CANDIDATE, Role.LEADER, 8, Optional.of("n1"), "two votes\nof three");
  }

  @Test
  void aChangeOfRoleIsAnEventForEveryListener() throws Exception {
    FakeGroup group = FakeGroup.node(1);
    try (ApiFixture api = ApiFixture.of(group);
        BufferedReader first = listen(api.address() + "/api/events");
        BufferedReader second = listen(api.address() + "/api/events")) {
      for (BufferedReader lines : new BufferedReader[] {first, second}) {
        assertThat(next(lines)).isEqualTo("retry: 2000");
        assertThat(next(lines)).isEqualTo(": connected");
      }
      group.tell(becomesLeader());
      for (BufferedReader lines : new BufferedReader[] {first, second}) {
        assertThat(next(lines)).isEqualTo("event: raft-role");
        assertThat(next(lines))
            .matches(
                "data: \\{\"At\":\"[^\"]+\",\"Node\":\"n1\",\"From\":\"Candidate\",\"To\":\"Leader\","
                    + "\"Term\":8,\"Leader\":\"n1\",\"Reason\":\"two votes\\\\nof three\"}");
      }
    }
  }

  @Test
  void theStreamEndsCleanlyWhenTheNodeStops() throws Exception {
    FakeGroup group = FakeGroup.node(1);
    ApiFixture api = ApiFixture.of(group);
    try (BufferedReader lines = listen(api.address() + "/api/events")) {
      assertThat(next(lines)).isEqualTo("retry: 2000");
      assertThat(next(lines)).isEqualTo(": connected");
      long begin = System.nanoTime();
      api.stopServer();
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(4));
      assertThat(next(lines)).isEqualTo("event: end");
      assertThat(next(lines)).isEqualTo("data: \"This node stops\"");
      assertThat(lines.readLine()).isEmpty();
      assertThat(lines.readLine()).isNull();
    } finally {
      api.close();
    }
  }

  @Test
  void headOfTheStreamEndsAtOnce() throws Exception {
    try (ApiFixture api = ApiFixture.start()) {
      HttpResponse<String> response = api.send("HEAD", "/api/events");
      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(response.headers().firstValue("Content-Type")).contains("text/event-stream");
    }
  }

  /** A server that does nothing else. */
  private static final class EventServer implements AutoCloseable {
    final Events events;
    private final Server server = new Server(new VirtualThreadPool());
    private final ServerConnector connector = new ServerConnector(server, 1, 1);

    EventServer(Duration heartbeat) throws Exception {
      events = new Events(heartbeat);
      connector.setHost("127.0.0.1");
      server.addConnector(connector);
      server.setHandler(
          new Handler.Abstract() {
            @Override
            public boolean handle(Request request, Response response, Callback callback) {
              events.stream(request, response, callback);
              return true;
            }
          });
      server.start();
    }

    int port() {
      return connector.getLocalPort();
    }

    @Override
    public void close() throws Exception {
      events.close();
      server.stop();
    }
  }

  @Test
  void aSilentStreamShowsThatItIsAlive() throws Exception {
    try (EventServer server = new EventServer(Duration.ofMillis(20));
        BufferedReader lines = listen("http://127.0.0.1:" + server.port() + "/")) {
      assertThat(next(lines)).isEqualTo("retry: 2000");
      assertThat(next(lines)).isEqualTo(": connected");
      assertThat(next(lines)).isEqualTo(": still there");
      assertThat(next(lines)).isEqualTo(": still there");
    }
  }

  @Test
  void aListenerThatIsTooSlowIsToldSoAndDropped() throws Exception {
    try (EventServer server = new EventServer(Duration.ofSeconds(15));
        Socket slow = new Socket()) {
      slow.setReceiveBufferSize(4096);
      slow.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
      slow.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
      Awaitility.await().until(() -> server.events.listeners() == 1);
      Body large = Body.text("x".repeat(64 * 1024));
      int published = 0;
      while (server.events.listeners() == 1) {
        server.events.publish("filler", large);
        assertThat(++published).isLessThan(10_000);
      }
      String all =
          new String(slow.getInputStream().readAllBytes(), StandardCharsets.UTF_8).stripTrailing();
      assertThat(all.substring(all.lastIndexOf("event: ")))
          .isEqualTo(
              "event: dropped\ndata: \"Events came faster than they were read: connect again\"");
    }
  }

  @Test
  void aListenerThatHasGoneIsForgotten() throws Exception {
    try (EventServer server = new EventServer(Duration.ofMillis(20))) {
      try (Socket gone = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
        gone.getOutputStream()
            .write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
        Awaitility.await().until(() -> server.events.listeners() == 1);
      }
      Awaitility.await().until(() -> server.events.listeners() == 0);
    }
  }
}
