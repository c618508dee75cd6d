package orchestrator.sandbox.demo;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import orchestrator.sandbox.SandboxServer;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The manager's HTTP API, as far as the demo uses it. */
final class ManagerApi implements AutoCloseable {
  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(2);
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(10);

  private final String address;
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(CONNECT_LIMIT)
          .build();

  /**
   * @param address such as {@code http://127.0.0.1:3000}
   */
  ManagerApi(String address) {
    this.address = address;
  }

  /** Whether it serves. */
  boolean answers() {
    try {
      return send("lb-check").statusCode() == 200;
    } catch (IOException e) {
      return false; // not yet
    }
  }

  /** Reads a server and goes on to its replicas. */
  void discover(SandboxServer server) {
    get("discover/" + path(server));
  }

  /** The tree of a server's cluster, drawn as text. */
  String tree(SandboxServer member) {
    return get("topology/" + path(member)).path("Details").asString("");
  }

  /** The servers of a member's cluster. */
  List<JsonNode> clusterOf(SandboxServer member) {
    return get("cluster/instance/" + path(member)).valueStream().toList();
  }

  /** The analysis of one server; empty when nothing is wrong with it. */
  Optional<JsonNode> analysisOf(SandboxServer server) {
    return get("replication-analysis/instance/" + path(server))
        .path("Details")
        .valueStream()
        .findFirst();
  }

  /** The newest announced failure of a server. */
  Optional<JsonNode> detectionOf(SandboxServer server) {
    return get("audit-failure-detection")
        .valueStream()
        .filter(detection -> isAbout(detection, server))
        .findFirst();
  }

  /** The newest recovery of a server. */
  Optional<JsonNode> recoveryOf(SandboxServer server) {
    return get("audit-recovery")
        .valueStream()
        .filter(recovery -> isAbout(recovery, server))
        .findFirst();
  }

  private static boolean isAbout(JsonNode audit, SandboxServer server) {
    return isKeyOf(audit.path("AnalysisEntry").path("AnalyzedInstanceKey"), server);
  }

  static boolean isKeyOf(JsonNode key, SandboxServer server) {
    return key.path("Hostname").asString("").equals(server.host())
        && key.path("Port").asInt(0) == server.port();
  }

  /** What a recovery has done, in order. */
  List<JsonNode> stepsOf(JsonNode recovery) {
    return get("audit-recovery-steps/" + recovery.path("UID").asString("")).valueStream().toList();
  }

  private static String path(SandboxServer server) {
    return server.host() + "/" + server.port();
  }

  private JsonNode get(String path) {
    try {
      HttpResponse<byte[]> response = send(path);
      JsonNode answer = JsonMapper.shared().readTree(response.body());
      if (response.statusCode() != 200) {
        String message = answer.path("Message").asString("status " + response.statusCode());
        throw new DemoException("The manager refuses GET /api/" + path + ": " + message);
      }
      return answer;
    } catch (IOException | JacksonException e) {
      throw new DemoException(
          "The manager did not answer GET " + address + "/api/" + path + ": " + e.getMessage(), e);
    }
  }

  private HttpResponse<byte[]> send(String path) throws IOException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(address + "/api/" + path)).timeout(ANSWER_LIMIT).build();
    try {
      return client.send(request, HttpResponse.BodyHandlers.ofByteArray());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DemoException("interrupted", e);
    }
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
