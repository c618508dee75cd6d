package orchestrator.server.engine.manager;

import static orchestrator.server.engine.manager.TestNode.SOMEBODY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.state.Command;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.testing.TopologyBuilder;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.server.engine.FakeBackend;
import orchestrator.server.engine.FakeClock;
import orchestrator.server.engine.FakeHooks;
import orchestrator.server.engine.FakeRaft;
import orchestrator.server.engine.FakeServers;
import orchestrator.server.engine.Outcome;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** All managers look; the one that leads acts. */
class ManagersOfAGroupTest {
  private static final InstanceKey ALONE = TopologyBuilder.key("x");

  private final FakeClock clock = new FakeClock();
  private final FakeRaft group = new FakeRaft();
  private final FakeServers servers = FakeServers.masterWithReplicas(2, clock);
  private final FakeHooks hooks = new FakeHooks();
  private final TestNode first = TestNode.started(group, servers, hooks, clock, "n1");
  private final TestNode second = TestNode.started(group, servers, hooks, clock, "n2");

  /** A replica tells of its master only, so that the others are found by asking for them. */
  ManagersOfAGroupTest() {
    for (TestNode node : List.of(first, second)) {
      node.manager.discovery().admit(TopologyBuilder.key("r1"));
      node.manager.discovery().admit(TopologyBuilder.key("r2"));
    }
    clock.pass(TestNode.START_DELAY.multipliedBy(2));
  }

  @AfterEach
  void stop() {
    first.close();
    second.close();
  }

  private static ConditionFactory soon() {
    return await().pollInterval(Duration.ofMillis(10)).atMost(Duration.ofSeconds(20));
  }

  private void awaitAllSeen() {
    soon()
        .until(() ->
            List.of("m", "r1", "r2").stream()
                .allMatch(server -> first.sees(server) && second.sees(server)));
  }

  private Optional<RecoveryTicket> closedRecovery() {
    return group.state().recoveries().values().stream()
        .filter(ticket -> !ticket.isOpen())
        .findAny();
  }

  @Test
  void followerLooksAndDoesNothing() {
    group.lead(first.member);
    awaitAllSeen();
    servers.kill("m");
    soon().until(() -> closedRecovery().isPresent());

    assertThat(closedRecovery().orElseThrow().successful()).isTrue();
    assertThat(closedRecovery().get().processingNode()).isEqualTo("n1");
    assertThat(servers.told()).isNotEmpty().allMatch(told -> told.node().equals("n1"));
    assertThat(hooks.runs("detect")).hasSize(1);
    assertThat(second.member.submissions()).isEmpty();
    assertThat(second.manager.detector().diagnoses()).isNotEmpty();
  }

  @Test
  void managersWithoutALeaderDoNothing() {
    awaitAllSeen();
    servers.kill("m");
    soon()
        .until(() ->
            !first.manager.detector().diagnoses().isEmpty()
                && !second.manager.detector().diagnoses().isEmpty());
    awaitLooks();

    assertThat(servers.told()).isEmpty();
    assertThat(hooks.runs()).isEmpty();
    assertThat(first.member.submissions()).isEmpty();
    assertThat(second.member.submissions()).isEmpty();
  }

  @Test
  void followerThatIsElectedAfterTheFailureRecoversAtOnce() {
    group.lead(first.member);
    awaitAllSeen();
    group.depose();
    servers.kill("m");
    soon().until(() -> !second.manager.detector().diagnoses().isEmpty());
    Instant elected = clock.instant();
    group.lead(second.member);
    soon().until(() -> closedRecovery().isPresent());

    assertThat(closedRecovery().orElseThrow().processingNode()).isEqualTo("n2");
    assertThat(Duration.between(elected, closedRecovery().get().started()))
        .isLessThan(TestNode.START_DELAY.dividedBy(2));
    assertThat(servers.told()).allMatch(told -> told.node().equals("n2"));
  }

  @Test
  void nodeThatIsElectedAtItsStartHoldsOffUntilItsPictureIsComplete() {
    awaitAllSeen();
    try (TestNode fresh = TestNode.started(group, servers, hooks, clock, "n3")) {
      fresh.manager.discovery().admit(TopologyBuilder.key("r1"));
      fresh.manager.discovery().admit(TopologyBuilder.key("r2"));
      soon().until(() -> List.of("m", "r1", "r2").stream().allMatch(fresh::sees));
      servers.kill("m");
      group.lead(fresh.member);
      soon().until(() -> !fresh.manager.detector().diagnoses().isEmpty());
      awaitLooks();
      assertThat(servers.told()).filteredOn(told -> !isRestartOfIoThread(told)).isEmpty();
      assertThat(hooks.runs()).isEmpty();

      clock.pass(TestNode.START_DELAY);
      soon().until(() -> closedRecovery().isPresent());
    }
  }

  private static boolean isRestartOfIoThread(FakeServers.Told told) {
    return told.action() instanceof ServerAction.StopIoThread
        || told.action() instanceof ServerAction.StartIoThread;
  }

  /** Detectors look each second: until each has done so, twice. */
  private static void awaitLooks() {
    Instant twice = Instant.now().plusSeconds(2);
    soon().until(() -> Instant.now().isAfter(twice));
  }

