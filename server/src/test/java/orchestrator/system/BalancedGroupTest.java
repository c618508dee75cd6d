package orchestrator.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import orchestrator.server.http.Balancer;
import orchestrator.system.ManagerGroup.Node;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A group of real processes behind the real HAProxy, set up as its document says. */
class BalancedGroupTest {
  /** Election, checks of the balancer, and a busy machine. */
  private static final Duration SOON = Duration.ofSeconds(20);

  @TempDir Path folder;
  private final HttpClient client = HttpClient.newHttpClient();

  /** The status; 0 when there is no answer. */
  private int status(String url) throws InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(5)).build();
    try {
      return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    } catch (IOException e) {
      return 0;
    }
  }

  private static List<String> addresses(ManagerGroup group) {
    return group.nodes().stream().map(node -> node.host() + ":" + node.httpPort()).toList();
  }

  @Test
  void oneAddressAnswersForTheGroupAlsoWhenItsLeaderIsKilled() throws InterruptedException {
    try (ManagerGroup group = ManagerGroup.of(3, folder, ManagerConfiguration.quick()).startAll();
        Balancer balancer = Balancer.start(folder, "orchestrator-leader", addresses(group))) {
      String api = balancer.address() + "/api/";
      Node killed = group.leader();
      await("the leader answers").atMost(SOON).until(() -> status(api + "leader-check") == 200);
      assertThat(status(api + "put-key-value/before/v")).isEqualTo(200);

      group.kill(killed);

      await("another answers").atMost(SOON).until(() -> status(api + "leader-check") == 200);
      // No longer the old one's: the balancer has found a leader, and stays with it.
      assertThat(IntStream.range(0, 20).map(i -> put(api, i)).distinct()).containsExactly(200);
      Node next = group.leader();
      assertThat(next).isNotEqualTo(killed);
      assertThat(group.get(next, "key-values?prefix=after").json()).hasSize(20);
      assertThat(group.get(next, "key-values?prefix=before").json()).hasSize(1);
    }
  }

  private int put(String api, int number) {
    try {
      return status(api + "put-key-value/after" + number + "/v");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 0;
    }
  }
}
