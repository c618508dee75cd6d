package orchestrator.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import orchestrator.sandbox.Account;
import orchestrator.sandbox.Sandbox;
import orchestrator.sandbox.SandboxServer;
import orchestrator.sandbox.SandboxSpec;
import orchestrator.sandbox.ServerKind;
import orchestrator.system.ManagerGroup.Node;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Nodes whose stores are databases of a MySQL server, each its own, or files, or both. */
@Tag("long")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GroupOnMySqlTest {
  private static final int BACKEND_GONE = 3;

  @TempDir Path folder;
  private Sandbox sandbox;
  private SandboxServer store;
  private ManagerGroup group;

  @BeforeAll
  void startServer() {
    sandbox = Sandbox.start(SandboxSpec.masterAndReplicas(ServerKind.MYSQL_8_0, 0));
    store = sandbox.master();
  }

  @AfterAll
  void stopServer() {
    sandbox.close();
  }

  @AfterEach
  void stopGroup() {
    group.close();
  }

  /** With shorter limits than the default ones. */
  @BeforeEach
  void configure() {
    group =
        ManagerGroup.of(
            3,
            folder,
            ManagerConfiguration.quick()
                .with("BackendFailureHandOverSeconds", 2)
                .with("BackendFailureExitSeconds", 8));
  }

  private void start(List<Integer> onMySql, String prefix) {
    for (Node node : group.nodes()) {
      group.start(node, onMySql.contains(node.number()) ? database(node, prefix) : Map.of());
    }
    group.leader();
    group.nodes().forEach(group::awaitHealthy);
  }

  private Map<String, Object> database(Node node, String prefix) {
    Map<String, Object> keys = new TreeMap<>();
    keys.put("BackendDB", "mysql");
    keys.put("MySQLOrchestratorHost", store.host());
    keys.put("MySQLOrchestratorPort", store.port());
    keys.put("MySQLOrchestratorDatabase", databaseName(node, prefix));
    keys.put("MySQLOrchestratorUser", Account.ADMIN.user());
    keys.put("MySQLOrchestratorPassword", Account.ADMIN.password());
    keys.put("MySQLOrchestratorReadTimeoutSeconds", 2);
    return keys;
  }

  private static String databaseName(Node node, String prefix) {
    return prefix + node.number();
  }

  /** Up to which entry of the log the history in a node's database goes. */
  private long historyIndex(Node node, String prefix) {
    return store
        .value(
            "SELECT value FROM %s.ojr_meta WHERE name LIKE 'applied:%%'"
                .formatted(databaseName(node, prefix)))
        .map(Long::parseLong)
        .orElse(0L);
  }

  private void write(String key) {
    assertThat(group.get(group.leader(), "put-key-value/" + key + "/v").isOk()).isTrue();
  }

  /** Entries without commands, as of a new term, are no history. */
  private void awaitHistories(String prefix, long atLeast) {
    await("the histories of all nodes")
        .atMost(ManagerGroup.LIMIT)
        .until(
            () ->
                group.nodes().stream().map(node -> historyIndex(node, prefix)).distinct().toList(),
            indices -> indices.size() == 1 && indices.getFirst() >= atLeast);
  }

  @Test
  void everyCommandReachesTheHistoryOfEveryNodeAndANodeStartsAgainWithItsOwn() {
    start(List.of(1, 2, 3), "all");
    write("first");
    awaitHistories("all", 1);
    long before = historyIndex(group.leader(), "all");
    for (int i = 0; i < 20; i++) {
      write("key" + i);
    }
    awaitHistories("all", before + 20);

    Node killed = group.follower();
    group.kill(killed);
    write("while-it-was-away");
    group.start(killed, database(killed, "all"));
    group.awaitHealthy(killed);
    group.awaitSameState();
    awaitHistories("all", before + 21);
  }

  @Test
  void aLeaderWhoseBackendIsGoneHandsOverAndLeavesAndTheOthersGoOn() throws IOException {
    start(List.of(1), "mixed");
    Node onServer = group.nodes().getFirst();
    group.get(group.leader(), "raft-yield/" + onServer.raftAddress());
    await("it leads").atMost(ManagerGroup.LIMIT).until(() -> group.leads(onServer));
    write("before");

    store.kill();
    try {
      await("another one leads while it still runs")
          .atMost(ManagerGroup.LIMIT)
          .until(() -> group.others(onServer).stream().anyMatch(group::leads));
      assertThat(group.process(onServer).isAlive()).isTrue();
      write("after");
      assertThat(group.awaitEnd(onServer)).isEqualTo(BACKEND_GONE);
      assertThat(Files.readString(onServer.home().resolve("log")))
          .contains("FATAL The backend has failed for");
    } finally {
      store.start();
    }
    group.start(onServer, database(onServer, "mixed"));
    group.awaitHealthy(onServer);
    group.awaitSameState();
    assertThat(group.get(onServer, "local-key-values?prefix=after").json()).hasSize(1);
  }
}
