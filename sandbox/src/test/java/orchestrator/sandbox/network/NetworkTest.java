package orchestrator.sandbox.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import orchestrator.sandbox.Sandbox;
import orchestrator.sandbox.SandboxServer;
import orchestrator.sandbox.SandboxSpec;
import orchestrator.sandbox.ServerKind;
import orchestrator.sandbox.install.PacketFilter;
import orchestrator.sandbox.network.Correspondent.Peer;
import orchestrator.sandbox.process.BoundProcess;
import orchestrator.sandbox.process.Placement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Needs root; as root, a machine that lacks something fails. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NetworkTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** For an answer that must come. */
  private static final int PATIENT_MILLIS = 30_000;

  /** For one that must not. */
  private static final int IMPATIENT_MILLIS = 400;

  private final List<BoundProcess> processes = new ArrayList<>();
  private final Map<String, Placement> places = new TreeMap<>();
  private Network network;

  @BeforeAll
  void makeSites(@TempDir Path folder) throws IOException {
    assumeTrue(Network.isPermitted(), "networks need root");
    network = Network.of("a", "b", "c");
    for (String site : List.of("a", "b", "c")) {
      Placement place = network.site(site).place();
      List<String> program =
          List.of(
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "-Xshare:auto",
              "-XX:TieredStopAtLevel=1",
              "-XX:+UseSerialGC",
              "-cp",
              System.getProperty("java.class.path"),
              Correspondent.class.getName(),
              place.host());
      places.put(site, place);
      processes.add(
          BoundProcess.start(
              place.command(program), Map.of(), folder, folder.resolve(site + ".log")));
    }
    for (String site : places.keySet()) {
      await(site + " answers")
          .atMost(LIMIT)
          .ignoreExceptions()
          .until(() -> tell(site, "echo x"), "x"::equals);
    }
  }

  @AfterEach
  void heal() {
    if (network != null) {
      network.heal();
    }
  }

  @AfterAll
  void removeSites() {
    processes.forEach(BoundProcess::kill);
    if (network != null) {
      network.close();
    }
  }

  @Test
  void sitesReachEachOther() throws IOException {
    assertThat(ask("a", "b")).isEqualTo("echo");
    assertThat(ask("b", "c")).isEqualTo("echo");
    assertThat(ask("c", "a")).isEqualTo("echo");
  }

  @Test
  void connectionsAcrossACutAreSilentAndGoOnWhenItIsHealed() throws IOException {
    assertThat(ask("a", "b")).isEqualTo("echo");
    network.isolate("b");
    assertThat(askBriefly("a", "b")).isEqualTo("silence");
    assertThat(ask("a", "c")).isEqualTo("echo");
    assertThat(tell("b", "echo machine")).isEqualTo("machine");
    network.heal();
    assertThat(tell("a", "listen " + host("b") + " " + PATIENT_MILLIS)).isEqualTo("echo");
  }

  @Test
  void newConnectionAcrossACutIsNotRefusedButSilent() throws IOException {
    network.cut("b", "a");
    assertThat(askBriefly("b", "a")).isEqualTo("silence");
    network.heal();
    assertThat(ask("b", "a")).isEqualTo("echo");
  }

  @Test
  void deafSiteIsHeardAndMuteSiteHears() throws IOException {
    network.deafen("a");
    assertThat(hears("a", "b")).isFalse();
    assertThat(hears("b", "a")).isTrue();
    network.heal();
    network.mute("a");
    assertThat(hears("a", "c")).isTrue();
    assertThat(hears("c", "a")).isFalse();
  }

  /** 40 kB take 1.25 s at 256 kbit/s, each way. */
  @Test
  void whatGoesThroughASlowLinkQueuesUp() throws IOException {
    String letter = "x".repeat(40_000);
    network.throttle(Set.of("b"));
    long began = System.nanoTime();
    assertThat(tell("b", "echo " + letter)).isEqualTo(letter);
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(Duration.ofSeconds(1));
    assertThat(ask("a", "c")).isEqualTo("echo");
    network.throttle(Set.of());
    assertThat(ask("a", "b")).isEqualTo("echo");
  }

  @Test
  void linkIsCutInOneDirectionOnly() throws IOException {
    network.cutOneWay("b", "c");
    assertThat(hears("c", "b")).isFalse();
    assertThat(hears("b", "c")).isTrue();
    assertThat(hears("c", "a")).isTrue();
  }

  @Test
  void linksAreAsBadAsWasSaidLastAndOthersAreGood() throws IOException {
    network.cut("a", "c");
    network.degrade(List.of(new Loss("b", "c", 100)));
    assertThat(hears("c", "b")).isFalse();
    assertThat(hears("b", "c")).isTrue();
    assertThat(hears("c", "a")).isTrue();
  }

  @Test
  void aFifthOfThePacketsIsLost() throws IOException {
    network.lose(20);
    int before = heard("c", "a");
    for (int sent = 100; sent <= 1000; sent += 100) {
      tell("a", "send " + host("c") + " 100");
      int least = before + sent * 7 / 10; // no more at once than the receiver's buffer has room for
      await().atMost(LIMIT).until(() -> heard("c", "a") > least - 50);
    }
    // The standard deviation is 13.
    await().atMost(LIMIT).until(() -> heard("c", "a") - before > 700);
    network.heal();
    await().atMost(LIMIT).until(() -> hears("c", "a"));
    assertThat(heard("c", "a") - before).isLessThan(900);
  }

  @Test
  void flappingLinkIsUpAndDownAndUpInTheEnd() throws IOException {
    try (Flapping flapping = network.flap("b", Duration.ofMillis(300))) {
      await().atMost(LIMIT).until(() -> !hears("b", "a"));
      await().atMost(LIMIT).until(() -> hears("b", "a"));
      await().atMost(LIMIT).until(() -> !hears("b", "a"));
      assertThat(flapping).isNotNull();
    }
    assertThat(hears("b", "a")).isTrue();
  }

  @Test
  void serversInSitesReplicateAndCatchUpAfterACut() {
    SandboxSpec spec =
        SandboxSpec.masterAndReplicas(ServerKind.MYSQL_8_0, 1)
            .place("A", network.site("a").place())
            .place("B", network.site("b").place());
    try (Sandbox sandbox = Sandbox.start(spec)) {
      SandboxServer replica = sandbox.server("B");
      assertThat(sandbox.master().host()).startsWith("10.93.");
      assertThat(replica.replicaStatus()).containsEntry("Master_Host", sandbox.master().host());
      assertThat(sandbox.master().query("SHOW SLAVE HOSTS").getFirst())
          .containsEntry("Host", replica.host());
      network.isolate("a");
      sandbox.master().sql("CREATE TABLE app.t (id INT PRIMARY KEY)");
      await("the replica misses its master")
          .atMost(LIMIT)
          .until(() -> "Connecting".equals(replica.replicaStatus().get("Slave_IO_Running")));
      assertThat(replica.query("SHOW TABLES FROM app")).isEmpty();
      network.heal();
      sandbox.awaitCaughtUp(LIMIT);
      assertThat(replica.query("SHOW TABLES FROM app")).hasSize(1);
    }
  }

  @Test
  void nothingIsLeftAfterClosing() throws IOException {
    Network second = Network.of("x", "y");
    String name = "orch" + second.site("x").place().host().split("\\.")[2];
    assertThat(made(name)).containsExactly(name + "-middle", name + "-x", name + "-y", name);
    second.close();
    assertThat(made(name)).isEmpty();
  }

  @Test
  void leftoversOfAKilledProcessAreRemovedByTheNextNetwork() throws IOException {
    NetworkNumber number = NetworkNumber.any();
    Namespaces left = new Namespaces(number.value(), PacketFilter.find());
    left.createMiddle("10.93." + number.value() + ".1");
    left.createSite("x");
    number.close(); // as the kernel does when a process ends
    String name = "orch" + number.value();
    assertThat(made(name)).containsExactly(name + "-middle", name + "-x", name);
    try (Network next = Network.of("y")) {
      assertThat(made(name)).doesNotContain(name + "-x");
      assertThat(next.site("y")).isNotNull();
    }
    assertThat(made(name)).isEmpty();
  }

  @Test
  void namesThatCannotBeLinksAreRefused() {
    assertThatThrownBy(() -> Network.of("a/b")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Network.of("a", "a")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> network.isolate("nowhere")).hasMessageContaining("nowhere");
  }

  /** Whether a datagram from one site arrives in another. */
  private boolean hears(String listener, String sender) throws IOException {
    int before = heard(listener, sender);
    tell(sender, "send " + host(listener) + " 1");
    long deadline = System.nanoTime() + Duration.ofMillis(IMPATIENT_MILLIS).toNanos();
    while (System.nanoTime() < deadline) {
      if (heard(listener, sender) > before) {
        return true;
      }
    }
    return false;
  }

  private int heard(String listener, String sender) throws IOException {
    return Integer.parseInt(tell(listener, "heard " + host(sender)));
  }

  private String ask(String from, String to) throws IOException {
    return tell(from, "ask " + host(to) + " " + PATIENT_MILLIS);
  }

  private String askBriefly(String from, String to) throws IOException {
    return tell(from, "ask " + host(to) + " " + IMPATIENT_MILLIS);
  }

  private String host(String site) {
    return place(site).host();
  }

  private Placement place(String site) {
    return Optional.ofNullable(places.get(site)).orElseThrow();
  }

  /** From the machine, which is never cut off. */
  private String tell(String site, String line) throws IOException {
    Peer peer = Peer.connect(host(site), PATIENT_MILLIS);
    try (var socket = peer.socket()) {
      assertThat(socket.isConnected()).isTrue();
      return peer.ask(line, 2 * PATIENT_MILLIS);
    }
  }

  /** Namespaces and links of one network. */
  private static List<String> made(String name) throws IOException {
    List<String> names = new ArrayList<>();
    for (Path folder : List.of(Path.of("/run/netns"), Path.of("/sys/class/net"))) {
      try (Stream<Path> entries = Files.list(folder)) {
        entries
            .map(path -> path.getFileName() + "")
            .filter(entry -> entry.equals(name) || entry.startsWith(name + "-"))
            .sorted()
            .forEach(names::add);
      }
    }
    return names;
  }
}
