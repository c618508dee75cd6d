package orchestrator.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import orchestrator.sandbox.network.Network;
import orchestrator.system.ManagerGroup.Answer;
import orchestrator.system.ManagerGroup.Node;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A group whose network is cut, and nothing else: with the default election timeouts, and with
 * those of the protocol's paper. Needs root.
 */
@Tag("long")
@ParameterizedClass
@CsvSource({"300,600", "150,300"})
class PartitionedGroupTest {
  private static final List<String> SITES = List.of("one", "two", "three");

  /** Of the longer timeouts there are 40 in it. */
  private static final Duration LONG = Duration.ofSeconds(25);

  /** Asking over HTTP on a busy machine. */
  private static final Duration OBSERVATION = Duration.ofMillis(400);

  @TempDir Path folder;
  private final int minMilliseconds;
  private final int maxMilliseconds;
  private final List<AutoCloseable> opened = new ArrayList<>();
  private Network network;
  private ManagerGroup group;

  PartitionedGroupTest(int minMilliseconds, int maxMilliseconds) {
    this.minMilliseconds = minMilliseconds;
    this.maxMilliseconds = maxMilliseconds;
  }

  @BeforeEach
  void start() {
    assumeTrue(Network.isPermitted(), "networks need root");
    network = Network.of(SITES.toArray(String[]::new));
    opened.addFirst(network);
    ManagerConfiguration configuration =
        ManagerConfiguration.quick().withElectionTimeouts(minMilliseconds, maxMilliseconds);
    group =
        ManagerGroup.placed(
                SITES.stream().map(name -> network.site(name).place()).toList(),
                folder,
                configuration)
            .startAll();
    opened.addFirst(group);
    for (Node node : group.nodes()) {
      awaitPart(node);
    }
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable open : opened) {
      open.close();
    }
  }

  private void awaitPart(Node node) {
    await(node + " takes part")
        .atMost(ManagerGroup.LIMIT)
        .until(() -> group.get(node, "raft-health").isOk());
  }

  private static String site(Node node) {
    return SITES.get(node.number() - 1);
  }

  private Answer put(Node node, String key) {
    return group.get(node, "put-key-value/" + key + "/v");
  }

  private List<String> keys(Node node) {
    return DataCentres.rows(group.get(node, "local-key-values")).stream()
        .map(row -> row.path("Key").asString())
        .toList();
  }

  @Test
  void aNodeThatWasIsolatedForLongDisturbsNobodyWhenItReturns() {
    Node leader = group.leader();
    Node isolated = group.follower();
    put(leader, "before");
    long term = group.term(leader);

    network.isolate(site(isolated));
    await("it asks for votes")
        .atMost(ManagerGroup.LIMIT)
        .until(() -> state(isolated).equals("Candidate"));
    int written = writeFor(leader, LONG, "while");
    assertThat(group.term(isolated)).as("it cannot have raised its term").isEqualTo(term);
    network.heal();
    written += writeFor(leader, Duration.ofSeconds(4), "after");

    awaitPart(isolated);
    assertThat(group.leaders()).containsExactly(leader);
    for (Node node : group.nodes()) {
      assertThat(group.term(node)).isEqualTo(term);
    }
    group.awaitSameState();
    assertThat(keys(isolated)).hasSize(written + 1);
  }

  /** TCP itself would look again after half a minute more. */
  @Tag("long")
  @Test
  void aNodeThatWasCutOffForAMinuteIsBackSoonAfterwards() throws Exception {
    Node leader = group.leader();
    long term = group.term(leader);
    Node isolated = group.follower();
    network.isolate(site(isolated));
    await("a minute of being cut off")
        .during(Duration.ofMinutes(1))
        .atMost(Duration.ofMinutes(2))
        .until(() -> !group.get(isolated, "raft-health").isOk());
    network.heal();
    await(isolated + " takes part")
        .atMost(Duration.ofSeconds(10))
        .until(() -> group.get(isolated, "raft-health").isOk());
    assertThat(group.leaders()).containsExactly(leader);
    assertThat(group.term(isolated)).isEqualTo(term);
  }

  private String state(Node node) {
    return group.raft(node).map(raft -> raft.path("State").asString()).orElse("");
  }

  /** Every write must be acknowledged; how many there were. */
  private int writeFor(Node leader, Duration time, String prefix) {
    long end = System.nanoTime() + time.toNanos();
    int count = 0;
    while (System.nanoTime() < end) {
      assertThat(put(leader, prefix + count).isOk()).as("%s %d", prefix, count).isTrue();
      count++;
    }
    return count;
  }

  @Test
  void aMinorityLeaderStepsDownSoonAndWhatItHadNotCommittedAppearsNowhere() {
    Node old = group.leader();
    put(old, "before");
    Duration twoTimeouts = Duration.ofMillis(2L * maxMilliseconds);

    network.isolate(site(old));
    List<CompletableFuture<Answer>> tried = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      String key = "minority" + i;
      tried.add(CompletableFuture.supplyAsync(() -> put(old, key)));
    }
    await("it steps down")
        .pollInterval(Duration.ofMillis(10))
        .atMost(twoTimeouts.plus(OBSERVATION))
        .until(() -> !state(old).equals("Leader"));
    assertThat(group.leads(old)).isFalse();
    await("another leads")
        .atMost(ManagerGroup.LIMIT)
        .until(() -> group.others(old).stream().anyMatch(group::leads));
    Node next = group.others(old).stream().filter(group::leads).findFirst().orElseThrow();
    assertThat(put(next, "majority").isOk()).isTrue();
    tried.forEach(answer -> assertThat(answer.join().isOk()).isFalse());
    assertNoMinority();
    network.heal();

    await("it follows")
        .pollInterval(Duration.ofMillis(20))
        .atMost(ManagerGroup.LIMIT)
        .until(() -> {
          assertNoMinority();
          return group.get(old, "raft-health").isOk() && keys(old).contains("majority");
        });
    group.awaitSameState();
    assertNoMinority();
  }

  @Test
  void aLeaderThatIsCutOffAgainAndAgainNeverAnswersTheLeaderCheckBesideItsSuccessor() {
    try (LeaderWatch leaderChecks = new LeaderWatch(group)) {
      for (int round = 0; round < 10; round++) {
        Node old = group.leader();
        network.isolate(site(old));
        await("another leads")
            .atMost(ManagerGroup.LIMIT)
            .until(() -> group.others(old).stream().anyMatch(group::leads));
        network.heal();
        awaitPart(old);
      }
      assertThat(leaderChecks.violations()).isEmpty();
      assertThat(leaderChecks.terms()).isGreaterThan(10);
    }
  }

  private void assertNoMinority() {
    for (Node node : group.nodes()) {
      assertThat(keys(node)).noneMatch(key -> key.startsWith("minority"));
    }
  }
}