  @Test
  void processesOfADetectionRunAgainUnderTheNextLeader() {
    AtomicBoolean once = new AtomicBoolean();
    hooks.onRun((run, done) -> {
      if (run.command().equals("detect") && !done && once.compareAndSet(false, true)) {
        group.lead(second.member);
      }
    });
    group.lead(first.member);
    awaitAllSeen();
    servers.kill("m");
    soon().until(() -> closedRecovery().isPresent());

    List<FakeHooks.Run> runs = hooks.runs("detect");
    assertThat(runs).hasSize(2);
    assertThat(runs.getFirst().variable("ORC_HOOK_REPEATED")).isEqualTo("false");
    assertThat(runs.getLast().variable("ORC_HOOK_REPEATED")).isEqualTo("true");
    assertThat(runs.getLast().variable("ORC_RECOVERY_UID"))
        .isEqualTo(runs.getFirst().variable("ORC_RECOVERY_UID"));
    assertThat(runs.getLast().variable("ORC_RAFT_TERM")).isEqualTo("2");
    assertThat(servers.told()).allMatch(told -> told.node().equals("n2"));
    assertThat(closedRecovery().orElseThrow().successful()).isTrue();
    assertThat(group.state().recoveries()).hasSize(1);
  }

  @Test
  void demotedMasterIsWatchedByTheLeaderAlone() {
    group.lead(first.member);
    awaitAllSeen();
    servers.kill("m");
    soon().until(() -> closedRecovery().isPresent());
    int before = servers.told().size();
    group.lead(second.member);
    servers.revive("m");
    soon().until(() -> servers.writable().size() == 1);
    ServerAction end = new ServerAction.EndClients(TopologyBuilder.key("m"));
    soon().until(() -> servers.told().stream().anyMatch(told -> told.action().equals(end)));

    List<FakeServers.Told> later = servers.told().subList(before, servers.told().size());
    assertThat(later).allMatch(told -> told.node().equals("n2"));
    assertThat(later.getFirst().action())
        .matches(action -> action instanceof ServerAction.SetReadOnly set && set.readOnly());
    assertThat(later).last().extracting(FakeServers.Told::action).isEqualTo(end);
  }

  // ---- what is known ----

  @Test
  void whatAFollowerFindsStaysInItsPictureAndWhatTheLeaderFindsIsKnownToAll() {
    awaitAllSeen();
    assertThat(group.state().known()).isEmpty();
    group.lead(first.member);
    soon().until(() -> group.state().known().size() == 3);
    servers.addAlone("x");
    second.manager.discovery().admit(ALONE);
    soon().until(() -> second.sees("x"));

    assertThat(group.state().known()).doesNotContain(ALONE);
    assertThat(first.knows("x")).isFalse();
    assertThat(second.member.submissions()).isEmpty();
  }

  @Test
  void serverThatTheLeaderMakesKnownIsPolledByAllAndDroppedByAllWhenForgotten() {
    group.lead(first.member);
    servers.addAlone("x");
    var discovered = first.manager.operations().discover(ALONE, SOMEBODY);
    assertThat(discovered).isInstanceOf(Outcome.Ok.class);
    soon().until(() -> second.sees("x"));
    soon().until(() -> isRemembered(second));

    assertThat(first.manager.operations().forget(ALONE, SOMEBODY)).isInstanceOf(Outcome.Ok.class);
    soon().until(() -> !second.knows("x") && !first.knows("x"));
    assertThat(isRemembered(first)).isFalse();
    assertThat(isRemembered(second)).isFalse();
    servers.forgetProbes();
    soon().until(() -> servers.isProbed("r1") && servers.isProbed("m"));
    assertThat(servers.isProbed("x")).isFalse();
  }

  private static boolean isRemembered(TestNode node) {
    return node.backend.loadInstances().stream().map(Instance::key).anyMatch(ALONE::equals);
  }

  @Test
  void followerCannotChangeWhatIsKnown() {
    group.lead(first.member);
    assertThat(second.manager.operations().discover(ALONE, SOMEBODY))
        .isInstanceOfSatisfying(
            Outcome.Failed.class,
            failed -> assertThat(failed.failure()).isEqualTo(Outcome.Failure.UNAVAILABLE));
    assertThat(second.knows("x")).isFalse();
  }

  @Test
  void jumpOfTheStateIsFollowed() {
    group.lead(first.member);
    awaitAllSeen();
    servers.addAlone("x");
    servers.addAlone("y");
    assertThat(group.submitAsLeader(List.of(new Command.Discover(ALONE)))).isTrue();
    soon().until(() -> first.sees("x") && second.sees("x"));
    group.depose();
    ReplicatedState other =
        FakeRaft.stateOf(
            List.of(
                new Command.Discover(TopologyBuilder.key("m")),
                new Command.Discover(TopologyBuilder.key("y"))));
    group.jump(other);

    soon().until(() -> second.sees("y") && !second.knows("x"));
    soon().until(() -> first.sees("y") && !first.knows("x"));
  }

  @Test
  void serverForgottenWhileANodeWasAwayDoesNotComeBackWithIt() {
    group.lead(first.member);
    awaitAllSeen();
    servers.addAlone("x");
    FakeBackend backend = new FakeBackend();
    backend.saveInstances(List.of(new TopologyBuilder(clock.instant()).instance("x")));
    backend.saveInstances(List.of(new TopologyBuilder(clock.instant()).instance("r1")));
    servers.forgetProbes();
    try (TestNode returning =
        TestNode.started(group, servers, hooks, clock, "n3", backend, List.of())) {
      soon().until(() -> returning.sees("r1"));
      soon().until(() -> returning.sees("r2"));
      assertThat(returning.knows("x")).isFalse();
      assertThat(servers.isProbed("x")).isFalse();
    }
  }
}
