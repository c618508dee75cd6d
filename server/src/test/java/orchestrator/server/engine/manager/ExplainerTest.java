package orchestrator.server.engine.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import orchestrator.core.facts.RecoveryPause;
import orchestrator.core.recovery.Explanation;
import orchestrator.core.recovery.Gate;
import orchestrator.core.state.Command;
import orchestrator.core.testing.TopologyBuilder;
import orchestrator.core.topology.InstanceKey;
import orchestrator.server.engine.FakeClock;
import orchestrator.server.engine.FakeHooks;
import orchestrator.server.engine.FakeRaft;
import orchestrator.server.engine.FakeServers;
import orchestrator.server.engine.Outcome;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What people are told is what the managers do. */
class ExplainerTest {
  private static final InstanceKey MASTER = TopologyBuilder.key("m");

  private final FakeClock clock = new FakeClock();
  private final FakeRaft group = new FakeRaft();
  private final FakeServers servers = FakeServers.masterWithReplicas(2, clock);
  private final TestNode node = TestNode.started(group, servers, new FakeHooks(), clock, "n1");

  ExplainerTest() {
    node.manager.discovery().admit(TopologyBuilder.key("r1"));
    node.manager.discovery().admit(TopologyBuilder.key("r2"));
    clock.pass(TestNode.START_DELAY.multipliedBy(2));
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> node.sees("m") && node.sees("r1") && node.sees("r2"));
  }

  @AfterEach
  void stop() {
    node.close();
  }

  private Explanation explain() {
    return switch (node.manager.operations().explain(MASTER)) {
      case Outcome.Ok<Explanation>(Explanation explanation) -> explanation;
      case Outcome.Failed<Explanation> failed -> throw new AssertionError(failed.message());
    };
  }

  private Gate gate(String name) {
    return explain().gates().stream().filter(g -> g.name().equals(name)).findFirst().orElseThrow();
  }

  private void awaitVerdict(String part) {
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(explain().verdict()).contains(part));
  }

  @Test
  void failureIsExplainedUntilItsEndAndItsAnnouncementAudited() {
    group.lead(node.member);
    assertThat(explain().verdict()).startsWith("No failure of m:3306");
    servers.kill("m");
    awaitVerdict("ended well");
    assertThat(explain().recovery()).isPresent();
    assertThat(node.audited("failure-detection"))
        .singleElement()
        .asString()
        .contains("m:3306", "failure: yes: DeadMaster", "leader: yes", "cluster filter: yes");
  }

  @Test
  void followerSaysThatItDoesNotLead() {
    servers.kill("m");
    awaitVerdict("leader");
    assertThat(gate("leader").open()).isFalse();
    assertThat(gate("failure").open()).isTrue();
  }

  @Test
  void pauseIsToldAndHoldsBackAndTheRecoveryFollowsItsEnd() {
    group.lead(node.member);
    RecoveryPause pause =
        new RecoveryPause(
            "m:3306", "", "ann", "moves", clock.instant(), clock.instant().plusSeconds(3600));
    group.submitAsLeader(List.of(new Command.PauseRecoveries(pause)));
    servers.kill("m");
    awaitVerdict("pause: Recoveries of cluster m:3306 are paused");
    assertThat(group.state().recoveries()).isEmpty();

    group.submitAsLeader(List.of(new Command.ResumeRecoveries("m:3306")));
    awaitVerdict("ended well");
  }

  @Test
  void serverThatNobodyKnowsIsNotExplained() {
    assertThat(node.manager.operations().explain(TopologyBuilder.key("nobody")))
        .isInstanceOf(Outcome.Failed.class);
  }
}
