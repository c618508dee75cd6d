package orchestrator.bench.chaos;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.StreamSupport;
import orchestrator.sandbox.SandboxException;
import orchestrator.sandbox.history.Operation.Outcome;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The managers, asked over HTTP. Nothing is sent twice. */
final class Api {
  private static final Duration LIMIT = Duration.ofSeconds(3);

  private final List<ManagerNode> nodes;
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(2))
          .build();

  Api(List<ManagerNode> nodes) {
    this.nodes = nodes;
  }

  ManagerNode anyNode() {
    return nodes.get(ThreadLocalRandom.current().nextInt(nodes.size()));
  }

  /** The answer, if it was 200. */
  Optional<JsonNode> get(ManagerNode node, String path) {
    try {
      HttpResponse<String> response = send(node, path, "GET", LIMIT);
      return response.statusCode() == 200
          ? Optional.of(JsonMapper.shared().readTree(response.body()))
          : Optional.empty();
    } catch (IOException | JacksonException e) {
      return Optional.empty(); // no answer, or half of one
    }
  }

  /** The rows of an answer; empty also when there was none. */
  List<JsonNode> rows(ManagerNode node, String path) {
    return get(node, path)
        .map(rows -> StreamSupport.stream(rows.spliterator(), false).toList())
        .orElse(List.of());
  }

  boolean answersOk(ManagerNode node, String path) {
    return get(node, path).isPresent();
  }

  /** Has a command carried out. */
  CommandAnswer command(ManagerNode node, String path) {
    return command(node, path, LIMIT);
  }

  CommandAnswer command(ManagerNode node, String path, Duration limit) {
    try {
      HttpResponse<String> response = send(node, path, "POST", limit);
      return CommandAnswer.of(response.statusCode(), response.body());
    } catch (ConnectException | HttpConnectTimeoutException e) {
      return CommandAnswer.UNSENT;
    } catch (IOException e) {
      return CommandAnswer.NONE;
    }
  }

  /** What came of a command, if anybody can tell now. */
  Outcome fateOf(String commandId) {
    try {
      HttpResponse<String> response = send(anyNode(), "command/" + commandId, "GET", LIMIT);
      return CommandAnswer.fateOf(response.statusCode(), response.body());
    } catch (IOException e) {
      return Outcome.UNKNOWN;
    }
  }

  /** A client may repeat a GET by itself, but no POST. */
  private HttpResponse<String> send(ManagerNode node, String path, String method, Duration limit)
      throws IOException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(node.api() + path))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .timeout(limit)
            .build();
    try {
      return client.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SandboxException("interrupted", e);
    }
  }

  /** The value that the group publishes under a key; empty also when nobody answers. */
  Optional<String> published(String key) {
    return rows(anyNode(), "key-values?prefix=" + key).stream()
        .filter(row -> row.path("Key").asString("").equals(key))
        .map(row -> row.path("Value").asString(""))
        .findFirst();
  }

  /** The one that says that it may act. */
  Optional<ManagerNode> leader() {
    return nodes.stream()
        .filter(ManagerNode::isAlive)
        .filter(node -> answersOk(node, "leader-check"))
        .findFirst();
  }
}
