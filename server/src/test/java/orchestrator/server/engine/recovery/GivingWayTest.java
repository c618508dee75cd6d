package orchestrator.server.engine.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import orchestrator.core.analysis.ClusterRule;
import orchestrator.core.facts.RecoveryOrigin;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.facts.ReplicaFate;
import orchestrator.core.recovery.FailureCase;
import orchestrator.core.recovery.RecoveryGates;
import orchestrator.core.recovery.RecoveryPolicy;
import orchestrator.core.testing.TopologyBuilder;
import orchestrator.core.topology.InstanceKey;
import orchestrator.server.engine.FakeHooks;
import orchestrator.server.engine.FakeRaft;
import orchestrator.server.engine.FakeServers;
import orchestrator.server.engine.NodeInfo;
import orchestrator.server.engine.Servers.ProbeDepth;
import orchestrator.server.engine.discovery.Picture;
import orchestrator.server.engine.recovery.Recoveries.Begun;
import org.junit.jupiter.api.Test;

/**
 * The intermediate master {@code r1} died together with its master, and its replica {@code a} waits
 * for what becomes of that: a person's recovery of {@code r1} need not wait as long.
 */
class GivingWayTest {
  private static final InstanceKey DEAD = TopologyBuilder.key("r1");
  private static final InstanceKey WAITING = TopologyBuilder.key("a");
  private static final RecoveryOrigin BY_HAND =
      new RecoveryOrigin(false, "", Optional.empty(), false);

  private final InstantSource clock = InstantSource.system();
  private final FakeRaft group = new FakeRaft();
  private final FakeServers servers = FakeServers.masterWithReplicas(2, clock);
  private final FakeRaft.Member member = group.member();
  private final Picture picture = new Picture(clock);
  private final Recoveries recoveries =
      new Recoveries(
          new RecoveryPorts(
              servers.view(), member, new FakeHooks(), picture, (type, key, message) -> {}, clock),
          new Recoveries.Rules(
              RecoveryPolicy.DEFAULT, ClusterRule.EVERY_CLUSTER, ClusterRule.EVERY_CLUSTER),
          new AddressBook(clock),
          new NodeInfo("n1", "n1.host", "", "test", "none", Instant.EPOCH),
          blocked -> {});

  private static FailureCase failure() {
    return new FailureCase(
        DEAD,
        "DeadIntermediateMaster",
        "dead",
        "m:3306",
        "main",
        "",
        "intermediate-master",
        List.of(WAITING),
        false,
        true,
        true,
        true,
        "seen");
  }

  private void look(String... names) {
    for (String name : names) {
      InstanceKey key = TopologyBuilder.key(name);
      picture.record(key, servers.view().probe(key, ProbeDepth.REGULAR, Duration.ofSeconds(1)));
    }
  }

  private RecoveryTicket ticket(String uid) {
    return Optional.ofNullable(group.state().recoveries().get(uid)).orElseThrow();
  }

  /** The sibling of the dead server does not replicate, so it is no source. */
  private void beginOneThatWaits() {
    servers.addReplica("a", "r1");
    look("m", "r1", "r2", "a");
    servers.kill("m");
    servers.kill("r1");
    servers.stopFetching("r2");
    look("m", "r1", "r2", "a");
    group.lead(member);
    assertThat(recoveries.begin(failure(), RecoveryOrigin.AUTOMATIC, "1:x", List.of()))
        .isInstanceOf(Begun.Running.class);
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> !recoveries.stateForAPerson(DEAD).equals(group.state()));
  }

  @Test
  void aPersonsRecoveryBeginsWhenTheOneThatWaitsHasGivenWay() {
    beginOneThatWaits();
    assertThat(recoveries.begin(failure(), BY_HAND, "2:y", List.of()).refusal())
        .hasValueSatisfying(reason -> assertThat(reason).contains("1:x", "is open"));
    assertThat(
            RecoveryGates.of(
                recoveries.circumstances(failure()),
                BY_HAND,
                recoveries.stateForAPerson(DEAD),
                clock.instant()))
        .as("what a dry run tells")
        .allMatch(gate -> gate.open());

    RecoveryTicket first = recoveries.makeWay(DEAD).orElseThrow().join();

    assertThat(first.isOpen()).isFalse();
    assertThat(first.fates().getOrDefault(WAITING, ReplicaFate.UNSETTLED).reason())
        .contains("a person asked for");
    assertThat(ticket("1:x").acknowledgement()).isPresent();
    assertThat(recoveries.begin(failure(), BY_HAND, "2:y", List.of()))
        .isInstanceOf(Begun.Running.class);
    recoveries.close();
  }

  @Test
  void nothingGivesWayForAnotherServer() {
    beginOneThatWaits();
    assertThat(recoveries.makeWay(TopologyBuilder.key("r2"))).isEmpty();
    assertThat(ticket("1:x").isOpen()).isTrue();
    recoveries.close();
  }
}
