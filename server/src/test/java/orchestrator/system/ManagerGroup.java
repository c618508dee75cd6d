package orchestrator.system;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import orchestrator.sandbox.Sandbox;
import orchestrator.sandbox.SandboxServer;
import orchestrator.sandbox.process.Placement;
import orchestrator.sandbox.process.PortReservation;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/**
 * Managers that form a raft group: each a process of its own, with its own directory and backend,
 * told apart by their loopback addresses. They are asked over HTTP, as people would.
 */
final class ManagerGroup implements AutoCloseable {
  static final Duration LIMIT = Duration.ofSeconds(60);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http =
      HttpClient.newBuilder()
          .connectTimeout(Duration.ofSeconds(2))
          .version(HttpClient.Version.HTTP_1_1)
          .build();
  private final List<Node> nodes;
  private final List<Node> founders;
  private final ManagerConfiguration configuration;
  private final Map<Node, ChildManager> processes = new TreeMap<>();
  private Optional<Path> haltFile = Optional.empty();

  /**
   * @param number from 1
   * @param home its configuration, state and output
   */
  record Node(int number, Placement placement, int httpPort, int raftPort, Path home)
      implements Comparable<Node> {
    String host() {
      return placement.host();
    }

    String raftAddress() {
      return host() + ":" + raftPort;
    }

    String uri() {
      return "http://" + host() + ":" + httpPort;
    }

    Path raftDirectory() {
      return home.resolve("raft");
    }

    /** What its processes printed, of all its lives. */
    Path output() {
      return home.resolve("log");
    }

    @Override
    public int compareTo(Node other) {
      return Integer.compare(number, other.number);
    }
  }

  /**
   * @param body empty when nothing came back
   */
  record Answer(int status, String body) {
    static final Answer NONE = new Answer(0, "");

    boolean isOk() {
      return status == 200;
    }

    JsonNode json() {
      return JSON.readTree(body);
    }
  }

  private ManagerGroup(List<Node> nodes, int founders, ManagerConfiguration configuration) {
    this.nodes = List.copyOf(nodes);
    this.founders = this.nodes.subList(0, founders);
    this.configuration = configuration;
  }

  /** Nodes that are not started yet. */
  static ManagerGroup of(int count, Path folder, ManagerConfiguration configuration) {
    return new ManagerGroup(nodes(loopback(count), folder), count, configuration);
  }

  /** Nodes that are not started yet: those that form the group, and others that may join it. */
  static ManagerGroup withSpares(
      int founders, int spares, Path folder, ManagerConfiguration configuration) {
    return new ManagerGroup(nodes(loopback(founders + spares), folder), founders, configuration);
  }

  /** One node at each of these places, not started yet. */
  static ManagerGroup placed(
      List<Placement> placements, Path folder, ManagerConfiguration configuration) {
    return new ManagerGroup(nodes(placements, folder), placements.size(), configuration);
  }

  private static List<Placement> loopback(int count) {
    return IntStream.rangeClosed(1, count)
        .mapToObj(n -> new Placement("127.0.0." + (10 + n), "127.%", List.of()))
        .toList();
  }

  private static List<Node> nodes(List<Placement> placements, Path folder) {
    List<Node> nodes = new ArrayList<>();
    for (Placement placement : placements) {
      int number = nodes.size() + 1;
      nodes.add(
          new Node(number, placement, freePort(), freePort(), folder.resolve("node" + number)));
    }
    return nodes;
  }

