package orchestrator.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import orchestrator.server.engine.FakeGroup;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A follower before a leader that is made of sockets. */
class LeaderProxyTest {
  private static final int SECONDS = 30;

  private final FakeGroup group = FakeGroup.node(1);
  private final HttpClient client = HttpClient.newHttpClient();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /** What reached the leader. */
  private final List<HttpExchange> arrived = new CopyOnWriteArrayList<>();

  private volatile Endpoint endpoint = exchange -> reply(exchange, 200, "\"from the leader\"");
  private HttpServer leader;
  private ApiFixture follower;

  @FunctionalInterface
  private interface Endpoint {
    void handle(HttpExchange exchange) throws Exception;
  }

  @BeforeEach
  void start() throws IOException {
    leader = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    leader.setExecutor(threads);
    leader.createContext("/", this::arrive);
    leader.start();
    group.follows("n2", uri());
    follower = ApiFixture.of(group);
  }

  @AfterEach
  void stop() throws IOException {
    follower.close();
    leader.stop(0);
    client.close();
    threads.shutdownNow();
  }

  private void arrive(HttpExchange exchange) throws IOException {
    arrived.add(exchange);
    try (exchange) {
      endpoint.handle(exchange);
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(e);
    }
  }

  private String uri() {
    return "http://127.0.0.1:" + leader.getAddress().getPort();
  }

