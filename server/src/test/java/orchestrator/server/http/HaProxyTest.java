package orchestrator.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import orchestrator.server.engine.FakeGroup;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The configuration of {@code docs/haproxy.md}, run by the real HAProxy before three nodes. */
class HaProxyTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  @TempDir Path folder;
  private final List<FakeGroup> groups = new ArrayList<>();
  private final List<ApiFixture> nodes = new ArrayList<>();
  private final List<Balancer> balancers = new ArrayList<>();
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
    for (Balancer balancer : balancers) {
      balancer.close();
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

  /** Runs HAProxy before the nodes; where it listens. */
  private String balance(String defaultBackend) {
    Balancer balancer =
        Balancer.start(
            folder,
            defaultBackend,
            nodes.stream().map(node -> "127.0.0.1:" + node.port()).toList());
    balancers.add(balancer);
    return balancer.address();
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
