package orchestrator.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import orchestrator.sandbox.install.SelfSigned;
import orchestrator.sandbox.process.Placement;
import orchestrator.system.ManagerGroup.Node;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mutual TLS as people switch it on, by the keys of the configuration. */
class EncryptedGroupTest {
  /** Several election timeouts, and several attempts to connect. */
  private static final Duration LONG_ENOUGH = Duration.ofSeconds(2);

  @TempDir Path folder;
  private ManagerGroup group;

  @BeforeEach
  void startTwoOfThree() throws IOException {
    for (String name : List.of("node", "stranger")) {
      SelfSigned.write(Files.createDirectory(folder.resolve(name)), pem(name), pem(name + "-key"));
    }
    Files.copy(pem("node"), pem("node-authorities"));
    // The stranger trusts the group: it is the group that must not trust the stranger.
    Files.copy(pem("stranger"), pem("stranger-authorities"));
    Files.write(
        pem("stranger-authorities"), Files.readAllBytes(pem("node")), StandardOpenOption.APPEND);
    // The certificates are of this address.
    group =
        ManagerGroup.placed(
            Collections.nCopies(3, Placement.LOOPBACK), folder, ManagerConfiguration.quick());
    group.nodes().subList(0, 2).forEach(node -> group.start(node, encryption("node")));
    group.leader();
  }

  @AfterEach
  void stop() {
    group.close();
  }

  private Path pem(String name) {
    return folder.resolve(name + ".pem");
  }

  private Map<String, Object> encryption(String name) {
    return Map.of(
        "RaftUseMutualTLS",
        true,
        "RaftTLSCertFile",
        pem(name).toString(),
        "RaftTLSPrivateKeyFile",
        pem(name + "-key").toString(),
        "RaftTLSCAFile",
        pem(name + "-authorities").toString());
  }

  @Tag("long")
  @Test
  void aForeignCertificateAndAnotherGroupAreRefusedAndAGoodOneIsAccepted() {
    Node third = group.nodes().getLast();
    write("before");

    group.start(third, encryption("stranger"));
    assertStaysOutside(third);
    group.kill(third);

    Map<String, Object> other = new HashMap<>(encryption("node"));
    other.put("RaftClusterName", "other");
    other.put("RaftDataDir", third.home().resolve("other").toString());
    group.start(third, other);
    assertStaysOutside(third);
    group.kill(third);

    group.start(third, encryption("node"));
    group.awaitHealthy(third);
    group.awaitSameState();
    assertThat(keyValues(third)).contains("before", "meanwhile");
  }

  private void assertStaysOutside(Node node) {
    await("it serves").atMost(ManagerGroup.LIMIT).until(() -> group.raft(node).isPresent());
    await("it stays outside")
        .during(LONG_ENOUGH)
        .atMost(ManagerGroup.LIMIT)
        .until(
            () -> group.get(node, "raft-health").status() == 500 && keyValues(node).equals("[]"));
    write("meanwhile");
    assertThat(keyValues(node)).isEqualTo("[]");
  }

  private void write(String key) {
    await(key + " is acknowledged")
        .atMost(ManagerGroup.LIMIT)
        .until(() -> group.get(group.leader(), "put-key-value/" + key + "/v").isOk());
  }

  private String keyValues(Node node) {
    return group.get(node, "local-key-values").body().strip();
  }
}
