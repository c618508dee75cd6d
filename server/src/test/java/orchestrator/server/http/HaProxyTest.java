package orchestrator.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import orchestrator.sandbox.install.DebianProgram;
import orchestrator.server.engine.FakeGroup;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The configuration of {@code docs/haproxy.md}, run by the real HAProxy before three nodes. */
class HaProxyTest {
  private static final Path DOCUMENT = Path.of("..", "docs", "haproxy.md");
  private static final Pattern BLOCK = Pattern.compile("```haproxy\n(.*?)```", Pattern.DOTALL);
  private static final Duration SOON = Duration.ofSeconds(20);

  @TempDir Path folder;
  private final List<FakeGroup> groups = new ArrayList<>();
  private final List<ApiFixture> nodes = new ArrayList<>();
  private final List<Process> balancers = new ArrayList<>();
  private final HttpClient client = HttpClient.newHttpClient();

  @BeforeEach
  void start() throws IOException {
    for (int number = 1; number <= 3; number++) {
      FakeGroup group = FakeGroup.node(number);
      groups.add(group);
      nodes.add(ApiFixture.of(group));
    }
  }

  @AfterEach
  void stop() throws Exception {
    for (Process balancer : balancers) {
      balancer.destroy();
      assertThat(balancer.waitFor(20, TimeUnit.SECONDS)).isTrue();
    }
    for (ApiFixture node : nodes) {
      node.close();
    }
    client.close();
  }

  /** A node takes the lead, and the others follow it. */
  private void leads(int number) {
    String uri = nodes.get(number - 1).address();
    for (int other = 1; other <= 3; other++) {
      if (other == number) {
        groups.get(other - 1).leads(uri);
      } else {
        groups.get(other - 1).follows("n" + number, uri);
      }
    }
  }

  /**
   * Runs HAProxy with what the document says, at addresses of this test.
   *
   * @return where it listens
   */
  private String balance(String defaultBackend) throws IOException {
    Matcher blocks = BLOCK.matcher(Files.readString(DOCUMENT));
    StringBuilder text = new StringBuilder();
    while (blocks.find()) {
      text.append(blocks.group(1)).append('\n');
    }
    int port = freePort();
    String configuration =
        text.toString()
            .replace("bind *:80", "bind 127.0.0.1:" + port)
            .replaceAll("default_backend .*", "default_backend " + defaultBackend);
    for (int number = 1; number <= 3; number++) {
      configuration =
          configuration.replace(
              "10.0.0." + number + ":3000", "127.0.0.1:" + nodes.get(number - 1).port());
    }
    Path file = folder.resolve("haproxy.cfg");
    Files.writeString(file, configuration);
    DebianProgram program = DebianProgram.haProxy();
    ProcessBuilder builder =
        new ProcessBuilder(program.program().toString(), "-db", "-f", file.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("haproxy.log").toFile());
    builder.environment().putAll(program.environment());
    balancers.add(builder.start());
    return "http://127.0.0.1:" + port;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private HttpResponse<String> get(String address, String path) throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create(address + path)).timeout(SOON).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  /** The name of the node that answers. */
  private String node(String address) throws Exception {
    HttpResponse<String> response = get(address, "/api/raft");
    return response.statusCode() == 200
        ? ApiFixture.parse(response.body()).path("Node").asString("")
        : "status " + response.statusCode();
  }

  private void awaitNode(String address, String expected) {
    Awaitility.await()
        .atMost(SOON)
        .ignoreExceptions()
        .untilAsserted(() -> assertThat(node(address)).isEqualTo(expected));
  }

  @Test
  void requestsFollowTheLeader() throws Exception {
    leads(1);
    String address = balance("orchestrator-leader");
    awaitNode(address, "n1");
    leads(3);
    awaitNode(address, "n3");
    assertThat(get(address, "/api/clusters").statusCode()).isEqualTo(200);
    nodes.get(2).stopServer();
    leads(2);
    awaitNode(address, "n2");
  }

  @Test
  void withoutALeaderNobodyIsAsked() throws Exception {
    leads(1);
    String address = balance("orchestrator-leader");
    awaitNode(address, "n1");
    groups.forEach(FakeGroup::isAlone);
    awaitNode(address, "status 503");
    leads(2);
    awaitNode(address, "n2");
  }

  @Test
  void anyHealthyNodePassesOnWhatTheLeaderMustAnswer() throws Exception {
    leads(1);
    groups.get(1).isAlone();
    String address = balance("orchestrator-any");
    // A server counts as healthy until its first check has failed.
    Awaitility.await().atMost(SOON).ignoreExceptions().untilAsserted(() -> sixTimes(address));
  }

  private void sixTimes(String address) throws Exception {
    for (int i = 0; i < 6; i++) {
      assertThat(node(address)).isIn("n1", "n3");
      assertThat(get(address, "/api/clusters").statusCode()).isEqualTo(200);
    }
  }
}