  private static void reply(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  private String header(String name) {
    return String.join(" | ", arrived.getLast().getRequestHeaders().getOrDefault(name, List.of()));
  }

  @Test
  void statusHeadersAndBodyComeBackAsTheyAre() throws Exception {
    endpoint =
        exchange -> {
          exchange.getResponseHeaders().add("Set-Cookie", "a=1");
          exchange.getResponseHeaders().add("Set-Cookie", "b=2");
          exchange.getResponseHeaders().add("Content-Type", "text/strange");
          reply(exchange, 418, "short and stout");
        };
    HttpResponse<String> response = follower.get("clusters");
    assertThat(response.statusCode()).isEqualTo(418);
    assertThat(response.body()).isEqualTo("short and stout");
    assertThat(response.headers().allValues("Set-Cookie")).containsExactly("a=1", "b=2");
    assertThat(response.headers().firstValue("Content-Type")).contains("text/strange");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/begin-downtime/r1.example/3306/me/a%2Fb%20%26%3F/1h",
        "/api/ack-all-recoveries?comment=a%20b%26c+d&x&y=&comment=2",
        "/api/search/%C3%A4?s=%C3%B6",
        "/api/search/a|b\"{c}?q=<d>^`e"
      })
  void pathAndQueryAreUnchanged(String path) throws Exception {
    try (ServerSocket raw = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      group.follows("n2", "http://127.0.0.1:" + raw.getLocalPort());
      Future<String> line = threads.submit(() -> firstLine(raw));
      String answer =
          send("GET " + path + " HTTP/1.1", "Host: orchestrator.example", "Connection: close");
      assertThat(line.get(SECONDS, TimeUnit.SECONDS)).isEqualTo("GET " + path + " HTTP/1.1");
      assertThat(answer).startsWith("HTTP/1.1 204");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/api/search/%zz", "/api/search/a?s=%ff", "/api/search/a?s=%z"})
  void whatCannotBeReadIsNotForwarded(String path) throws Exception {
    String answer =
        send("GET " + path + " HTTP/1.1", "Host: orchestrator.example", "Connection: close");
    assertThat(answer).startsWith("HTTP/1.1 400").contains("\"Code\":\"ERROR\"");
    assertThat(arrived).isEmpty();
  }

  /** Takes one request, whatever it is, and answers it. */
  private static String firstLine(ServerSocket raw) throws IOException {
    try (Socket socket = raw.accept();
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1))) {
      String first = in.readLine();
      String line = first;
      while (line != null && !line.isEmpty()) {
        line = in.readLine();
      }
      socket
          .getOutputStream()
          .write("HTTP/1.1 204 No Content\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
      return String.valueOf(first);
    }
  }

  /** As raw as can be: clients mend what they are given. */
  private String send(String... head) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), follower.port())) {
      socket.setSoTimeout(SECONDS * 1000);
      socket
          .getOutputStream()
          .write((String.join("\r\n", head) + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void whoAsksStaysWhoHeIs() throws Exception {
    send(
        "GET /api/clusters HTTP/1.1",
        "Host: orchestrator.example:8080",
        "Authorization: Basic YW5uOnNlY3JldA==",
        "Cookie: session=1; other=2",
        "X-Forwarded-User: ann",
        "X-Forwarded-For: 192.0.2.7",
        "Connection: close");
    assertThat(header("Host")).isEqualTo("orchestrator.example:8080");
    assertThat(header("Authorization")).isEqualTo("Basic YW5uOnNlY3JldA==");
    assertThat(header("Cookie")).isEqualTo("session=1; other=2");
    assertThat(header("X-Forwarded-User")).isEqualTo("ann");
    assertThat(header("X-Forwarded-For")).isEqualTo("192.0.2.7, 127.0.0.1");
    assertThat(header("Orchestrator-Forwarded-By")).isEqualTo("n1");
  }

  @Test
  void credentialsAreNeededHereAlready() throws Exception {
    HttpSettings secured =
        HttpSettings.LOCAL.withAuthentication(new Authentication.Basic("ann", "secret"));
    try (ApiFixture closed = ApiFixture.of(group, secured)) {
      assertThat(closed.get("clusters").statusCode()).isEqualTo(401);
      assertThat(arrived).isEmpty();
      closed.send("GET", "/api/clusters", "Authorization", "Basic YW5uOnNlY3JldA==");
      assertThat(header("Authorization")).isEqualTo("Basic YW5uOnNlY3JldA==");
    }
  }

  @Test
  void aNodeThatMayNotActForwardsNoAction() throws Exception {
    HttpSettings readOnly = HttpSettings.LOCAL.withReadOnly(true);
    try (ApiFixture reader = ApiFixture.of(group, readOnly)) {
      assertThat(reader.get("disable-global-recoveries").statusCode()).isEqualTo(403);
      assertThat(arrived).isEmpty();
      assertThat(reader.get("clusters").body()).isEqualTo("\"from the leader\"");
    }
  }

  @Test
  void redirectsArePassedBack() throws Exception {
    endpoint =
        exchange -> {
          exchange.getResponseHeaders().add("Location", "/web/clusters");
          reply(exchange, 302, "");
        };
    HttpResponse<String> response = follower.get("clusters");
    assertThat(response.statusCode()).isEqualTo(302);
    assertThat(response.headers().firstValue("Location")).contains("/web/clusters");
    assertThat(arrived).hasSize(1);
  }

  @Test
  void aRefusalOfTheLeaderIsPassedBack() throws Exception {
    endpoint =
        exchange -> {
          exchange.getResponseHeaders().add("WWW-Authenticate", "Basic realm=\"x\"");
          reply(exchange, 401, "{\"Code\":\"ERROR\"}");
        };
    HttpResponse<String> response = follower.get("clusters");
    assertThat(response.statusCode()).isEqualTo(401);
    assertThat(response.body()).isEqualTo("{\"Code\":\"ERROR\"}");
  }

  @Test
  void anAnswerOf20MegabytesArrivesWhole() throws Exception {
    byte[] large = new byte[20 * 1024 * 1024];
    new Random(7).nextBytes(large);
    endpoint =
        exchange -> {
          exchange.sendResponseHeaders(200, large.length);
          exchange.getResponseBody().write(large);
        };
    HttpResponse<byte[]> response =
        client.send(request("/api/all-instances"), HttpResponse.BodyHandlers.ofByteArray());
    assertThat(Arrays.equals(response.body(), large)).isTrue();
    assertThat(response.headers().firstValueAsLong("Content-Length")).hasValue(large.length);
  }

  private HttpRequest request(String path) {
    return HttpRequest.newBuilder(URI.create(follower.address() + path))
        .timeout(Duration.ofSeconds(SECONDS))
        .build();
  }

  @Test
  void aBodyReachesTheLeader() throws Exception {
    CompletableFuture<String> body = new CompletableFuture<>();
    endpoint =
        exchange -> {
          body.complete(
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
          reply(exchange, 200, "{}");
        };
    client.send(
        HttpRequest.newBuilder(URI.create(follower.address() + "/api/disable-global-recoveries"))
            .POST(HttpRequest.BodyPublishers.ofString("why not"))
            .build(),
        HttpResponse.BodyHandlers.discarding());
    assertThat(body.get(SECONDS, TimeUnit.SECONDS)).isEqualTo("why not");
    assertThat(arrived.getLast().getRequestMethod()).isEqualTo("POST");
  }

  @Test
  void eventsArriveOneByOneWhileTheAnswerGoesOn() throws Exception {
    CountDownLatch read = new CountDownLatch(1);
    endpoint =
        exchange -> {
          exchange.getResponseHeaders().add("Content-Type", "text/event-stream");
          exchange.sendResponseHeaders(200, 0);
          OutputStream out = exchange.getResponseBody();
          out.write(": connected\n\n".getBytes(StandardCharsets.UTF_8));
          out.flush();
          out.write("data: first\n\n".getBytes(StandardCharsets.UTF_8));
          out.flush();
          // The second is sent only after the first was read at the other end.
          if (read.await(SECONDS, TimeUnit.SECONDS)) {
            out.write("data: second\n\n".getBytes(StandardCharsets.UTF_8));
          }
        };
    HttpResponse<InputStream> response =
        client.send(request("/api/clusters"), HttpResponse.BodyHandlers.ofInputStream());
    assertThat(response.headers().firstValue("Content-Type")).contains("text/event-stream");
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
      assertThat(lines.readLine()).isEqualTo(": connected");
      assertThat(lines.readLine()).isEmpty();
      assertThat(lines.readLine()).isEqualTo("data: first");
      read.countDown();
      assertThat(lines.readLine()).isEmpty();
      assertThat(lines.readLine()).isEqualTo("data: second");
    }
  }

  @Test
  void aSlowAnswerIsWaitedForAndOthersPassItBy() throws Exception {
    CountDownLatch othersDone = new CountDownLatch(1);
    endpoint =
        exchange -> {
          boolean slow = exchange.getRequestURI().getPath().endsWith("/recover/m.example/3306");
          if (slow && !othersDone.await(SECONDS, TimeUnit.SECONDS)) {
            throw new IOException("nobody passed by");
          }
          reply(exchange, 200, "\"done\"");
        };
    CompletableFuture<HttpResponse<String>> slow =
        client.sendAsync(
            request("/api/recover/m.example/3306"), HttpResponse.BodyHandlers.ofString());
    Awaitility.await().until(() -> !arrived.isEmpty());
    for (int i = 0; i < 20; i++) {
      assertThat(follower.get("clusters").body()).isEqualTo("\"done\"");
    }
    assertThat(slow).isNotDone();
    othersDone.countDown();
    assertThat(slow.get(SECONDS, TimeUnit.SECONDS).body()).isEqualTo("\"done\"");
  }

  @Test
  void twoNodesThatTakeEachOtherForTheLeaderDoNotPassARequestToAndFro() throws Exception {
    FakeGroup second = FakeGroup.node(2);
    try (ApiFixture other = ApiFixture.of(second)) {
      group.follows("n2", other.address());
      second.follows("n1", follower.address());
      HttpResponse<String> response = follower.get("clusters");
      assertThat(response.statusCode()).isEqualTo(503);
      assertThat(response.body()).contains("n1 takes this node for the leader, which it is not");
      HttpResponse<String> routed = follower.get("routed-leader-check");
      assertThat(routed.statusCode()).isEqualTo(404);
      assertThat(routed.body()).isEqualTo("\"Not leader\"");
    }
  }

  @Test
  void aDeadLeaderIsNamedAndNothingWasDone() throws Exception {
    try (ServerSocket unused = new ServerSocket(0)) {
      group.follows("n2", "http://127.0.0.1:" + unused.getLocalPort());
      unused.close();
      HttpResponse<String> response = follower.get("disable-global-recoveries");
      assertThat(response.statusCode()).isEqualTo(503);
      assertThat(response.body())
          .startsWith("{\"Code\":\"ERROR\",\"Message\":\"The leader cannot be reached at http://")
          .contains("nothing was done");
      assertThat(response.headers().firstValue("Content-Type"))
          .contains("application/json; charset=UTF-8");
    }
  }

  @Test
  void aLeaderThatDiesOverARequestLeavesItsOutcomeOpen() throws Exception {
    endpoint = HttpExchange::close;
    HttpResponse<String> response = follower.get("stop-replica/r1.example/3306");
    assertThat(response.statusCode()).isEqualTo(502);
    assertThat(response.body()).contains("\"Code\":\"ERROR\"").contains("is not known");
    assertThat(arrived).hasSize(1);
    assertThat(header("Orchestrator-Command-Id")).isEmpty();
  }

  @Test
  void aLeaderThatDiesOverACommandLeavesItsIdToAskFor() throws Exception {
    endpoint = HttpExchange::close;
    String id = "7-" + FakeGroup.COMMAND;
    HttpResponse<String> response =
        follower.send("GET", "/api/disable-global-recoveries", "Orchestrator-Command-Id", "7-mine");
    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(response.body())
        .contains("\"Code\":\"ERROR\"", "is not known", "ask for command/" + id)
        .contains("\"Details\":{\"CommandId\":\"" + id + "\"}");
    assertThat(arrived).hasSize(1);
    assertThat(header("Orchestrator-Command-Id")).isEqualTo(id);
  }

  @Test
  void aLeaderThatDiesWithinItsAnswerEndsItVisibly() throws Exception {
    endpoint =
        exchange -> {
          exchange.sendResponseHeaders(200, 1000);
          exchange.getResponseBody().write(new byte[100]);
          exchange.getResponseBody().flush();
        };
    CompletableFuture<HttpResponse<String>> answer =
        client.sendAsync(request("/api/clusters"), HttpResponse.BodyHandlers.ofString());
    assertThat(answer).failsWithin(Duration.ofSeconds(SECONDS));
  }

  @Test
  void aLeaderThatWasReplacedWhileItIsSilentIsGivenUp() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    endpoint =
        exchange -> {
          var _ = end.await(SECONDS, TimeUnit.SECONDS);
        };
    CompletableFuture<HttpResponse<String>> answer =
        client.sendAsync(request("/api/clusters"), HttpResponse.BodyHandlers.ofString());
    Awaitility.await().until(() -> !arrived.isEmpty());
    group.follows("n3", "http://127.0.0.1:1");
    HttpResponse<String> response = answer.get(SECONDS, TimeUnit.SECONDS);
    end.countDown();
    assertThat(response.statusCode()).isEqualTo(502);
    assertThat(response.body()).contains("it is the leader no more, but n3 is");
  }

  @Test
  void whatIsAboutTheNodeItselfIsNotForwarded() throws Exception {
    for (String path :
        List.of(
            "leader-check",
            "raft",
            "raft-state",
            "raft-leader",
            "raft-peers",
            "raft-status",
            "raft-health",
            "raft-snapshot",
            "health",
            "status",
            "lb-check",
            "_ping",
            "reload-configuration")) {
      assertThat(follower.get(path).body()).isNotEqualTo("\"from the leader\"");
    }
    assertThat(follower.send("GET", "/metrics").body()).isNotEqualTo("\"from the leader\"");
    assertThat(arrived).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "clusters",
        "routed-leader-check",
        "command/n1-17",
        "raft-yield/n3",
        "raft-yield-hint/n3",
        "raft-add-peer/n4",
        "raft-remove-peer/n3",
        "reelect",
        "an-endpoint-of-a-newer-leader"
      })
  void theRestIsTheLeaders(String path) throws Exception {
    assertThat(follower.get(path).body()).isEqualTo("\"from the leader\"");
    assertThat(arrived.getLast().getRequestURI()).hasToString("/api/" + path);
    assertThat(group.asked).isEmpty();
  }

  @Test
  void aNodeThatIsAloneSaysSoAtOnce() throws Exception {
    group.isAlone();
    long begin = System.nanoTime();
    HttpResponse<String> response = follower.get("clusters");
    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(response.body())
        .startsWith(
            "{\"Code\":\"ERROR\",\"Message\":\"There is no leader since 2026-01-02T03:04:05Z");
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(5));
  }

  @Test
  void aNodeThatTakesTheLeadAnswersItself() throws Exception {
    assertThat(follower.get("clusters").body()).isEqualTo("\"from the leader\"");
    group.leads("http://127.0.0.1:1");
    assertThat(follower.ok("clusters")).hasSize(2);
  }

  @Test
  void connectionsToTheLeaderAreUsedAgain() throws Exception {
    for (int i = 0; i < 10; i++) {
      follower.get("clusters");
    }
    assertThat(arrived.stream().map(HttpExchange::getRemoteAddress).distinct()).hasSize(1);
  }

  @Test
  void aPrefixIsPartOfTheForwardedPath() throws Exception {
    HttpSettings prefixed = HttpSettings.LOCAL.withUrlPrefix("/orc");
    try (ApiFixture other = ApiFixture.of(group, prefixed)) {
      other.send("GET", "/orc/api/clusters?a=b");
      assertThat(arrived.getLast().getRequestURI()).hasToString("/orc/api/clusters?a=b");
      assertThat(other.send("GET", "/api/clusters").statusCode()).isEqualTo(404);
    }
  }
}
