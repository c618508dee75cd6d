package orchestrator.server.engine.discovery;

import static java.util.stream.Collectors.toSet;
import static orchestrator.core.testing.TopologyBuilder.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import orchestrator.core.testing.TopologyBuilder;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.server.engine.FakeClock;
import orchestrator.server.engine.ProbeResult;
import orchestrator.server.engine.Servers.ProbeDepth;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which servers are known and polled. */
class DiscoveryTest {
  private static final Duration OFTEN = Duration.ofMillis(20);

  private final FakeClock clock = new FakeClock();
  private final ScriptedServers servers = new ScriptedServers();
  private final Picture picture = new Picture(clock);
  private Discovery discovery = discovery(new DiscoverySettingsBuilder(OFTEN));

  @AfterEach
  void close() {
    discovery.close();
    servers.close();
  }

  @Test
  void sourcesAndReportedReplicasOfAServerAreFoundFromAnywhere() {
    servers.answers("m", master -> master.reportsReplicas("i", "r2"));
    servers.answers("i", middle -> middle.replicatesFrom("m").reportsReplicas("r1"));
    servers.answers("r1", replica -> replica.replicatesFrom("i"));
    servers.answers("r2", replica -> replica.replicatesFrom("m"));

    discovery.admit(key("r1"));

    awaitValid("r1", "i", "m", "r2");
  }

  @Test
  void membersOfAReplicationGroupAreFound() {
    servers.answers("g1");
    servers.answers("g2", member -> member.group("g", "SECONDARY", "ONLINE", "g1"));

    discovery.admit(key("g2"));

    awaitValid("g1", "g2");
  }

  @Test
  void ignoredSourcesAreNotFollowedFromTheirReplicas() {
    discovery = discovery(often().ignoringMasters(host("m")));
    servers.answers("m", "r2");
    servers.answers("r1", replica -> replica.replicatesFrom("m").reportsReplicas("r2"));

    discovery.admit(key("r1"));

    awaitValid("r1", "r2");
    awaitFurtherPolls("r1", "r2");
    assertThat(picture.keys()).containsExactlyInAnyOrder(key("r1"), key("r2"));
  }

  @Test
  void sourcesThatAreIgnoredAsSuchAreFollowedFromTheirOwnSource() {
    discovery = discovery(often().ignoringMasters(host("i")));
    servers.answers("m", master -> master.reportsReplicas("i"));
    servers.answers("i", middle -> middle.replicatesFrom("m"));

    discovery.admit(key("m"));

    awaitValid("m", "i");
  }

  @Test
  void ignoredReplicasAreNotFollowedFromTheirSource() {
    discovery = discovery(often().ignoringReplicas(host("r1")));
    servers.answers("m", master -> master.reportsReplicas("r1", "r2"));
    servers.answers("r1", "r2");

    discovery.admit(key("m"));

    awaitValid("m", "r2");
    awaitFurtherPolls("m", "r2");
    assertThat(picture.keys()).containsExactlyInAnyOrder(key("m"), key("r2"));
  }

  @Test
  void ignoredReplicasAreNotFollowedAsMembersOfAGroupEither() {
    discovery = discovery(often().ignoringReplicas(host("g1")));
    servers.answers("g1");
    servers.answers("g2", member -> member.group("g", "SECONDARY", "ONLINE", "g1"));

    discovery.admit(key("g2"));

    awaitFurtherPolls("g2");
    assertThat(picture.keys()).containsExactly(key("g2"));
  }

  @Test
  void replicasThatAreIgnoredAsSuchAreReadWhenNamedThemselves() {
    discovery = discovery(often().ignoringReplicas(host("r1")));
    servers.answers("r1");

    discovery.admit(key("r1"));

    awaitValid("r1");
    awaitFurtherPolls("r1");
  }

  @Test
  void ignoredServersAreNeverPolledHoweverTheyAreMet() {
    discovery = discovery(often().ignoring(host("x1", "x2", "x3", "x4", "x5", "x6")));
    servers.answers("x1", "x2", "x3", "x4", "x5", "x6");
    servers.answers(
        "r",
        replica ->
            replica
                .replicatesFrom("x1")
                .reportsReplicas("x2")
                .group("g", "SECONDARY", "ONLINE", "x3"));
    picture.restore(List.of(Instance.unseen(key("x4"))));

    discovery.start();
    discovery.admit(key("x5"));
    discovery.agreeOn(key("x6"));
    discovery.admit(key("r"));

    awaitFurtherPolls("r");
    assertThat(servers.calls()).extracting(ScriptedServers.Call::key).containsOnly(key("r"));
    assertThat(picture.keys()).containsExactly(key("r"));
  }

  @Test
  void ignoredServerIsReadOnceAtAPersonsWish() {
    discovery = discovery(often().ignoring(host("x")));
    servers.answers("x", "m");

    discovery.invite(key("x"));
    discovery.admit(key("m"));

    awaitValid("x", "m");
    awaitFurtherPolls("m");
    assertThat(servers.callsOf("x")).hasSize(1);
  }

