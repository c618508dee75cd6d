package orchestrator.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import orchestrator.program.ClientScript;
import orchestrator.program.Run;
import orchestrator.server.engine.FakeGroup;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code bin/orchestrator-client} with several endpoints. */
class ClientOfGroupTest {
  /** Nothing listens there. */
  private static final String DEAD = "http://127.0.0.1:1";

  @TempDir Path folder;
  private final List<FakeNode> nodes = new ArrayList<>();

  @BeforeAll
  static void needsItsPrograms() throws Exception {
    ClientScript.assumePrograms();
  }

  @AfterEach
  void stop() {
    nodes.forEach(FakeNode::close);
  }

  /** Answers what a test has it answer, else 404. */
  private static final class FakeNode {
    /** Bodies by what follows {@code /api/}. */
    final Map<String, String> answers = new ConcurrentHashMap<>();

    final List<String> asked = new CopyOnWriteArrayList<>();

    /** It takes the lead when it was asked so often. */
    volatile int leadsAfter = Integer.MAX_VALUE;

    private final HttpServer server;

    FakeNode() throws IOException {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
      server.createContext("/api/", this::answer);
      server.start();
    }

    private void answer(HttpExchange exchange) throws IOException {
      String path = exchange.getRequestURI().toString().substring("/api/".length());
      asked.add(path);
      if (asked.size() > leadsAfter) {
        answers.put("leader-check", "\"OK\"");
      }
      byte[] body = answers.getOrDefault(path, "\"Not leader\"").getBytes(StandardCharsets.UTF_8);
      try (exchange) {
        exchange.sendResponseHeaders(answers.containsKey(path) ? 200 : 404, body.length);
        exchange.getResponseBody().write(body);
      }
    }

    String address() {
      return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    void close() {
      server.stop(0);
    }
  }

  private FakeNode node() throws IOException {
    FakeNode node = new FakeNode();
    nodes.add(node);
    return node;
  }

  private FakeNode leader() throws IOException {
    FakeNode leader = node();
    leader.answers.put("leader-check", "\"OK\"");
    leader.answers.put("clusters-info", "[{\"ClusterName\":\"m.example:3306\"}]");
    return leader;
  }

  private Run client(String endpoints, String... arguments) throws Exception {
    return ClientScript.run(folder, Map.of("ORCHESTRATOR_API", endpoints), arguments);
  }

  @Test
  void theLeaderIsFoundAmongOthersAndUsed() throws Exception {
    FakeNode follower = node();
    FakeNode leader = leader();
    String endpoints =
        String.join(" ", DEAD, follower.address(), leader.address() + "/api/", node().address());
    assertThat(client(endpoints, "-c", "which-api"))
        .isEqualTo(new Run(0, leader.address() + "/api\n", ""));
    assertThat(client(endpoints, "-c", "clusters")).isEqualTo(new Run(0, "m.example:3306\n", ""));
    assertThat(follower.asked).doesNotContain("clusters-info");
  }

  @Test
  void theLeaderIsAskedForOnceACall() throws Exception {
    FakeNode leader = leader();
    leader.answers.put("raft-state", "\"Leader\"");
    leader.answers.put("status", "{\"Code\":\"OK\",\"Details\":{\"Hostname\":\"n1\"}}");
    Run run = client(leader.address() + " " + DEAD, "-c", "raft-leader-hostname");
    assertThat(run).isEqualTo(new Run(0, "n1\n", ""));
    assertThat(leader.asked).containsExactly("leader-check", "raft-state", "status");
  }

  @Test
  void anEndpointThatHangsDelaysNothing() throws Exception {
    FakeNode leader = leader();
    Duration fastest = Duration.ofDays(1);
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      String endpoints = "http://127.0.0.1:" + silent.getLocalPort() + " " + leader.address();
      for (int i = 0; i < 3; i++) {
        long begin = System.nanoTime();
        assertThat(client(endpoints, "-c", "clusters").out()).isEqualTo("m.example:3306\n");
        Duration took = Duration.ofNanos(System.nanoTime() - begin);
        fastest = took.compareTo(fastest) < 0 ? took : fastest;
      }
    }
    // Whoever waits for the silent one waits for two seconds, however fast the machine is.
    assertThat(fastest).isLessThan(Duration.ofSeconds(2));
  }

