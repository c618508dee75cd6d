package orchestrator.bench.chaos;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import orchestrator.sandbox.Account;
import orchestrator.sandbox.SandboxServer;
import orchestrator.sandbox.history.CommandFates.Sighting;
import orchestrator.sandbox.history.Digests.Digest;
import orchestrator.sandbox.history.Leaders.Claim;
import orchestrator.sandbox.history.Masters.Sample;
import tools.jackson.databind.JsonNode;

/** Looks at nodes and servers, all the time. */
final class Observer {
  private static final Duration ROLE_PAUSE = Duration.ofMillis(250);
  private static final Duration DIGEST_PAUSE = Duration.ofSeconds(1);
  private static final Duration TRACE_PAUSE = Duration.ofSeconds(5);
  private static final Duration SERVER_PAUSE = Duration.ofMillis(250);
  private static final int SERVER_LIMIT_MILLIS = 1000;

  /** Whoever was seen ready so lately counts as the leader. */
  private static final Duration LATELY = Duration.ofMillis(1500);

  private final World world;
  private final Api api;
  private final History history;

  /** Names of the members whose links are bad. */
  private final Supplier<Set<String>> badLinks;

  private final Map<String, Optional<Boolean>> writable = new ConcurrentHashMap<>();
  private volatile Optional<Claim> ready = Optional.empty();

  Observer(World world, Api api, History history, Supplier<Set<String>> badLinks) {
    this.world = world;
    this.api = api;
    this.history = history;
    this.badLinks = badLinks;
  }

  void start(Loops loops) {
    for (ManagerNode node : world.nodes()) {
      loops.repeat("roles of " + node, ROLE_PAUSE, () -> observeRole(node));
      loops.repeat("digests of " + node, DIGEST_PAUSE, () -> observeDigest(node));
      loops.repeat("traces on " + node, TRACE_PAUSE, () -> observeTraces(node));
    }
    for (SandboxServer server : world.servers()) {
      ServerLink link = new ServerLink(server, Account.ADMIN, SERVER_LIMIT_MILLIS);
      loops.repeat(
          "writability of " + server.name(),
          SERVER_PAUSE,
          () -> writable.put(server.name(), link.isWritable()));
    }
    loops.repeat("samples", SERVER_PAUSE, this::sample);
  }

  /** Name of the node that was lately seen to lead. */
  Optional<String> leader() {
    return ready
        .filter(claim -> history.clock().now() - claim.answered() < LATELY.toNanos())
        .map(Claim::leader);
  }

  private void observeRole(ManagerNode node) {
    long asked = history.clock().now();
    Optional<JsonNode> status = api.get(node, "raft");
    long answered = history.clock().now();
    status.ifPresent(raft -> {
      long term = raft.path("Term").asLong();
      String leader = nameOf(raft.path("LeaderAddress").asString(""));
      boolean leads = raft.path("State").asString("").equals("Leader");
      if (leads) {
        boolean isReady = raft.path("IsReadyLeader").asBoolean(false);
        Claim claim = new Claim(node.name(), term, isReady, asked, answered);
        history.claims.add(claim);
        ready = isReady ? Optional.of(claim) : ready;
      } else if (!leader.isEmpty()) {
        history.claims.add(new Claim(leader, term, false, asked, answered));
      }
    });
  }

  private String nameOf(String raftAddress) {
    return world.nodes().stream()
        .filter(node -> node.raftAddress().equals(raftAddress))
        .map(ManagerNode::name)
        .findFirst()
        .orElse("");
  }

  private void observeDigest(ManagerNode node) {
    digest(node).ifPresent(history.digests::add);
  }

  /** What it holds now. */
  Optional<Digest> digest(ManagerNode node) {
    return api.get(node, "raft-state-digest")
        .map(digest ->
            new Digest(
                node.name(), digest.path("Index").asLong(), digest.path("SHA256").asString("")));
  }

  private void observeTraces(ManagerNode node) {
    history.sightings.addAll(traces(node));
  }

  /** The traces of commands that it holds now. */
  List<Sighting> traces(ManagerNode node) {
    return api.rows(node, "local-key-values?prefix=" + CommandClient.PREFIX).stream()
        .map(row ->
            new Sighting(
                row.path("Key").asString(""),
                row.path("Term").asLong() + ":" + row.path("Index").asLong()))
        .toList();
  }

  /** What was read last of each; a server that did not answer is in neither set. */
  private void sample() {
    long at = history.clock().now();
    Map<Boolean, Set<String>> all = new HashMap<>();
    writable.forEach((name, answer) ->
        answer.ifPresent(value -> all.computeIfAbsent(value, v -> new HashSet<>()).add(name)));
    Set<String> takeWrites = all.getOrDefault(true, Set.of());
    history.samples.add(new Sample(at, takeWrites, all.getOrDefault(false, Set.of())));
    Set<String> reached =
        leader().isEmpty()
            ? Set.of()
            : takeWrites.stream()
                .filter(name -> !badLinks.get().contains(name))
                .collect(Collectors.toSet());
    history.samplesOfQuorum.add(new Sample(at, reached, Set.of()));
  }

  /** Names of the servers that took writes when they were last asked. */
  Set<String> writable() {
    return writable.entrySet().stream()
        .filter(entry -> entry.getValue().orElse(false))
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }
}
