package orchestrator.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import orchestrator.sandbox.Sandbox;
import orchestrator.sandbox.SandboxServer;
import orchestrator.sandbox.SandboxSpec;
import orchestrator.sandbox.ServerKind;
import orchestrator.system.HaltingManager.Point;
import orchestrator.system.ManagerGroup.Node;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/**
 * The leader of the group drops dead in the middle of a recovery, at each of its steps: the next
 * leader brings the same recovery to its end. One promotion, one writable master, every replica
 * below it, and nothing that blocks the cluster. The same holds when the leader only froze, and
 * wakes when its successor is done: it goes on with the step that it was at.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LeaderKilledTest {
  private static final Duration LIMIT = Duration.ofSeconds(90);

  private Sandbox sandbox;
  private ManagerGroup group;
  private Path haltFile;
  private Path hookFile;

  static List<Point> always() {
    return List.of(
        Point.before("RunHook.*PRE_FAILOVER"),
        Point.after("Perform.*SetReadOnly.*readOnly=false"),
        Point.before("Perform.*ChangeSource"));
  }

  static List<Point> others() {
    return List.of(
        Point.before("recovery:"),
        Point.before("Perform.*StopIoThread"),
        Point.after("Commit\\[.*PromotionIntended"),
        Point.before("Perform.*ResetReplication"),
        Point.after("Perform.*ResetReplication"),
        Point.before("Commit\\[.*PutKeyValue"),
        Point.after("Commit\\[.*PutKeyValue"),
        Point.before("Perform.*SetReadOnly.*readOnly=false"),
        Point.after("Commit\\[.*Promoted\\["),
        Point.before("RunHook.*POST_MASTER_FAILOVER"),
        Point.before("Commit\\[.*Closed\\["));
  }

  @BeforeAll
  void start(@TempDir Path folder) {
    sandbox = Sandbox.start(SandboxSpec.masterAndReplicas(ServerKind.MYSQL_8_0, 2));
    haltFile = folder.resolve("halt");
    hookFile = folder.resolve("hooks");
    group =
        ManagerGroup.of(
                3,
                folder,
                ManagerConfiguration.quick()
                    .with("RecoveryPeriodBlockSeconds", 1)
                    .with("PreFailoverProcesses", List.of(writing("pre")))
                    .with("PostMasterFailoverProcesses", List.of(writing("post"))))
            .halting(haltFile)
            .startAll();
  }

  private String writing(String hook) {
    return "echo %s $ORC_RECOVERY_UID $ORC_HOOK_REPEATED >> %s".formatted(hook, hookFile);
  }

  @AfterAll
  void stop() {
    group.close();
    sandbox.close();
  }

  @ParameterizedTest
  @MethodSource("always")
  void theNextLeaderGoesOnWithTheSameRecovery(Point point) throws IOException {
    killAt(point);
  }

  @Tag("long")
  @Test
  void theNextLeaderGoesOnWithTheSameRecoveryFromAnyStep() throws IOException {
    int steps = 0;
    while (killAt(Point.number(steps + 1))) {
      steps++;
    }
    assertThat(steps).as("effects and answers of a recovery").isBetween(30, 200);
  }

  static List<Point> whereItFreezes() {
    return List.of(
        Point.before("Perform.*SetReadOnly.*readOnly=false"),
        Point.before("Perform.*ChangeSource"));
  }

  static List<Point> whereElseItFreezes() {
    return Stream.concat(always().stream(), others().stream())
        .filter(point -> !whereItFreezes().contains(point))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("whereItFreezes")
  void aLeaderThatWakesWhenItsSuccessorIsDoneChangesNothing(Point point) throws IOException {
    freezeAt(point, this::awaitEnded);
  }

  @Tag("long")
  @ParameterizedTest
  @MethodSource("whereElseItFreezes")
  void aLeaderThatWakesAtAnyOtherStepChangesNothing(Point point) throws IOException {
    freezeAt(point, this::awaitEnded);
  }

  /** Its successor has only begun: what either does next, it does beside the other. */
  @Tag("long")
  @ParameterizedTest
  @MethodSource({"whereItFreezes", "whereElseItFreezes"})
  void aLeaderThatWakesAsSoonAsItHasASuccessorDoesNoHarm(Point point) throws IOException {
    freezeAt(point, before -> group.leader());
  }

  /**
   * @param waking waits until the leader is to wake; is told the newest recovery before this one
   */
  private void freezeAt(Point point, LongConsumer waking) throws IOException {
    makeWhole();
    SandboxServer old = sandbox.master();
    long before = newestRecovery();
    HaltingNode.askToFreeze(haltFile, point);

    old.kill();

    Node frozen = awaitOne("freezes at " + point, node -> group.process(node).isFrozen());
    try {
      waking.accept(before);
    } finally {
      group.process(frozen).resume();
    }
    JsonNode recovery = awaitEnded(before);
    group.awaitHealthy(frozen);
    group.awaitSameState();
    assertOneGoodEnd(recovery, old, before);
    assertThat(group.leaders()).hasSize(1);
    assertThat(Files.exists(haltFile)).isFalse();
  }

  private void assertOneGoodEnd(JsonNode recovery, SandboxServer old, long before)
      throws IOException {
    assertThat(recovery.path("IsSuccessful").asBoolean()).as("%s", recovery).isTrue();
    assertThat(recoveriesAfter(before)).hasSize(1);
    Servers.assertOneMaster(sandbox, serverOf(recovery.path("SuccessorKey")));
    assertThat(promotionsIn(recovery)).hasSize(1);
    assertThat(ports(recovery.path("ParticipatingInstanceKeys")))
        .as("every replica is accounted for: %s", recovery)
        .containsExactlyInAnyOrderElementsOf(
            sandbox.servers().stream()
                .filter(server -> server != old)
                .map(SandboxServer::port)
                .toList());
    assertThat(ports(recovery.path("LostReplicas"))).isEmpty();
    await("nothing is held back")
        .atMost(LIMIT)
        .until(() -> group.get(group.leader(), "blocked-recoveries").json().isEmpty());
    assertHooksRan(recovery.path("UID").asString());
  }

  /** At least once, with the same name of the recovery, and from the second time on they say so. */
  private void assertHooksRan(String uid) throws IOException {
    List<String> runs = Files.readAllLines(hookFile);
    for (String hook : List.of("pre", "post")) {
      List<String> own =
          runs.stream().filter(line -> line.startsWith(hook + " " + uid + " ")).toList();
      assertThat(own).as("%s of %s", hook, uid).isNotEmpty();
      assertThat(own.stream().skip(1)).allMatch(line -> line.endsWith(" true"));
    }
    assertThat(runs).allMatch(line -> line.contains(" " + uid + " "));
  }

  private static List<Integer> ports(JsonNode keys) {
    return StreamSupport.stream(keys.spliterator(), false)
        .map(key -> key.path("Port").asInt())
        .toList();
  }

  private Node awaitOne(String what, Predicate<Node> holds) {
    return await("the leader " + what)
        .atMost(LIMIT)
        .until(() -> group.running().stream().filter(holds).findFirst(), Optional::isPresent)
        .orElseThrow();
  }

  /** Whether the recovery came to that point. */
  private boolean killAt(Point point) throws IOException {
    makeWhole();
    SandboxServer old = sandbox.master();
    long before = newestRecovery();
    HaltingNode.ask(haltFile, point);

    old.kill();

    await("the leader drops dead at " + point + ", or is done before")
        .atMost(LIMIT)
        .ignoreExceptions() // of a leader that dies while it is asked
        .until(() -> !Files.exists(haltFile) || hasEnded(recoveriesAfter(before)));
    // Whoever takes the file away first decides.
    boolean comesToIt = !Files.deleteIfExists(haltFile);
    Optional<Node> died =
        comesToIt
            ? Optional.of(awaitOne("drops dead", node -> !group.process(node).isAlive()))
            : Optional.empty();
    died.ifPresent(node -> {
      assertThat(group.process(node).awaitEnd(Duration.ZERO)).isEqualTo(HaltingManager.HALTED);
      group.kill(node);
    });
    JsonNode recovery = awaitEnded(before);
    assertOneGoodEnd(recovery, old, before);
    died.ifPresent(group::start);
    group.awaitSameState();
    return comesToIt;
  }

  /** The servers as at the start, and every node sees them so. */
  private void makeWhole() throws IOException {
    Files.deleteIfExists(hookFile);
    group.forget(sandbox);
    Servers.reset(sandbox);
    for (Node node : group.nodes()) {
      if (!group.running().contains(node)) {
        group.start(node);
      }
    }
    SandboxServer master = sandbox.master();
    String key = master.host() + "/" + master.port();
    Node leader = group.leader();
    await("discovered").atMost(LIMIT).until(() -> group.get(leader, "discover/" + key).isOk());
    for (Node node : group.nodes()) {
      await(node + " takes part").atMost(LIMIT).until(() -> group.get(node, "raft-health").isOk());
    }
    await("the whole picture")
        .atMost(LIMIT)
        .until(() ->
            size(group.get(group.leader(), "cluster/instance/" + key).json()) == 3
                && group
                    .get(group.leader(), "replication-analysis")
                    .json()
                    .path("Details")
                    .isEmpty());
  }

  private static int size(JsonNode list) {
    return (int)
        StreamSupport.stream(list.spliterator(), false)
            .filter(node -> node.path("IsLastCheckValid").asBoolean(false))
            .count();
  }

  /** The newest first, a page of them. */
  private List<JsonNode> recoveriesAfter(long id) {
    return StreamSupport.stream(
            group.get(group.leader(), "audit-recovery").json().spliterator(), false)
        .filter(recovery -> recovery.path("Id").asLong() > id)
        .toList();
  }

  private long newestRecovery() {
    return recoveriesAfter(0).stream().mapToLong(r -> r.path("Id").asLong()).max().orElse(0);
  }

  /** The one recovery that there is since then, ended. */
  private JsonNode awaitEnded(long before) {
    return await("the recovery ends")
        .atMost(LIMIT)
        .until(() -> recoveriesAfter(before), LeaderKilledTest::hasEnded)
        .getFirst();
  }

  private static boolean hasEnded(List<JsonNode> recoveries) {
    return recoveries.size() == 1
        && !recoveries.getFirst().path("RecoveryEndTimestamp").asString("").isEmpty();
  }

  private SandboxServer serverOf(JsonNode key) {
    return sandbox.servers().stream()
        .filter(server -> server.port() == key.path("Port").asInt())
        .findFirst()
        .orElseThrow();
  }

  private List<String> promotionsIn(JsonNode recovery) {
    return StreamSupport.stream(
            group
                .get(group.leader(), "audit-recovery-steps/" + recovery.path("UID").asString())
                .json()
                .spliterator(),
            false)
        .map(step -> step.path("Message").asString())
        .filter(line -> line.contains("is promoted:"))
        .toList();
  }
}
