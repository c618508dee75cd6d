package orchestrator.core.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import orchestrator.core.binlog.MatchResult;
import orchestrator.core.binlog.PseudoGtid;
import orchestrator.core.facts.HookPoint;
import orchestrator.core.facts.RecoveryOrigin;
import orchestrator.core.facts.ReplicaFate;
import orchestrator.core.facts.ReplicaFate.Kind;
import orchestrator.core.gtid.BinlogCoordinates;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.testing.InstanceBuilder;
import orchestrator.core.testing.TopologyBuilder;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.PromotionRule;
import orchestrator.core.topology.Replication;
import orchestrator.core.topology.ThreadState;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The manager, or a server, dies at a step of a recovery, at each of its steps, whether that goes
 * well or not. Whoever goes on brings it to its end: one server takes writes, every replica is
 * accounted for, a failure is explained, and no replica that answers is left stopped.
 */
class DeathAtEachStepTest {
  private static final InstanceKey MASTER = TopologyBuilder.key("m");
  private static final String EXECUTED = InstanceBuilder.uuidOf(MASTER) + ":1-100";
  private static final PseudoGtid PSEUDO_GTID = PseudoGtid.injected(100);

  /** A recovery, and what it meets. */
  enum Story {
    DEAD_MASTER("DeadMaster", "m"),
    DEAD_MASTER_REFUSED("DeadMaster", "m"),
    DEAD_MASTER_BY_POSITION("DeadMaster", "m"),
    DEAD_CO_MASTER("DeadCoMaster", "m"),
    DEAD_INTERMEDIATE_MASTER("DeadIntermediateMaster", "im"),
    DEAD_INTERMEDIATE_MASTER_BY_POSITION("DeadIntermediateMaster", "im"),
    DEAD_INTERMEDIATE_MASTER_UNMATCHED("DeadIntermediateMaster", "im"),
    TAKEOVER("DeadMaster", "m");

    final String analysis;
    final String failed;

    Story(String analysis, String failed) {
      this.analysis = analysis;
      this.failed = failed;
    }

    TopologyBuilder servers() {
      return switch (this) {
        case DEAD_MASTER -> master(InstanceBuilder::unreachable);
        case DEAD_MASTER_REFUSED ->
            master(InstanceBuilder::unreachable)
                .withReplicasOf("m", r -> r.promotionRule(PromotionRule.MUST_NOT));
        case DEAD_MASTER_BY_POSITION -> byPosition();
        case DEAD_CO_MASTER ->
            new TopologyBuilder()
                .with("m", m -> m.replicatesFrom("o").unreachable().oracleGtid(EXECUTED))
                .with("o", o -> replica(o, "m").failingToConnect())
                .with("r1", r -> replica(r, "m").failingToConnect());
        case DEAD_INTERMEDIATE_MASTER -> intermediate().withReplicasOf("im", Story::withGtid);
        case DEAD_INTERMEDIATE_MASTER_BY_POSITION, DEAD_INTERMEDIATE_MASTER_UNMATCHED ->
            intermediate();
        case TAKEOVER -> master(m -> {});
      };
    }

    private static TopologyBuilder master(Consumer<InstanceBuilder> how) {
      TopologyBuilder servers =
          TopologyBuilder.masterWithReplicas(3)
              .with("m", m -> m.oracleGtid(EXECUTED))
              .with("m", how)
              .withReplicasOf("m", Story::withGtid);
      return servers.instance("m").isLastCheckValid()
          ? servers
          : servers.withReplicasOf("m", InstanceBuilder::failingToConnect);
    }

    private static TopologyBuilder byPosition() {
      BinlogCoordinates at = BinlogCoordinates.binary("master-bin.000009", 900);
      return TopologyBuilder.masterWithReplicas(3)
          .with("m", m -> m.unreachable().gtidMode("OFF").binlogPosition("master-bin.000009", 900))
          .withReplicasOf(
              "m",
              r ->
                  r.failingToConnect()
                      .gtidMode("OFF")
                      .replication(row -> row.positions(at, at))
                      .binlogPosition("bin.000004", 4711));
    }

    private static TopologyBuilder intermediate() {
      return new TopologyBuilder()
          .with("m", m -> m.oracleGtid(EXECUTED))
          .with("im", r -> replica(r, "m").unreachable())
          .with("s", s -> replica(s, "m"))
          .with("a", a -> a.replicatesFrom("im").readOnly().failingToConnect())
          .with("b", b -> b.replicatesFrom("im").readOnly().failingToConnect());
    }

    private static void withGtid(InstanceBuilder server) {
      server.oracleGtid(EXECUTED);
    }

