package orchestrator.server.engine.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import orchestrator.core.facts.Candidate;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.state.Command;
import orchestrator.core.testing.TopologyBuilder;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.PromotionRule;
import orchestrator.server.engine.FakeClock;
import orchestrator.server.engine.FakeHooks;
import orchestrator.server.engine.FakeRaft;
import orchestrator.server.engine.FakeServers;
import orchestrator.server.engine.Outcome;
import orchestrator.server.engine.Outcome.Failure;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What people ask for and do not get: each with its reason, and nothing is touched. */
class RequestedRecoveriesTest {
  private static final InstanceKey MASTER = TopologyBuilder.key("m");
  private static final InstanceKey R1 = TopologyBuilder.key("r1");
  private static final InstanceKey NOBODY = TopologyBuilder.key("nobody");
  private static final String CLUSTER = "m:3306";

  private final FakeClock clock = new FakeClock();
  private final FakeRaft group = new FakeRaft();
  private final FakeHooks hooks = new FakeHooks();
  private final FakeServers servers = FakeServers.masterWithReplicas(2, clock);
  private final TestNode node = TestNode.started(group, servers, hooks, clock, "n1");

  RequestedRecoveriesTest() {
    node.manager.discovery().admit(R1);
    node.manager.discovery().admit(TopologyBuilder.key("r2"));
    clock.pass(TestNode.START_DELAY.multipliedBy(2));
    group.lead(node.member);
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> node.sees("m") && node.sees("r1") && node.sees("r2"));
  }

  @AfterEach
  void stop() {
    node.close();
  }

  private void assertRefused(Outcome<RecoveryTicket> outcome, Failure failure, String reason) {
    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Failed.class,
            refused -> {
              assertThat(refused.failure()).isEqualTo(failure);
              assertThat(refused.message()).contains(reason);
            });
    assertThat(servers.told()).isEmpty();
    assertThat(hooks.runs()).isEmpty();
    assertThat(group.state().recoveries()).isEmpty();
  }

  private Outcome<RecoveryTicket> force(String cluster, Optional<InstanceKey> designated) {
    return node.manager.operations().forceMasterFailover(cluster, designated, TestNode.SOMEBODY);
  }

  private Outcome<RecoveryTicket> recover(InstanceKey failed, Optional<InstanceKey> candidate) {
    return node.manager.operations().recover(failed, candidate, false, TestNode.SOMEBODY);
  }

  @Test
  void unknownServersAndClustersAreNamed() {
    assertRefused(force("nothing:3306", Optional.empty()), Failure.NOT_FOUND, "nothing:3306");
    assertRefused(recover(NOBODY, Optional.empty()), Failure.NOT_FOUND, "nobody:3306");
    assertRefused(force(CLUSTER, Optional.of(NOBODY)), Failure.CONFLICT, "not a direct replica");
    assertRefused(force(CLUSTER, Optional.of(MASTER)), Failure.CONFLICT, "not a direct replica");
  }

  @Test
  void whatHasNotFailedIsNotRecovered() {
    assertRefused(recover(MASTER, Optional.empty()), Failure.CONFLICT, "force-master-failover");
    assertRefused(recover(R1, Optional.empty()), Failure.CONFLICT, "Nothing to recover");
  }

  /** It would be set read-only for nothing. */
  @Test
  void aLivingMasterThatNobodyMayReplaceIsLeftAlone() {
    for (String replica : List.of("r1", "r2")) {
      group.submitAsLeader(
          List.of(
              new Command.RegisterCandidate(
                  new Candidate(
                      TopologyBuilder.key(replica),
                      PromotionRule.MUST_NOT,
                      clock.instant(),
                      clock.instant().plusSeconds(3600)))));
    }
    assertRefused(force(CLUSTER, Optional.empty()), Failure.CONFLICT, "must_not");
    assertRefused(force(CLUSTER, Optional.of(R1)), Failure.CONFLICT, "r1:3306");
    assertThat(servers.writable()).containsExactly(MASTER);
  }

  @Test
  void aDeadCandidateIsNotPromoted() {
    servers.kill("r1");
    assertRefused(force(CLUSTER, Optional.of(R1)), Failure.CONFLICT, "does not answer");
  }

  @Test
  void ofTwoMastersNobodyKnowsWhichIsMeant() {
    Outcome<?> turned =
        node.manager
            .operations()
            .perform(
                new ServerAction.ChangeSource(
                    MASTER, R1, new ServerAction.SourcePosition.OracleAuto(), true),
                TestNode.SOMEBODY);
    assertThat(turned).isInstanceOf(Outcome.Ok.class);
    int before = servers.told().size();
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> {
          String cluster = node.manager.picture().topology().clusterNameOf(MASTER).orElseThrow();
          assertThat(force(cluster, Optional.empty()))
              .isInstanceOfSatisfying(
                  Outcome.Failed.class,
                  refused -> assertThat(refused.message()).contains("2 masters"));
        });
    assertThat(servers.told()).hasSize(before);
  }

  /** It ends one attempt: the failure counts as announced, and the next one goes on. */
  @Test
  void aFailingProcessOfTheDetectionDelaysTheRecoveryAndIsNotRunAgain() {
    hooks.fail("detect");
    servers.kill("m");
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() ->
            group.state().recoveries().values().stream().anyMatch(RecoveryTicket::successful));
    assertThat(hooks.runs("detect")).hasSize(1);
    assertThat(group.state().recoveries()).hasSize(1);
  }
}
