package orchestrator.system;

import static orchestrator.system.DataCentres.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import orchestrator.sandbox.SandboxServer;
import orchestrator.sandbox.network.Flapping;
import orchestrator.sandbox.network.Network;
import orchestrator.system.ManagerGroup.Answer;
import orchestrator.system.ManagerGroup.Node;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/**
 * Managers and servers in three data centres, whose links are cut in every way. Needs root; as
 * root, a machine that lacks something fails.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DataCentresTest {
  private int cuts;
  private DataCentres centres;
  private ManagerGroup group;
  private Network network;
  private LeaderWatch leaderChecks;

  @BeforeAll
  void start(@TempDir Path folder) {
    assumeTrue(Network.isPermitted(), "networks need root");
    centres = DataCentres.start(folder);
    group = centres.group();
    network = centres.network();
    leaderChecks = new LeaderWatch(group);
  }

  @AfterAll
  void stop() {
    if (centres != null) {
      leaderChecks.close();
      centres.close();
    }
  }

  @BeforeEach
  void makeWhole() {
    centres.makeWhole();
  }

  @AfterEach
  void atMostOneNodeAnsweredTheLeaderCheckAtAnyTime() {
    assertThat(leaderChecks.violations()).isEmpty();
  }

  /**
   * How the second data centre, which holds the master, loses the others. What still goes through
   * may be acted on: commands of a node that is heard, entries for a node that hears.
   */
  enum Cut {
    BOTH_WAYS(false, false) {
      @Override
      void make(Network network) {
        network.isolate("dc2");
      }
    },
    IN_ONLY(false, true) {
      @Override
      void make(Network network) {
        network.deafen("dc2");
      }
    },
    OUT_ONLY(true, false) {
      @Override
      void make(Network network) {
        network.mute("dc2");
      }
    };

    private final boolean hears;
    private final boolean isHeard;

    Cut(boolean hears, boolean isHeard) {
      this.hears = hears;
      this.isHeard = isHeard;
    }

    abstract void make(Network network);
  }

  /** The keys that one test writes. */
  private record Keys(String before, String majority, String minority) {
    static Keys of(int number) {
      return new Keys("before" + number, "majority" + number, "minority" + number);
    }
  }

  @Test
  void theDataCentreOfLeaderAndMasterIsCutOffAndBothAreReplacedOutside() {
    centres.lead("dc2");
    loseDataCentreOfTheMaster(Cut.BOTH_WAYS);
  }

  @Tag("long")
  @ParameterizedTest
  @EnumSource(
      value = Cut.class,
      names = {"IN_ONLY", "OUT_ONLY"})
  void leaderAndMasterThatLoseOneDirectionAreReplacedAsWell(Cut cut) {
    centres.lead("dc2");
    loseDataCentreOfTheMaster(cut);
  }

  @Tag("long")
  @ParameterizedTest
  @EnumSource(Cut.class)
  void theMasterIsReplacedWhenItsDataCentreIsCutOffFromALeaderOutside(Cut cut) {
    centres.lead("dc1");
    loseDataCentreOfTheMaster(cut);
  }

  private void loseDataCentreOfTheMaster(Cut cut) {
    SandboxServer old = centres.sandbox().master();
    Node lost = centres.node("dc2");
    Keys keys = Keys.of(cuts++);
    int recoveries = centres.recoveriesOf(old).size();
    Answer before = put(group.leader(), keys.before());
    assertThat(before.isOk()).as("%s", before).isTrue();

    cut.make(network);
    CompletableFuture<Answer> tried =
        CompletableFuture.supplyAsync(() -> put(lost, keys.minority()));

    Node leader = centres.leaderOutside("dc2");
    assertThat(group.leads(lost)).isFalse();
    assertThat(put(leader, keys.majority()).isOk()).isTrue();
    SandboxServer promoted = awaitPromotion(old, recoveries + 1);
    assertThat(promoted).isNotEqualTo(old);
    assertThat(Servers.isReadOnly(promoted)).isFalse();
    assertThat(tried.join().isOk()).isFalse();
    assertMinority(lost, old);
    assertThat(cut.hears || !centres.keyValues(lost).containsKey(keys.majority())).isTrue();

    network.heal();
    assertHealed(lost, old, promoted);
    assertThat(centres.keyValues(lost)).containsKeys(keys.before(), keys.majority());
    assertThat(cut.isHeard || !centres.keyValues(lost).containsKey(keys.minority())).isTrue();
    assertThat(centres.recoveriesOf(old)).hasSize(recoveries + 1);
  }

  private Answer put(Node node, String key) {
    return group.get(node, "put-key-value/" + key + "/v");
  }

  /** The newest recovery of a server, when there are this many and all have ended. */
  private SandboxServer awaitPromotion(SandboxServer failed, int recoveries) {
    List<JsonNode> ended =
        await("the master is failed over")
            .atMost(LIMIT)
            .until(
                () ->
                    centres.recoveriesOf(failed).stream()
                        .filter(row -> !row.path("RecoveryEndTimestamp").asString("").isEmpty())
                        .toList(),
                rows -> rows.size() == recoveries);
    return centres.promotedBy(ended.getFirst());
  }

  /** It neither leads nor acknowledges, and leaves the server beside it as it is. */
  private void assertMinority(Node lost, SandboxServer beside) {
    assertThat(group.leads(lost)).isFalse();
    assertThat(group.get(lost, "leader-check").status()).isEqualTo(404);
    await("it knows that it is alone")
        .atMost(LIMIT)
        .until(() -> group.get(lost, "raft-health").status() == 500);
    assertThat(put(lost, "too-late").status()).isEqualTo(503);
    assertThat(group.get(lost, "key-values").status()).as("it may be out of date").isEqualTo(503);
    assertThat(group.get(lost, "disable-global-recoveries").status()).isEqualTo(503);
    JsonNode seen = group.raft(lost).orElseThrow();
    assertThat(seen.path("IsPartOfQuorum").asBoolean()).isFalse();
    assertThat(Servers.isReadOnly(beside)).as("nobody reaches the old master").isFalse();
  }

  private void assertHealed(Node lost, SandboxServer old, SandboxServer promoted) {
    await(lost + " follows").atMost(LIMIT).until(() -> group.get(lost, "raft-health").isOk());
    await("the old master is set read-only").atMost(LIMIT).until(() -> Servers.isReadOnly(old));
    centres.awaitSameState();
    assertThat(group.leaders()).hasSize(1);
    assertThat(Servers.writable(centres.sandbox())).containsExactly(promoted);
    String master = "mysql/master/" + ManagerConfiguration.ALIAS;
    assertThat(centres.keyValues(lost).get(master)).contains(promoted.address());
    await("the old master is not taken for a master")
        .atMost(LIMIT)
        .until(
            () ->
                DataCentres.rows(group.get(group.leader(), "masters")).stream()
                    .map(row -> row.path("Key").path("Port").asInt())
                    .toList(),
            List.of(promoted.port())::equals);
  }

  @Tag("long")
  @Test
  void aDataCentreWithoutLeaderAndMasterIsCutOffAndNothingIsFailedOver() {
    Node leader = centres.lead("dc2");
    SandboxServer master = centres.sandbox().master();
    int recoveries = centres.recoveriesOf(master).size();
    long term = group.term(leader);
    Node lost = centres.node("dc3");

    network.isolate("dc3");
    await("it knows that it is alone")
        .atMost(LIMIT)
        .until(() -> group.get(lost, "raft-health").status() == 500);
    assertThat(put(leader, "majority").isOk()).isTrue();
    assertThat(put(lost, "minority").isOk()).isFalse();
    network.heal();

    await("it follows").atMost(LIMIT).until(() -> group.get(lost, "raft-health").isOk());
    assertThat(group.leaders()).containsExactly(leader);
    assertThat(group.term(leader)).as("it asked for no votes").isEqualTo(term);
    assertThat(centres.recoveriesOf(master)).hasSize(recoveries);
    assertThat(Servers.writable(centres.sandbox())).containsExactly(master);
    centres.awaitSameState();
  }

  @Tag("long")
  @Test
  void aFlappingLinkEndsWithOneLeaderOneMasterAndEverythingAcknowledged() {
    centres.lead("dc2");
    Acknowledged acknowledged = new Acknowledged(group, "flap");
    try (Flapping flapping = network.flap("dc2", Duration.ofSeconds(2))) {
      assertThat(flapping).isNotNull();
      acknowledged.writeFor(Duration.ofSeconds(30));
    }
    assertWholeAgain(acknowledged);
  }

  @Tag("long")
  @Test
  void aFifthOfAllPacketsLostCostsTimeAndNothingElse() {
    Acknowledged acknowledged = new Acknowledged(group, "loss");
    network.lose(20);
    acknowledged.writeFor(Duration.ofSeconds(30));
    network.heal();
    assertThat(acknowledged.keys()).as("some commands come through").isNotEmpty();
    assertWholeAgain(acknowledged);
  }

  private void assertWholeAgain(Acknowledged acknowledged) {
    for (Node node : group.nodes()) {
      await(node + " takes part").atMost(LIMIT).until(() -> group.get(node, "raft-health").isOk());
    }
    await("one master takes writes")
        .atMost(LIMIT)
        .until(() -> Servers.writable(centres.sandbox()).size() == 1);
    assertThat(group.leaders()).hasSize(1);
    centres.awaitSameState();
    for (Node node : group.nodes()) {
      assertThat(centres.keyValues(node)).containsKeys(acknowledged.keys());
    }
    assertThat(acknowledged.contradictions()).isEmpty();
  }
}
