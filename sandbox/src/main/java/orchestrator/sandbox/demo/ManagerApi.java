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

/**
 * The HTTP API of the managers, as far as the demo uses it. Any of them that lives is asked; while
 * they elect a leader it waits for them.
 */
final class ManagerApi implements AutoCloseable {
  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(2);
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(10);

  private static final Duration ELECTION_LIMIT = Duration.ofSeconds(15);
  private static final Duration CHECK_LIMIT = Duration.ofSeconds(1);
  private static final long RETRY_MILLIS = 20;

  private final List<String> addresses;
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(CONNECT_LIMIT)
          .build();

  private volatile String latest;

  /**
   * @param addresses such as {@code http://127.0.0.1:3000}
   */
  ManagerApi(List<String> addresses) {
    this.addresses = List.copyOf(addresses);
    this.latest = addresses.getFirst();
  }

  /** Whether one of them may act. */
  boolean answers() {
    return addresses.stream().anyMatch(this::leads);
  }

  /** Whether this one may act. */
  boolean leads(String address) {
    try {
      return send(address, "leader-check", CHECK_LIMIT).statusCode() == 200;
    } catch (IOException e) {
      return false;
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
    Stopwatch waiting = Stopwatch.start();
    while (true) {
      try {
        HttpResponse<byte[]> response = send(latest, path, ANSWER_LIMIT);
        if (response.statusCode() == 200) {
          return JsonMapper.shared().readTree(response.body());
        }
        if (addresses.size() == 1 || !isWithoutLeader(response) || waiting.isPast(ELECTION_LIMIT)) {
          throw new DemoException(
              "The manager refuses GET /api/%s: %s".formatted(path, messageOf(response)));
        }
      } catch (IOException | JacksonException e) {
        if (addresses.size() == 1 || waiting.isPast(ELECTION_LIMIT)) {
          throw new DemoException(
              "The manager did not answer GET " + latest + "/api/" + path + ": " + e.getMessage(),
              e);
        }
      }
      latest = addresses.get((addresses.indexOf(latest) + 1) % addresses.size());
      pause();
    }
  }

  private static boolean isWithoutLeader(HttpResponse<byte[]> response) {
    return response.statusCode() == 502 || response.statusCode() == 503;
  }

  private static String messageOf(HttpResponse<byte[]> response) {
    String otherwise = "status " + response.statusCode();
    try {
      return JsonMapper.shared().readTree(response.body()).path("Message").asString(otherwise);
    } catch (JacksonException e) {
      return otherwise;
    }
  }

  private static void pause() {
    try {
      Thread.sleep(RETRY_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DemoException("interrupted", e);
    }
  }

  private HttpResponse<byte[]> send(String address, String path, Duration limit)
      throws IOException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(address + "/api/" + path)).timeout(limit).build();
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
