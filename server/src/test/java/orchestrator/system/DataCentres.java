package orchestrator.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import orchestrator.sandbox.Sandbox;
import orchestrator.sandbox.SandboxServer;
import orchestrator.sandbox.SandboxSpec;
import orchestrator.sandbox.ServerKind;
import orchestrator.sandbox.network.Network;
import orchestrator.sandbox.process.Placement;
import orchestrator.system.ManagerGroup.Answer;
import orchestrator.system.ManagerGroup.Node;
import tools.jackson.databind.JsonNode;

/**
 * Three data centres, each with a manager and a server; the managers form a group, the servers a
 * topology with its master in the second one. Everything is asked from outside, past all cuts.
 */
final class DataCentres implements AutoCloseable {
  static final List<String> NAMES = List.of("dc1", "dc2", "dc3");
  static final Duration LIMIT = Duration.ofMinutes(2);

  private final Network network;
  private final Sandbox sandbox;
  private final ManagerGroup group;

  private DataCentres(Network network, Sandbox sandbox, ManagerGroup group) {
    this.network = network;
    this.sandbox = sandbox;
    this.group = group;
  }

  static DataCentres start(Path folder) {
    Network network = Network.of(NAMES.toArray(String[]::new));
    SandboxSpec spec =
        SandboxSpec.masterAndReplicas(ServerKind.MYSQL_8_0, 2)
            .place("A", network.site("dc2").place())
            .place("B", network.site("dc1").place())
            .place("C", network.site("dc3").place());
    Sandbox sandbox = Sandbox.start(spec);
    List<Placement> places = NAMES.stream().map(name -> network.site(name).place()).toList();
    ManagerConfiguration configuration =
        ManagerConfiguration.quick()
            .with("ClusterNameToAlias", Map.of("10[.]93[.]", ManagerConfiguration.ALIAS))
            .with("RecoveryPeriodBlockSeconds", 1);
    ManagerGroup group = ManagerGroup.placed(places, folder, configuration).startAll();
    return new DataCentres(network, sandbox, group);
  }

  Network network() {
    return network;
  }

  Sandbox sandbox() {
    return sandbox;
  }

  ManagerGroup group() {
    return group;
  }

  Node node(String dataCentre) {
    return group.nodes().get(NAMES.indexOf(dataCentre));
  }

  /** The servers as at the start, every node takes part, and the leader sees everything so. */
  void makeWhole() {
    network.heal();
    for (Node node : group.nodes()) {
      await(node + " takes part").atMost(LIMIT).until(() -> group.get(node, "raft-health").isOk());
    }
    group.forget(sandbox);
    Servers.reset(sandbox);
    String key = sandbox.master().host() + "/" + sandbox.master().port();
    await("discovered")
        .atMost(LIMIT)
        .until(() -> group.get(group.leader(), "discover/" + key).isOk());
    awaitPicture(key);
  }

  private void awaitPicture(String master) {
    await("the whole picture")
        .atMost(LIMIT)
        .until(() -> whatIsWrongWithThePicture(master), List::isEmpty);
  }

  private List<String> whatIsWrongWithThePicture(String master) {
    Node leader = group.leader();
    List<JsonNode> seen = rows(group.get(leader, "cluster/instance/" + master));
    List<String> wrong = new ArrayList<>();
    if (seen.stream().filter(row -> row.path("IsLastCheckValid").asBoolean(false)).count()
        != sandbox.servers().size()) {
      seen.forEach(row -> wrong.add(row.toString()));
      wrong.add(seen.size() + " servers are seen");
    }
    group
        .get(leader, "replication-analysis")
        .json()
        .path("Details")
        .forEach(row -> wrong.add(row.toString()));
    return wrong;
  }

  /** Gives the lead to the node of a data centre. */
  Node lead(String dataCentre) {
    Node wanted = node(dataCentre);
    await(wanted + " leads")
        .atMost(LIMIT)
        .until(() -> {
          Node leader = group.leader();
          if (!leader.equals(wanted)) {
            group.get(leader, "raft-yield/" + wanted.raftAddress());
          }
          return group.leads(wanted);
        });
    return wanted;
  }

  /** Waits for a leader that is not in this data centre. */
  Node leaderOutside(String dataCentre) {
    Node inside = node(dataCentre);
    await("a leader outside " + dataCentre)
        .atMost(LIMIT)
        .until(() -> group.others(inside).stream().anyMatch(group::leads));
    return group.others(inside).stream().filter(group::leads).findFirst().orElseThrow();
  }

  /** Recoveries of a server that the leader knows of and that have ended. */
  List<JsonNode> recoveriesOf(SandboxServer failed) {
    return rows(group.get(group.leader(), "audit-recovery")).stream()
        .filter(row ->
            row.path("AnalysisEntry").path("AnalyzedInstanceKey").path("Port").asInt()
                == failed.port())
        .toList();
  }

  SandboxServer promotedBy(JsonNode recovery) {
    assertThat(recovery.path("IsSuccessful").asBoolean()).as("%s", recovery).isTrue();
    return sandbox.servers().stream()
        .filter(server -> server.port() == recovery.path("SuccessorKey").path("Port").asInt())
        .findFirst()
        .orElseThrow();
  }

  /** What a node itself has of the key-values, with the entry of the log that wrote each. */
  Map<String, String> keyValues(Node node) {
    Map<String, String> found = new TreeMap<>();
    for (JsonNode row : rows(group.get(node, "local-key-values"))) {
      found.put(row.path("Key").asString(), row.toString());
    }
    return found;
  }

  /** All nodes have applied the same entries, and hold the same. */
  void awaitSameState() {
    await("all nodes have applied the same entries")
        .atMost(LIMIT)
        .until(() ->
            group.nodes().stream()
                    .map(node -> group.raft(node).map(raft -> raft.path("AppliedIndex").asLong(-1)))
                    .collect(Collectors.toSet())
                    .size()
                == 1);
    Set<Map<String, String>> held =
        group.nodes().stream().map(this::keyValues).collect(Collectors.toSet());
    assertThat(held).hasSize(1);
    group.awaitSameState();
  }

  static List<JsonNode> rows(Answer answer) {
    if (!answer.isOk()) {
      return List.of();
    }
    return StreamSupport.stream(answer.json().spliterator(), false).toList();
  }

  @Override
  public void close() {
    group.close();
    sandbox.close();
    network.close();
  }
}