  @Test
  void ignoredServerIsNotPolledUnderItsOwnNameWhenMetByAnother() {
    discovery = discovery(often().ignoring(host("x")));
    servers.answers("x", "m");
    servers.answersAs("alias", "x", nothingMore -> {});

    discovery.admit(key("alias"));
    discovery.admit(key("m"));

    await().until(() -> servers.callsOf("alias").size() == 1);
    awaitFurtherPolls("m");
    assertThat(servers.callsOf("alias")).hasSize(1);
    assertThat(servers.callsOf("x")).isEmpty();
  }

  @Test
  void serverThatGoesByAnotherNameIsPolledByThatNameOnly() {
    servers.answersAs("alias", "m", nothingMore -> {});
    servers.answers("m");

    discovery.admit(key("alias"));

    awaitFurtherPolls("m");
    assertThat(servers.callsOf("alias")).hasSize(1);
    assertThat(picture.keys()).containsExactly(key("m"));
  }

  @Test
  void forgottenServerIsNotTakenUpAgainWithinItsQuarantine() {
    servers.answers("m", master -> master.reportsReplicas("r"));
    servers.answers("r", replica -> replica.replicatesFrom("m"));
    servers.answersAs("alias", "r", nothingMore -> {});
    // Time passes when the test says so; the polling of this one is slow against the quarantine.
    discovery = discovery(new DiscoverySettingsBuilder(Duration.ofHours(1)));
    discovery.admit(key("m"));
    awaitValid("m", "r");

    discovery.forget(key("r"));
    probe("m");
    discovery.admit(key("r"));
    discovery.admit(key("alias"));
    await().until(() -> servers.callsOf("alias").size() == 1);
    await("the answer to the other name is recorded")
        .until(() -> picture.find(key("alias")).isEmpty());
    probe("m");

    assertThat(picture.keys()).containsExactly(key("m"));
    assertThat(probeOf("r")).isInstanceOf(ProbeResult.Skipped.class);
    assertThat(servers.callsOf("r")).hasSize(1);
  }

  @Test
  void forgottenServerThatStillReplicatesIsFoundAgainAfterItsQuarantine() {
    servers.answers("m", master -> master.reportsReplicas("r"));
    servers.answers("r", replica -> replica.replicatesFrom("m"));
    discovery = discovery(new DiscoverySettingsBuilder(Duration.ofHours(1)));
    discovery.admit(key("m"));
    awaitValid("m", "r");

    discovery.forget(key("r"));
    clock.pass(Duration.ofHours(3).plusSeconds(1));
    probe("m");

    awaitValid("m", "r");
  }

  @Test
  void forgottenServerIsTakenUpAtOnceAtAPersonsWish() {
    servers.answers("m");
    discovery = discovery(new DiscoverySettingsBuilder(Duration.ofHours(1)));
    discovery.admit(key("m"));
    awaitValid("m");

    discovery.forget(key("m"));
    discovery.invite(key("m"));

    awaitValid("m");
  }

  @Test
  void forgottenServerIsNotTakenUpByAProbeThatWasUnderWay() {
    discovery.admit(key("m"));
    await().until(() -> servers.callsOf("m").size() == 1);
    servers.answers("replica", "other");

    discovery.forget(key("m"));
    discovery.admit(key("other"));
    servers
        .callsOf("m")
        .getFirst()
        .answer(
            new ProbeResult.Seen(
                new TopologyBuilder()
                    .with("m", master -> master.reportsReplicas("replica"))
                    .instance("m")));

    awaitFurtherPolls("other");
    assertThat(picture.keys()).containsExactly(key("other"));
  }

  private Discovery discovery(DiscoverySettingsBuilder settings) {
    return new Discovery(servers, picture, settings.build(), clock);
  }

  private static DiscoverySettingsBuilder often() {
    return new DiscoverySettingsBuilder(OFTEN);
  }

  private static Predicate<InstanceKey> host(String... hosts) {
    Set<String> all = Set.of(hosts);
    return key -> all.contains(key.hostname());
  }

  private void probe(String server) {
    assertThat(probeOf(server)).isInstanceOf(ProbeResult.Seen.class);
  }

  private ProbeResult probeOf(String server) {
    return discovery.probeNow(key(server), ProbeDepth.REGULAR).join();
  }

  private void awaitValid(String... names) {
    await()
        .untilAsserted(() ->
            assertThat(
                    picture.topology().instances().stream()
                        .filter(Instance::isLastCheckValid)
                        .map(Instance::key)
                        .collect(toSet()))
                .contains(keys(names)));
  }

  /** Enough of them that whatever these servers lead to would have been polled too. */
  private void awaitFurtherPolls(String... names) {
    int[] before = countsOf(names);
    await()
        .until(() -> {
          int[] now = countsOf(names);
          return IntStream.range(0, names.length).allMatch(i -> now[i] >= before[i] + 5);
        });
  }

  private int[] countsOf(String... names) {
    return List.of(names).stream().mapToInt(name -> servers.callsOf(name).size()).toArray();
  }

  private static InstanceKey[] keys(String... names) {
    return List.of(names).stream().map(name -> key(name)).toArray(InstanceKey[]::new);
  }
}