  private static int freePort() {
    try (PortReservation port = PortReservation.any()) {
      return port.port();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Its nodes drop dead when this file asks for it; see {@link HaltingNode}. */
  ManagerGroup halting(Path file) {
    haltFile = Optional.of(file);
    return this;
  }

  ManagerGroup startAll() {
    founders.forEach(this::start);
    return this;
  }

  List<Node> nodes() {
    return nodes;
  }

  List<Node> running() {
    return nodes.stream().filter(processes::containsKey).toList();
  }

  /** Starts a node with what its directory holds. */
  void start(Node node) {
    start(node, Map.of());
  }

  /** Starts a node that waits to be added, unless its directory says that it was. */
  void startJoining(Node node) {
    start(node, Map.of("RaftJoin", true));
  }

  /** With more keys, or other ones. */
  void start(Node node, Map<String, Object> more) {
    Path file = writeConfiguration(node, more);
    Path output = node.output();
    processes.put(
        node,
        haltFile
            .map(halt -> ChildManager.haltingNode(output, halt, "--config=" + file, "http"))
            .orElseGet(
                () -> ChildManager.placed(node.placement(), output, "--config=" + file, "http")));
  }

  /** Writes the configuration of a node that is started by other means. */
  Path writeConfiguration(Node node, Map<String, Object> more) {
    try {
      Files.createDirectories(node.home());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    ManagerConfiguration own =
        configuration
            .with("RaftEnabled", true)
            .with("RaftDataDir", node.raftDirectory().toString())
            .with("RaftBind", node.raftAddress())
            .with("RaftNodes", founders.stream().map(Node::raftAddress).toList())
            .with("ListenAddress", node.host() + ":" + node.httpPort());
    for (Map.Entry<String, Object> entry : more.entrySet()) {
      own = own.with(entry.getKey(), entry.getValue());
    }
    return own.write(node.home());
  }

  void adopt(Node node, ChildManager process) {
    processes.put(node, process);
  }

  ChildManager process(Node node) {
    return Optional.ofNullable(processes.get(node)).orElseThrow();
  }

  /** SIGKILL. */
  void kill(Node node) {
    process(node).kill();
    processes.remove(node);
  }

  /** Waits for a node to end by itself; its exit code. */
  int awaitEnd(Node node) {
    int code = process(node).awaitEnd(LIMIT);
    processes.remove(node);
    return code;
  }

  /** SIGTERM; waits for the end. */
  int terminate(Node node) {
    int code = process(node).terminate(Duration.ofSeconds(30));
    processes.remove(node);
    return code;
  }

  /** Its answer, whatever it is; {@link Answer#NONE} when there is none in time. */
  Answer get(Node node, String path) {
    return get(node, path, Duration.ofSeconds(15));
  }

  Answer get(Node node, String path, Duration limit) {
    return ask(URI.create(node.uri() + "/api/" + path), limit);
  }

  Answer metrics(Node node) {
    return ask(URI.create(node.uri() + "/metrics"), LIMIT);
  }

  private Answer ask(URI uri, Duration limit) {
    HttpRequest request = HttpRequest.newBuilder(uri).timeout(limit).build();
    try {
      HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
      return new Answer(response.statusCode(), response.body());
    } catch (IOException e) {
      return Answer.NONE;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Answer.NONE;
    }
  }

  boolean leads(Node node) {
    return get(node, "leader-check", Duration.ofSeconds(2)).isOk();
  }

  /** The nodes that say now that they lead. */
  List<Node> leaders() {
    return running().stream().filter(this::leads).toList();
  }

  void awaitHealthy(Node node) {
    await(node + " takes part").atMost(LIMIT).until(() -> get(node, "raft-health").isOk());
  }

  /** Waits for the one that leads. */
  Node leader() {
    return await("a leader")
        .atMost(LIMIT)
        .until(() -> leaders().stream().findFirst(), Optional::isPresent)
        .orElseThrow();
  }

  Node follower() {
    Node leader = leader();
    return running().stream().filter(node -> !node.equals(leader)).findFirst().orElseThrow();
  }

  List<Node> others(Node node) {
    return running().stream().filter(other -> !other.equals(node)).toList();
  }

  /** Also that one of the servers was demoted: such a server is set read-only on sight. */
  void forget(Sandbox sandbox) {
    for (SandboxServer server : sandbox.servers()) {
      get(leader(), "forget/" + server.host() + "/" + server.port());
    }
  }

  /** Everything that a node says of the group; empty while it does not answer. */
  Optional<JsonNode> raft(Node node) {
    Answer answer = get(node, "raft");
    return answer.isOk() ? Optional.of(answer.json()) : Optional.empty();
  }

  long term(Node node) {
    return raft(node).map(json -> json.path("Term").asLong()).orElse(-1L);
  }

  /** An index of its log, as {@code GET /api/raft} names it. */
  long index(Node node, String name) {
    return raft(node).orElseThrow().path(name).asLong(-1);
  }

  /** Starts the founders that do not run, and waits until all of the group take part. */
  void awaitWhole() {
    for (Node node : founders) {
      if (!processes.containsKey(node)) {
        start(node);
      }
    }
    founders.forEach(this::awaitHealthy);
  }

  /** Waits until all running nodes have applied the same entries and come to the same state. */
  void awaitSameState() {
    await("the same state everywhere")
        .atMost(LIMIT)
        .until(
            () ->
                running().stream()
                    .map(node -> get(node, "raft-state-digest"))
                    .map(answer -> answer.isOk() ? answer.body() : "none: " + answer)
                    .distinct()
                    .toList(),
            digests -> digests.size() == 1 && !digests.getFirst().startsWith("none"));
  }

  @Override
  public void close() {
    processes.values().forEach(ChildManager::close);
    processes.clear();
  }
}