    private static InstanceBuilder replica(InstanceBuilder server, String source) {
      return server.replicatesFrom(source).readOnly().oracleGtid(EXECUTED);
    }

    RecoveryOrigin origin() {
      return this == TAKEOVER
          ? RecoveryOrigin.takeover(TopologyBuilder.key("r1"), true)
          : RecoveryOrigin.AUTOMATIC;
    }

    Stage stage() {
      Map<HookPoint, List<String>> hooks = new EnumMap<>(HookPoint.class);
      for (HookPoint point : HookPoint.values()) {
        hooks.put(point, List.of(point.configurationKey()));
      }
      RecoveryPolicy policy = RecoveryPolicy.DEFAULT.with(hooks).with(PSEUDO_GTID);
      Stage stage = new Stage(servers(), failed, analysis, policy, origin(), ReplicatedState.EMPTY);
      if (this != TAKEOVER) {
        stage.silent(failed);
      }
      return this == DEAD_INTERMEDIATE_MASTER_UNMATCHED
          ? stage.answering(Effect.ReadLog.class, Story::notMatched)
          : stage;
    }

    private static Optional<Event> notMatched(Effect effect) {
      return Optional.of(
          new Event.LogRead(
              effect.id(), new LogAnswer.Place(new MatchResult.NotMatched("no marker"))));
    }

    int steps() {
      return stage().start().effects.size();
    }
  }

  @ParameterizedTest
  @EnumSource(Story.class)
  void whereverTheManagerDiesTheNextOneBringsItToItsEnd(Story story) {
    isBroughtToItsEnd(story, Story::stage);
  }

  @ParameterizedTest
  @EnumSource(Story.class)
  void whatServersWereToldAndDidNotDoYetIsNotForgotten(Story story) {
    isBroughtToItsEnd(story, s -> s.stage().hesitating());
  }

  private static void isBroughtToItsEnd(Story story, Function<Story, Stage> stages) {
    boolean usually = story.stage().start().ticket.successful();
    int steps = stages.apply(story).start().effects.size();
    for (int step = 1; step < steps; step++) {
      Stage stage = stages.apply(story).managerDying(step).start();
      stage.resume();
      assertEnded(stage, "%s, the manager died at step %d of %d".formatted(story, step, steps));
      if (story != Story.TAKEOVER) {
        assertThat(stage.ticket.successful()).as("%s, step %d", story, step).isEqualTo(usually);
      }
    }
  }

  static Stream<Arguments> victims() {
    return Stream.of(Story.values())
        .flatMap(story ->
            story.servers().build().instances().stream()
                .map(Instance::key)
                .filter(key -> !key.hostname().equals(story.failed) || story == Story.TAKEOVER)
                .map(key -> Arguments.of(story, key.hostname())));
  }

  @ParameterizedTest
  @MethodSource("victims")
  void wheneverAServerDiesTheRecoveryEndsAndTellsWhatBecameOfAll(Story story, String victim) {
    int steps = story.steps();
    for (int step = 1; step < steps; step++) {
      Stage stage = story.stage().serverDying(victim, step).start();
      assertEnded(stage, "%s, %s died at step %d of %d".formatted(story, victim, step, steps));
    }
  }

  private static void assertEnded(Stage stage, String when) {
    assertThat(stage.end().closed()).as(when).isTrue();
    assertThat(stage.ticket.isOpen()).as(when).isFalse();
    if (!stage.ticket.successful()) {
      assertThat(stage.ticket.errors()).as(when).isNotEmpty();
    }
    assertThat(stage.writable()).as(when).hasSizeLessThanOrEqualTo(1);
    stage.ticket.fates().forEach((replica, fate) -> assertAccountedFor(stage, replica, fate, when));
  }

  private static void assertAccountedFor(
      Stage stage, InstanceKey replica, ReplicaFate fate, String when) {
    String what = when + ": " + replica + " is " + fate + ", errors " + stage.ticket.errors();
    boolean decided = stage.ticket.promoted().isPresent();
    if (decided) {
      assertThat(fate.kind()).as(what).isNotEqualTo(Kind.PENDING);
    }
    Instance server = stage.server(replica.hostname());
    boolean stopped =
        server
            .replication()
            .map(Replication::ioThread)
            .filter(ThreadState.STOPPED::equals)
            .isPresent();
    boolean told =
        stage.isSilent(replica)
            || stage.ticket.intended().isPresent() // an error names the server that may be writable
            || (fate.kind() == Kind.LOST && decided);
    assertThat(stopped && !told).as(what + ", and is left stopped").isFalse();
  }
}
