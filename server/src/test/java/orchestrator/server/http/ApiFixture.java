package orchestrator.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import orchestrator.core.testing.InstanceBuilder;
import orchestrator.core.testing.TopologyBuilder;
import orchestrator.server.engine.Group;
import orchestrator.server.engine.Outcome;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A served API over {@link FakeOperations}, and a client of it. */
final class ApiFixture implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  final FakeOperations operations;

  /** What was audited, as {@code type: message}. */
  final List<String> audited = new CopyOnWriteArrayList<>();

  private final NodeServices services =
      new NodeServices() {
        @Override
        public Outcome<String> reload() {
          return NodeServices.NONE.reload();
        }

        @Override
        public String metrics() {
          return "";
        }

        @Override
        public void audit(String type, String message) {
          audited.add(type + ": " + message);
        }
      };
  private final ApiServer server;
  private final int port;
  private final HttpClient client = HttpClient.newHttpClient();

  private ApiFixture(HttpSettings settings, FakeOperations operations, Optional<Group> group)
      throws IOException {
    this.operations = operations;
    this.server =
        ApiServer.start(
            settings,
            ViewSettings.DEFAULT,
            operations,
            services,
            group,
            InstantSource.fixed(TopologyBuilder.NOW));
    this.port = server.port();
  }

  /** A node of a group. */
  static ApiFixture of(Group group) throws IOException {
    return of(group, HttpSettings.LOCAL);
  }

  static ApiFixture of(Group group, HttpSettings settings) throws IOException {
    return new ApiFixture(settings, new FakeOperations(servers().build()), Optional.of(group));
  }

  /**
   * Two clusters: {@code m.example} (alias {@code main}) with replicas {@code r1} and {@code r2},
   * and {@code other.example} alone.
   */
  static TopologyBuilder servers() {
    return new TopologyBuilder()
        .with("m.example", m -> m.clusterAlias("main").dataCenter("dc1"))
        .with("r1.example", r -> r.replicatesFrom("m.example").readOnly())
        .with("r2.example", r -> r.replicatesFrom("m.example").readOnly())
        .with("other.example", InstanceBuilder::writable);
  }

  static ApiFixture start() throws IOException {
    return start(HttpSettings.LOCAL);
  }

  static ApiFixture start(HttpSettings settings) throws IOException {
    return new ApiFixture(settings, new FakeOperations(servers().build()), Optional.empty());
  }

  static ApiFixture of(TopologyBuilder servers) throws IOException {
    return new ApiFixture(
        HttpSettings.LOCAL, new FakeOperations(servers.build()), Optional.empty());
  }

  String address() {
    return "http://127.0.0.1:" + port;
  }

  int port() {
    return port;
  }

  HttpResponse<String> send(String method, String path, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(address() + path))
            .timeout(Duration.ofSeconds(20))
            .method(method, HttpRequest.BodyPublishers.noBody());
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  /** The answer to {@code GET /api/<path>}. */
  HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return send("GET", "/api/" + path);
  }

  /** The value that {@code GET /api/<path>} answers with status 200. */
  JsonNode ok(String path) throws IOException, InterruptedException {
    HttpResponse<String> response = get(path);
    assertThat(response.statusCode()).as(path + " -> " + response.body()).isEqualTo(200);
    return JSON.readTree(response.body());
  }

  /** The details of the envelope that {@code GET /api/<path>} answers. */
  JsonNode details(String path) throws IOException, InterruptedException {
    JsonNode envelope = ok(path);
    assertThat(envelope.path("Code").asString("")).as(envelope.toString()).isEqualTo("OK");
    return envelope.path("Details");
  }

  static JsonNode parse(String text) {
    return JSON.readTree(text);
  }

  void stopServer() throws IOException {
    server.close();
  }

  @Override
  public void close() throws IOException {
    client.close();
    server.close();
  }
}
