package orchestrator.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import orchestrator.sandbox.process.Placement;
import orchestrator.system.ManagerGroup.Node;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Nodes that know each other by name, as pods do. The names stand in a file that their JVMs read in
 * place of the machine's.
 */
@Tag("long")
class AddressChangeTest {
  /** A JVM keeps what a name meant for 30 seconds. */
  private static final Duration LIMIT = Duration.ofMinutes(2);

  @TempDir Path folder;
  private final Map<String, String> addresses = new TreeMap<>();
  private ManagerGroup group;

  @BeforeEach
  void configure() throws IOException {
    group =
        ManagerGroup.placed(
            List.of(place("127.0.0.11"), place("127.0.0.12"), place("127.0.0.13")),
            folder,
            ManagerConfiguration.quick());
    writeNames();
  }

  @AfterEach
  void stop() {
    group.close();
  }

  private Placement place(String host) {
    String names = "-Djdk.net.hosts.file=" + folder.resolve("hosts");
    return new Placement(host, "127.%", List.of("env", "JAVA_TOOL_OPTIONS=" + names));
  }

  private static String name(Node node) {
    return "node" + node.number() + ".test";
  }

  private void writeNames() throws IOException {
    List<String> lines = new ArrayList<>(List.of("127.0.0.1 localhost"));
    addresses.forEach((name, address) -> lines.add(address + " " + name));
    Path written = Files.write(folder.resolve("hosts.new"), lines);
    Files.move(written, folder.resolve("hosts"), StandardCopyOption.REPLACE_EXISTING);
  }

  /** Starts a node where it is, and has its name mean that. */
  private void start(Node node) throws IOException {
    addresses.put(name(node), node.host());
    writeNames();
    Path file =
        group.writeConfiguration(
            node,
            Map.of(
                "RaftNodes",
                group.nodes().stream().map(other -> name(other) + ":" + other.raftPort()).toList(),
                "RaftAdvertise",
                name(node) + ":" + node.raftPort(),
                "HTTPAdvertise",
                "http://" + name(node) + ":" + node.httpPort()));
    group.adopt(
        node,
        ChildManager.placed(
            node.placement(), node.home().resolve("log"), "--config=" + file, "http"));
  }

  private Node movedTo(String host, Node node) {
    return new Node(node.number(), place(host), node.httpPort(), node.raftPort(), node.home());
  }

  private void awaitPart(Node node) {
    await(node + " takes part").atMost(LIMIT).until(() -> group.get(node, "raft-health").isOk());
  }

  private String digest(Node node) {
    return group.get(node, "raft-state-digest").body();
  }

  @Test
  void aNameThatDoesNotResolveStopsNobodyAndANodeIsFoundUnderAnotherAddress() throws IOException {
    Node first = group.nodes().get(0);
    Node second = group.nodes().get(1);
    Node third = group.nodes().get(2);

    start(first);
    start(second);
    awaitPart(first);
    assertThat(group.get(group.leader(), "put-key-value/two/v").isOk()).isTrue();
    start(third);
    awaitPart(third);

    group.kill(third);
    Node moved = movedTo("127.0.0.23", third);
    start(moved);
    assertThat(group.get(group.leader(), "put-key-value/moved/v").isOk()).isTrue();
    awaitPart(moved);
    await("it has everything").atMost(LIMIT).until(() -> digest(moved).equals(digest(first)));

    Node leader = group.leads(first) ? first : second;
    Node other = leader.equals(first) ? second : first;
    group.kill(leader);
    await("the group goes on with it")
        .atMost(LIMIT)
        .until(() -> group.get(moved, "put-key-value/after/v").isOk());
    await("both have the same").atMost(LIMIT).until(() -> digest(moved).equals(digest(other)));
  }
}
