package orchestrator.server.engine.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import orchestrator.core.analysis.ClusterRule;
import orchestrator.core.facts.Acknowledgement;
import orchestrator.core.facts.RecoveryBrake;
import orchestrator.core.facts.RecoveryBudget;
import orchestrator.core.facts.RecoveryOrigin;
import orchestrator.core.facts.RecoveryPause;
import orchestrator.core.recovery.FailureCase;
import orchestrator.core.recovery.RecoveryPolicy;
import orchestrator.core.state.Command;
import orchestrator.core.testing.TopologyBuilder;
import orchestrator.core.topology.InstanceKey;
import orchestrator.server.engine.FakeHooks;
import orchestrator.server.engine.FakeRaft;
import orchestrator.server.engine.FakeServers;
import orchestrator.server.engine.History.BlockedRecovery;
import orchestrator.server.engine.NodeInfo;
import orchestrator.server.engine.Servers.ProbeDepth;
import orchestrator.server.engine.discovery.Picture;
import orchestrator.server.engine.recovery.Recoveries.Begun;
import org.junit.jupiter.api.Test;

/** More servers fail than the managers may recover from by themselves. */
class MassFailureTest {
  private static final RecoveryBudget ONE = new RecoveryBudget(1, Duration.ofMinutes(10));

  private final FakeRaft group = new FakeRaft();
  private final FakeServers servers = FakeServers.masterWithReplicas(3, InstantSource.system());
  private final List<BlockedRecovery> blocked = new CopyOnWriteArrayList<>();
  private final List<String> audit = new CopyOnWriteArrayList<>();
  private final FakeRaft.Member leader = group.member();
  private final Recoveries recoveries = recoveries(leader);

  private Recoveries recoveries(FakeRaft.Member member) {
    InstantSource clock = InstantSource.system();
    Picture picture = new Picture(clock);
    for (String name : List.of("r1", "r2", "r3")) {
      InstanceKey key = TopologyBuilder.key(name);
      picture.record(key, servers.view().probe(key, ProbeDepth.REGULAR, Duration.ofSeconds(1)));
    }
    for (String alone : List.of("x", "y")) {
      servers.addAlone(alone);
      servers.kill(alone);
    }
    servers.kill("m");
    return new Recoveries(
        new RecoveryPorts(
            servers.view(),
            member,
            new FakeHooks(),
            picture,
            (type, key, message) -> audit.add(type + " " + key),
            clock),
        new Recoveries.Rules(
            RecoveryPolicy.DEFAULT.with(ONE), ClusterRule.EVERY_CLUSTER, ClusterRule.EVERY_CLUSTER),
        new AddressBook(clock),
        new NodeInfo("n", "n.host", "", "test", "none", Instant.EPOCH),
        blocked::add);
  }

  private Begun fails(String master, String replica, RecoveryOrigin origin) {
    FailureCase failure =
        new FailureCase(
            TopologyBuilder.key(master),
            "DeadMaster",
            "dead",
            master + ":3306",
            "",
            "",
            "master",
            List.of(TopologyBuilder.key(replica)),
            false,
            true,
            true,
            true,
            "seen");
    return recoveries.begin(failure, origin, "uid-" + master, List.of());
  }

  private Begun fails(String master, String replica) {
    return fails(master, replica, RecoveryOrigin.AUTOMATIC);
  }

  private boolean isBraked() {
    return group.state().brake().filter(RecoveryBrake::isOn).isPresent();
  }

  @Test
  void oneServerTooManyPullsTheBrakeAndIsListedWithTheReason() {
    group.lead(leader);
    assertThat(fails("m", "r1").refusal()).isEmpty();
    assertThat(isBraked()).isFalse();
    assertThat(fails("x", "r2").refusal()).hasValueSatisfying(r -> assertThat(r).contains("limit"));

    assertThat(isBraked()).isTrue();
    assertThat(audit).contains("pull-recovery-brake x:3306");
    assertThat(blocked)
        .singleElement()
        .satisfies(b -> {
          assertThat(b.failed()).isEqualTo(TopologyBuilder.key("x"));
          assertThat(b.reason()).contains("budget", "m:3306");
          assertThat(b.blockingRecoveryId()).isZero();
        });
    assertThat(fails("y", "r3").refusal())
        .hasValueSatisfying(r -> assertThat(r).contains("release-recovery-brake"));
  }

  @Test
  void aPersonGoesOnAndReleasesTheBrake() {
    group.lead(leader);
    fails("m", "r1");
    fails("x", "r2");
    RecoveryOrigin person =
        new RecoveryOrigin(false, "force-master-failover", Optional.empty(), false);
    assertThat(fails("x", "r2", person).refusal()).isEmpty();

    Acknowledgement by = new Acknowledgement("dba", "", Instant.now());
    assertThat(group.submitAsLeader(List.of(new Command.ReleaseBrake(by)))).isTrue();
    assertThat(fails("y", "r3").refusal()).isEmpty();
  }

  @Test
  void aServerThatIsHeldBackAnywayDoesNotPullTheBrake() {
    group.lead(leader);
    fails("m", "r1");
    Instant now = Instant.now();
    RecoveryPause pause =
        new RecoveryPause("x:3306", "", "dba", "moves", now, now.plusSeconds(600));
    group.submitAsLeader(List.of(new Command.PauseRecoveries(pause)));
    assertThat(fails("x", "r2").refusal())
        .hasValueSatisfying(r -> assertThat(r).contains("paused"));
    assertThat(isBraked()).isFalse();
    assertThat(blocked).singleElement().satisfies(b -> assertThat(b.reason()).contains("moves"));
  }
}
