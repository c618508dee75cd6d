package orchestrator.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import orchestrator.program.ClientScript;
import orchestrator.program.Run;
import orchestrator.system.ManagerGroup.Node;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.CsvSource;

/** Real managers come and go, as {@code docs/raft.md} says, by the client that people use. */
@Tag("long")
@ParameterizedClass
@CsvSource({"300,600", "150,300"})
class MembershipTest {
  private static final int RAFT_STOPPED = 5;

  @TempDir Path folder;
  private final ManagerConfiguration configuration;
  private ManagerGroup group;
  private Node spare;

  MembershipTest(int minMilliseconds, int maxMilliseconds) {
    configuration =
        ManagerConfiguration.quick().withElectionTimeouts(minMilliseconds, maxMilliseconds);
  }

  @BeforeAll
  static void needsItsPrograms() throws Exception {
    ClientScript.assumePrograms();
  }

  @BeforeEach
  void start() {
    group = ManagerGroup.withSpares(3, 1, folder, configuration).startAll();
    spare = group.nodes().getLast();
    group.leader();
    group.running().forEach(group::awaitHealthy);
  }

  @AfterEach
  void stop() {
    group.close();
  }

  /** By all endpoints, as people have them in their environment. */
  private Run client(String... arguments) throws Exception {
    return client(group.running(), arguments);
  }

  private Run client(List<Node> endpoints, String... arguments) throws Exception {
    String uris = String.join(" ", endpoints.stream().map(Node::uri).toList());
    return ClientScript.run(
        folder,
        Map.of("ORCHESTRATOR_API", uris),
        Stream.concat(Stream.of("-c"), Arrays.stream(arguments)).toArray(String[]::new));
  }

  private void prints(String expected, String... arguments) throws Exception {
    assertThat(client(arguments)).isEqualTo(new Run(0, expected + "\n", ""));
  }

  private void isRefused(String why, String... arguments) throws Exception {
    Run run = client(arguments);
    assertThat(run.exit()).as(run.err()).isEqualTo(1);
    assertThat(run.err()).contains(why);
  }

  private void write(String key) {
    assertThat(group.get(group.leader(), "put-key-value/" + key + "/v").isOk()).isTrue();
  }

  private void assertHas(Node node, String... keys) {
    group.awaitSameState();
    assertThat(group.get(node, "local-key-values?prefix=key").json().findValuesAsString("Key"))
        .contains(keys);
  }

  private List<String> members() throws Exception {
    return client("raft-peers").out().lines().toList();
  }

  private static String printed(Node node) throws IOException {
    return Files.readString(node.home().resolve("log"));
  }

  @Test
  void aNodeJoinsTakesOverTheLeadAndReplacesAnother() throws Exception {
    write("key1");
    group.startJoining(spare);
    await("it runs")
        .atMost(ManagerGroup.LIMIT)
        .until(() -> group.get(spare, "raft-health").status() == 500);
    assertThat(group.get(spare, "put-key-value/alone/v").status()).isEqualTo(503);

    isRefused("No such member: nobody", "raft-remove-peer", "-H", "nobody");
    isRefused("No such member: nobody", "raft-yield", "-H", "nobody");
    isRefused("No such member: nobody", "raft-elect-leader", "-H", "nobody");
    isRefused("Not the address of a node", "raft-add-peer", "-H", "no address");
    prints(spare.raftAddress(), "raft-add-peer", "-H", spare.raftAddress());
    isRefused("is a member already", "raft-add-peer", "-H", spare.raftAddress());

    group.awaitHealthy(spare);
    assertThat(members()).hasSize(4).contains(spare.raftAddress());
    assertHas(spare, "key1");

    Node former = group.leader();
    isRefused("hand over first", "raft-remove-peer", "-H", former.raftAddress());
    prints(spare.host(), "raft-elect-leader", "-H", spare.host());
    await("it leads").atMost(ManagerGroup.LIMIT).until(() -> group.leads(spare));
    write("key2");

    // Through a node that only passes it on.
    Node follower =
        group.others(spare).stream().filter(n -> !n.equals(former)).findFirst().orElseThrow();
    assertThat(client(List.of(follower), "raft-remove-peer", "-H", former.raftAddress()).exit())
        .isZero();
    assertThat(group.awaitEnd(former)).isEqualTo(RAFT_STOPPED);
    assertThat(printed(former)).contains("FATAL Raft has stopped on this node: it was removed");
    assertThat(members()).hasSize(3).doesNotContain(former.raftAddress());

    long term = group.term(spare);
    group.start(former);
    await("it waits to be added")
        .atMost(ManagerGroup.LIMIT)
        .until(() -> group.get(former, "raft-health").status() == 500);
    group.kill(former);

    assertThat(group.term(spare)).as("who was removed disturbs nobody").isEqualTo(term);
    group.terminate(spare);
    group.leader();
    group.startJoining(spare);
    group.awaitHealthy(spare);
    assertHas(spare, "key1", "key2");
  }

  @Test
  void aNodeWhoseDiskWasEmptiedIsReplacedAndNoQuorumIsGivenAway() throws Exception {
    write("key1");
    Node emptied = group.follower();
    Node other =
        group.others(group.leader()).stream()
            .filter(n -> !n.equals(emptied))
            .findFirst()
            .orElseThrow();
    group.kill(emptied);
    isRefused("no majority", "raft-remove-peer", "-H", other.raftAddress());
    assertThat(members()).hasSize(3);

    prints(emptied.raftAddress(), "raft-remove-peer", "-H", emptied.raftAddress());
    write("key2");
    empty(emptied.raftDirectory());
    group.startJoining(emptied);
    await("it runs")
        .atMost(ManagerGroup.LIMIT)
        .until(() -> group.get(emptied, "raft-health").status() == 500);
    prints(emptied.raftAddress(), "raft-add-peer", "-H", emptied.raftAddress());
    group.awaitHealthy(emptied);
    assertHas(emptied, "key1", "key2");

    Node leader = group.leader();
    group.kill(leader);
    write("key3");
    assertHas(emptied, "key1", "key2", "key3");

    group.startJoining(leader);
    group.awaitHealthy(leader);
    assertHas(leader, "key1", "key2", "key3");
  }

  private static void empty(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
