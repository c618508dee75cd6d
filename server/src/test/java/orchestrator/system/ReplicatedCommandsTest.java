package orchestrator.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.List;
import orchestrator.sandbox.Sandbox;
import orchestrator.sandbox.SandboxServer;
import orchestrator.sandbox.SandboxSpec;
import orchestrator.sandbox.ServerKind;
import orchestrator.system.ManagerGroup.Answer;
import orchestrator.system.ManagerGroup.Node;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever people can say through any node, every node knows, also one that was away meanwhile, and
 * it stays unsaid when it was taken back.
 */
@Tag("long")
class ReplicatedCommandsTest {
  @TempDir Path folder;
  private Sandbox sandbox;
  private ManagerGroup group;
  private List<Saying> sayings;

  /**
   * A command, where its effect is seen, and another command that takes it back.
   *
   * @param sign what the answer to {@code look} contains as long as it stands
   */
  private record Saying(String say, String look, String sign, String takeBack) {}

  @BeforeEach
  void start() {
    sandbox = Sandbox.start(SandboxSpec.masterAndReplicas(ServerKind.MYSQL_8_0, 1));
    group = ManagerGroup.of(3, folder, ManagerConfiguration.quick()).startAll();
    group.nodes().forEach(group::awaitHealthy);
    SandboxServer master = sandbox.master();
    say("discover/" + path(master));
    await("both servers are known")
        .atMost(ManagerGroup.LIMIT)
        .until(() -> group.get(group.leader(), "all-instances").json().size() == 2);
    sayings = sayings(path(sandbox.replicas().getFirst()), master.address());
  }

  @AfterEach
  void stop() {
    group.close();
    sandbox.close();
  }

  private static String path(SandboxServer server) {
    return server.host() + "/" + server.port();
  }

  private static List<Saying> sayings(String replica, String cluster) {
    return List.of(
        new Saying(
            "begin-downtime/" + replica + "/me/works/1h",
            "downtimed",
            "works",
            "end-downtime/" + replica),
        new Saying(
            "begin-maintenance/" + replica + "/me/moves",
            "maintenance",
            "moves",
            "end-maintenance/" + replica),
        new Saying(
            "register-candidate/" + replica + "/prefer",
            "candidates",
            "prefer",
            "register-candidate/" + replica + "/neutral"),
        new Saying(
            "tag/" + replica + "/role/reports",
            "tags/" + replica,
            "role=reports",
            "untag/" + replica + "/role"),
        new Saying(
            "set-cluster-alias/" + cluster + "?alias=orders",
            "clusters-info",
            "orders",
            "set-cluster-alias/" + cluster + "?alias=shop"),
        new Saying(
            "submit-pool-instances/readers?instances=" + replica.replace('/', ':'),
            "cluster-pool-instances/" + cluster,
            "readers",
            "submit-pool-instances/readers?instances="),
        new Saying("put-key-value/colour/red", "key-values", "red", "delete-key-value/colour"),
        new Saying(
            "disable-global-recoveries",
            "check-global-recoveries",
            "disabled",
            "enable-global-recoveries"),
        new Saying(
            "pause-recoveries/" + cluster + "/me/rebuild/1h",
            "recovery-brakes",
            "rebuild",
            "resume-recoveries/" + cluster),
        new Saying(
            "register-hostname-unresolve/" + replica + "/virtual.example",
            "hostname-unresolves",
            "virtual.example",
            "deregister-hostname-unresolve/" + replica),
        new Saying("discover/" + replica, "instance/" + replica, "ServerID", "forget/" + replica));
  }

  private void say(String command) {
    Answer answer = group.get(group.follower(), command);
    assertThat(answer.status()).as("%s: %s", command, answer.body()).isEqualTo(200);
    assertThat(answer.body()).as(command).doesNotContain("\"Code\":\"ERROR\"");
  }

  /** The replica is gone: else its master would tell of it once more. */
  private void takeAllBack() {
    sandbox.replicas().getFirst().kill();
    sayings.forEach(saying -> say(saying.takeBack()));
  }

  private String seen(Node node, Saying saying) {
    return group.get(node, saying.look()).body();
  }

  /** Each of them leads once, and answers from what it knows itself. */
  private void assertThatEachNodeKnows(boolean stands) {
    group.awaitSameState();
    for (Node node : group.running()) {
      lead(node);
      for (Saying saying : sayings) {
        String what = "%s, after %s".formatted(node, stands ? saying.say() : saying.takeBack());
        if (stands) {
          assertThat(seen(node, saying)).as(what).contains(saying.sign());
        } else {
          assertThat(seen(node, saying)).as(what).doesNotContain(saying.sign());
        }
      }
    }
  }

  /** Asked again when it did not take over in time, as the answer says. */
  private void lead(Node node) {
    await(node + " leads")
        .atMost(ManagerGroup.LIMIT)
        .until(() ->
            group.leads(node)
                || (group.get(node, "raft-yield/" + node.raftAddress()).isOk()
                    && group.leads(node)));
  }

  @Test
  void whatPeopleSayThroughAnyNodeEveryNodeKnows() {
    sayings.forEach(saying -> say(saying.say()));
    assertThatEachNodeKnows(true);
    takeAllBack();
    assertThatEachNodeKnows(false);
  }

  @Test
  void aNodeThatWasAwayLearnsItFromASnapshotAndWhatWasTakenBackStaysSo() {
    Node away = group.follower();
    whileAway(away, () -> sayings.forEach(saying -> say(saying.say())));
    assertThatEachNodeKnows(true);

    lead(group.others(away).getFirst());
    whileAway(away, this::takeAllBack);
    assertThatEachNodeKnows(false);
  }

  /** The log does not reach back to what it has when it returns. */
  private void whileAway(Node away, Runnable what) {
    group.awaitSameState();
    long had = group.index(away, "AppliedIndex");
    group.kill(away);
    what.run();
    PurgedLog.leaveBehind(group, had);
    group.start(away);
    group.awaitHealthy(away);
    assertThat(group.index(away, "SnapshotIndex")).isGreaterThan(had);
  }
}
