package orchestrator.server.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import orchestrator.sandbox.install.SelfSigned;
import orchestrator.server.engine.Consensus.Submission;
import orchestrator.server.engine.GroupStatus.Peer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nodes with mutual TLS: certificates that are not of the group's authority get nobody in. */
class EncryptedChannelTest {
  @TempDir Path folder;
  private Optional<Trio> started = Optional.empty();

  @BeforeEach
  void makeCertificates() throws IOException {
    for (String name : List.of("node1", "node2", "node3", "stranger")) {
      Path scratch = Files.createDirectory(folder.resolve("scratch-" + name));
      SelfSigned.write(scratch, certificate(name), key(name));
      Path trusting = name.equals("stranger") ? authorities("stranger") : authorities("group");
      Files.write(
          trusting,
          Files.readAllBytes(certificate(name)),
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    }
    // The stranger trusts the group: it is the group that must not trust the stranger.
    Files.write(
        authorities("stranger"),
        Files.readAllBytes(authorities("group")),
        StandardOpenOption.APPEND);
  }

  @AfterEach
  void stop() {
    started.ifPresent(Trio::close);
  }

  private Path certificate(String name) {
    return folder.resolve(name + ".crt");
  }

  private Path key(String name) {
    return folder.resolve(name + ".key");
  }

  private Path authorities(String of) {
    return folder.resolve(of + "-authorities.crt");
  }

  private RaftSettings.Tls tls(String name, String authorities) {
    return new RaftSettings.Tls(certificate(name), key(name), authorities(authorities));
  }

  private Trio twoNodes(Optional<RaftSettings.Tls> third) {
    Trio trio =
        new Trio(
            folder.resolve("nodes"),
            3,
            peer -> peer.name().equals("node3") ? third : Optional.of(tls(peer.name(), "group")));
    started = Optional.of(trio);
    try {
      Files.createDirectories(folder.resolve("nodes"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    for (Peer peer : trio.peers().subList(0, 2)) {
      trio.start(trio.settings(peer));
    }
    return trio;
  }

  private static void assertStaysOutside(Trio trio) {
    assertThat(Trio.put(trio.leader(), "k", "v")).isInstanceOf(Submission.Committed.class);
    RaftConsensus third = trio.start(trio.settings(trio.peers().get(2)));

    await()
        .during(Duration.ofSeconds(3))
        .atMost(Trio.LIMIT)
        .until(() -> !third.status().inQuorum() && third.state().keyValues().isEmpty());
    assertThat(Trio.put(trio.leader(), "k", "w")).isInstanceOf(Submission.Committed.class);
  }

  @Test
  void nodesWithCertificatesOfTheGroupAgree() {
    Trio trio = twoNodes(Optional.of(tls("node3", "group")));
    RaftConsensus third = trio.start(trio.settings(trio.peers().get(2)));

    assertThat(Trio.put(trio.leader(), "k", "v")).isInstanceOf(Submission.Committed.class);
    await().atMost(Trio.LIMIT).until(() -> third.state().keyValues().containsKey("k"));
  }

  @Test
  void aNodeWithAForeignCertificateStaysOutside() {
    assertStaysOutside(twoNodes(Optional.of(tls("stranger", "stranger"))));
  }

  @Tag("long")
  @Test
  void aNodeWithoutEncryptionStaysOutside() {
    assertStaysOutside(twoNodes(Optional.empty()));
  }
}