  @Test
  void aNodeThatReachesTheLeaderWillDo() throws Exception {
    FakeNode follower = node();
    follower.answers.put("routed-leader-check", "\"OK\"");
    follower.answers.put("clusters-info", "[{\"ClusterName\":\"m.example:3306\"}]");
    assertThat(client(DEAD + " " + follower.address(), "-c", "clusters").out())
        .isEqualTo("m.example:3306\n");
  }

  @Test
  void aLeaderThatIsElectedMeanwhileIsFound() throws Exception {
    FakeNode elected = node();
    elected.leadsAfter = 2;
    Run run = client(elected.address() + " " + DEAD, "-c", "which-api");
    assertThat(run).isEqualTo(new Run(0, elected.address() + "/api\n", ""));
    assertThat(elected.asked)
        .containsExactly("leader-check", "routed-leader-check", "leader-check");
  }

  @Test
  void withoutALeaderEachEndpointIsNamedAndPasswordsAreNot() throws Exception {
    FakeNode follower = node();
    String endpoints =
        follower.address().replace("//", "//ann:secret@") + " http://ann:secret@127.0.0.1:1";
    Run run = client(endpoints, "-c", "clusters");
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err())
        .contains("cannot determine the leader: ")
        .contains(follower.address().substring("http://".length()) + " answers with status 404")
        .contains("127.0.0.1:1 does not answer")
        .doesNotContain("secret");
    assertThat(follower.asked).doesNotContain("clusters-info");
  }

  @Test
  void withoutAnyNodeItEndsAtOnce() throws Exception {
    Run run = client(DEAD + " http://127.0.0.1:2", "-c", "clusters");
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.err()).contains("cannot determine the leader: ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "raft-leader                       | 10.0.0.1:10008 |",
        "raft-health                       | healthy |",
        "raft-state                        | Leader |",
        "raft-peers                        | 10.0.0.1:10008 10.0.0.2:10008 10.0.0.3:10008 |",
        "raft-leader-hostname              | manager-1 |",
        "raft-elect-leader -H n2           | n2 | yield to hint n2",
        "raft-yield-hint -H n2             | n2 | yield to hint n2",
        "raft-yield -H n3                  | '' | yield to n3",
        "raft-reelect                      | '' | step down",
        "raft-add-peer -H n4=n4.example:10008 | n4.example:10008 | add n4=n4.example:10008",
        "raft-remove-peer -H n3            | 10.0.0.3:10008 | remove n3",
        "raft-snapshot                     | snapshot created | snapshot"
      })
  void theGroupIsShownAndChanged(String command, String expected, String asked) throws Exception {
    FakeGroup group = FakeGroup.node(1).leads("http://n1.example:3000");
    try (ApiFixture api = ApiFixture.of(group)) {
      String lines = expected.isEmpty() ? "" : expected + "\n";
      Run run = client(api.address(), ("-c " + command.trim()).split(" +"));
      if (command.startsWith("raft-peers")) {
        lines = lines.replace(' ', '\n');
      }
      assertThat(run).isEqualTo(new Run(0, lines, ""));
      assertThat(group.asked).isEqualTo(asked == null ? List.of() : List.of(asked));
    }
  }

  @Test
  void theWholeStatusIsPrinted() throws Exception {
    try (ApiFixture api = ApiFixture.of(FakeGroup.node(1).leads("http://n1.example:3000"))) {
      Run run = client(api.address(), "-c", "raft-status");
      assertThat(ApiFixture.parse(run.out()).path("Term").asInt()).isEqualTo(7);
    }
  }

  @Test
  void whatTheGroupRefusesIsTold() throws Exception {
    FakeGroup group = FakeGroup.node(1);
    try (ApiFixture api = ApiFixture.of(group)) {
      Run health = client(api.address(), "-c", "raft-health");
      assertThat(health.exit()).isEqualTo(1);
      assertThat(health.err()).isEqualTo("unhealthy\n");
      assertThat(health.out()).contains("no leader is known");
      Run leader = client(api.address(), "-c", "raft-leader");
      assertThat(leader.exit()).isEqualTo(1);
      assertThat(leader.err()).contains("knows no leader");
      group.leads(api.address());
      Run unknown = client(api.address(), "-c", "raft-yield", "-H", "n9");
      assertThat(unknown).isEqualTo(new Run(1, "", "No such node: n9\n"));
    }
  }
}
