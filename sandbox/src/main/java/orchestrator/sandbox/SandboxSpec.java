package orchestrator.sandbox;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import orchestrator.sandbox.process.Placement;

/**
 * Which servers to start and who replicates from whom. Build one with a factory, refine it with the
 * other methods:
 *
 * <pre>{@code
 * SandboxSpec.masterAndReplicas(ServerKind.MYSQL_8_0, 3)                  // A, and B, C, D below it
 * SandboxSpec.shape(ServerKind.MARIADB_11_4, "A>B", "A>C", "C>D").defaults()
 * SandboxSpec.shape(ServerKind.MYSQL_5_7, "A>B", "B>A").kind("B", ServerKind.MYSQL_8_0)
 * }</pre>
 *
 * @param servers in order of their names' first mention
 * @param profile tuned for fast detection (the default) or as servers come
 * @param keepData leave the data directories when the sandbox ends
 * @param byPosition replicate by file and position, without GTIDs
 */
public record SandboxSpec(
    List<Node> servers, Profile profile, boolean keepData, boolean byPosition) {
  /** Two letters are plenty; a name is also a folder's name. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,32}");

  /**
   * One server.
   *
   * @param master the server it replicates from
   * @param writable whether it starts, also after each restart, without {@code read_only}
   * @param settings lines of its option file, such as {@code slave-parallel-workers=4}; they win
   *     over the sandbox's own
   * @param placement where it runs
   */
  public record Node(
      String name,
      ServerKind kind,
      Optional<String> master,
      boolean writable,
      List<String> settings,
      Placement placement) {
    public Node {
      if (!NAME.matcher(name).matches()) {
        throw new IllegalArgumentException(
            "A server's name has 1 to 32 letters, digits, '-' or '_', not \"" + name + "\"");
      }
      settings = List.copyOf(settings);
    }
  }

  public SandboxSpec {
    servers = List.copyOf(servers);
    if (servers.isEmpty()) {
      throw new IllegalArgumentException("A sandbox has at least one server");
    }
    List<String> names = servers.stream().map(Node::name).toList();
    for (Node node : servers) {
      node.master()
          .filter(master -> !names.contains(master) || master.equals(node.name()))
          .ifPresent(master -> {
            throw new IllegalArgumentException(node.name() + " cannot replicate from " + master);
          });
    }
  }

  /** Master A and {@code replicas} replicas B, C, … below it. */
  public static SandboxSpec masterAndReplicas(ServerKind kind, int replicas) {
    return ofEdges(kind, IntStream.rangeClosed(1, replicas).mapToObj(i -> "A>" + name(i)).toList());
  }

  /** A, B below A, C below B, and so on. */
  public static SandboxSpec chain(ServerKind kind, int servers) {
    return ofEdges(
        kind, IntStream.range(1, servers).mapToObj(i -> name(i - 1) + ">" + name(i)).toList());
  }

  /** A (writable) and B, each replicating from the other, and {@code replicas} more below A. */
  public static SandboxSpec coMasters(ServerKind kind, int replicas) {
    List<String> edges = new ArrayList<>(List.of("A>B", "B>A"));
    IntStream.rangeClosed(2, replicas + 1).forEach(i -> edges.add("A>" + name(i)));
    return ofEdges(kind, edges);
  }

  /**
   * Any shape. Each edge is {@code MASTER>REPLICA}, or a name alone for a server without
   * neighbours. In a ring the first one mentioned is the writable one.
   */
  public static SandboxSpec shape(ServerKind kind, String... edges) {
    return ofEdges(kind, List.of(edges));
  }

  private static String name(int index) {
    return index < 26 ? Character.toString('A' + index) : "S" + index;
  }

  private static SandboxSpec ofEdges(ServerKind kind, List<String> edges) {
    Map<String, Optional<String>> masters = new LinkedHashMap<>();
    if (edges.isEmpty()) {
      masters.put("A", Optional.empty());
    }
    for (String edge : edges) {
      List<String> ends = List.of(edge.split(">", -1));
      ends.forEach(end -> masters.putIfAbsent(end.strip(), Optional.empty()));
      if (ends.size() > 2) {
        throw new IllegalArgumentException("\"" + edge + "\" is not of the form MASTER>REPLICA");
      }
      if (ends.size() == 2
          && masters.put(ends.get(1).strip(), Optional.of(ends.get(0).strip())).isPresent()) {
        throw new IllegalArgumentException(ends.get(1).strip() + " has two masters");
      }
    }
    List<Node> nodes = new ArrayList<>();
    masters.forEach((name, master) ->
        nodes.add(
            new Node(
                name, kind, master, isHead(name, masters, nodes), List.of(), Placement.LOOPBACK)));
    return new SandboxSpec(nodes, Profile.TUNED, false, false);
  }

  /** Without a master, or first of its ring. */
  private static boolean isHead(
      String name, Map<String, Optional<String>> masters, List<Node> earlier) {
    Optional<String> above = masters.getOrDefault(name, Optional.empty());
    for (int steps = 0; above.isPresent() && steps < masters.size(); steps++) {
      String current = above.get();
      if (current.equals(name)) {
        return true;
      }
      if (earlier.stream().anyMatch(node -> node.name().equals(current))) {
        return false;
      }
      above = masters.getOrDefault(current, Optional.empty());
    }
    return above.isEmpty() && masters.getOrDefault(name, Optional.empty()).isEmpty();
  }

  /** Fast detection: {@link Profile#TUNED}. */
  public SandboxSpec tuned() {
    return new SandboxSpec(servers, Profile.TUNED, keepData, byPosition);
  }

  /** As servers come: {@link Profile#SERVER_DEFAULTS}. */
  public SandboxSpec defaults() {
    return new SandboxSpec(servers, Profile.SERVER_DEFAULTS, keepData, byPosition);
  }

  /** Leaves the data directories when the sandbox ends. */
  public SandboxSpec keepingData() {
    return new SandboxSpec(servers, profile, true, byPosition);
  }

  /** Without GTIDs: replicas are told file and position, and MySQL's GTIDs are off. */
  public SandboxSpec withoutGtid() {
    SandboxSpec spec = new SandboxSpec(servers, profile, keepData, true);
    for (Node node : servers) {
      if (!node.kind().isMariaDb()) {
        spec =
            spec.setting(node.name(), "gtid-mode=OFF")
                .setting(node.name(), "enforce-gtid-consistency=OFF");
      }
    }
    return spec;
  }

  /** Lets one server be of another kind. */
  public SandboxSpec kind(String name, ServerKind kind) {
    return change(
        name,
        node ->
            new Node(
                name, kind, node.master(), node.writable(), node.settings(), node.placement()));
  }

  /** Lets one server run elsewhere than on 127.0.0.1. */
  public SandboxSpec place(String name, Placement placement) {
    return change(
        name,
        node ->
            new Node(
                name, node.kind(), node.master(), node.writable(), node.settings(), placement));
  }

  /** Adds a line to one server's option file, such as {@code "log-bin=OFF"}. */
  public SandboxSpec setting(String name, String line) {
    return change(
        name,
        node -> {
          List<String> settings = new ArrayList<>(node.settings());
          settings.add(line);
          return new Node(
              name, node.kind(), node.master(), node.writable(), settings, node.placement());
        });
  }

  private SandboxSpec change(String name, UnaryOperator<Node> change) {
    if (servers.stream().noneMatch(node -> node.name().equals(name))) {
      throw new IllegalArgumentException("There is no server " + name);
    }
    return new SandboxSpec(
        servers.stream().map(node -> node.name().equals(name) ? change.apply(node) : node).toList(),
        profile,
        keepData,
        byPosition);
  }
}
