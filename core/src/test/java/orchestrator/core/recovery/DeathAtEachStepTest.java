package orchestrator.core.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
import orchestrator.core.topology.SemiSync;
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
  private static final BinlogCoordinates AT = BinlogCoordinates.binary("master-bin.000009", 900);
  private static final PseudoGtid PSEUDO_GTID = PseudoGtid.injected(100);

  /** A recovery, and what it meets. */
  enum Story {
    DEAD_MASTER("DeadMaster", "m"),
    DEAD_MASTER_REFUSED("DeadMaster", "m"),
    DEAD_MASTER_BY_POSITION("DeadMaster", "m"),
    DEAD_MASTER_OF_MARIADB("DeadMaster", "m"),
    DEAD_CO_MASTER("DeadCoMaster", "m"),
    DEAD_CO_MASTER_OF_MARIADB("DeadCoMaster", "m"),
    DEAD_CO_MASTER_BY_POSITION("DeadCoMaster", "m"),
    DEAD_INTERMEDIATE_MASTER("DeadIntermediateMaster", "im"),
    DEAD_INTERMEDIATE_MASTER_BY_POSITION("DeadIntermediateMaster", "im"),
    DEAD_INTERMEDIATE_MASTER_UNMATCHED("DeadIntermediateMaster", "im"),
    DEAD_GROUP_MEMBER("DeadReplicationGroupMemberWithReplicas", "im"),
    LOCKED_SEMI_SYNC_MASTER("LockedSemiSyncMaster", "m"),
    TOO_MANY_SEMI_SYNC_REPLICAS("MasterWithTooManySemiSyncReplicas", "m"),
    READ_ONLY_MASTER("NoWriteableMasterStructureWarning", "m"),
    TAKEOVER("DeadMaster", "m");

    /** The failed server answers. */
    private static final Set<Story> OF_LIVING =
        EnumSet.of(
            LOCKED_SEMI_SYNC_MASTER, TOO_MANY_SEMI_SYNC_REPLICAS, READ_ONLY_MASTER, TAKEOVER);

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
        case DEAD_MASTER_OF_MARIADB ->
            TopologyBuilder.masterWithReplicas(3)
                .with("m", m -> onMariaDb(m).unreachable())
                .withReplicasOf("m", r -> onMariaDb(r).failingToConnect());
        case DEAD_CO_MASTER -> coMasters(Story::withGtid);
        case DEAD_CO_MASTER_OF_MARIADB -> coMasters(Story::onMariaDb);
        case DEAD_CO_MASTER_BY_POSITION ->
            byPosition()
                .with("m", m -> m.replicatesFrom("r1").replication(row -> row.positions(AT, AT)));
        case DEAD_GROUP_MEMBER -> group();
        case LOCKED_SEMI_SYNC_MASTER -> semiSync(2, false);
        case TOO_MANY_SEMI_SYNC_REPLICAS -> semiSync(1, true);
        case READ_ONLY_MASTER -> master(InstanceBuilder::readOnly);
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

    private static TopologyBuilder coMasters(Consumer<InstanceBuilder> how) {
      return new TopologyBuilder()
          .with("m", m -> m.replicatesFrom("o").unreachable())
          .with("o", o -> o.replicatesFrom("m").readOnly().failingToConnect())
          .with("r1", r -> r.replicatesFrom("m").readOnly().failingToConnect())
          .with("m", how)
          .with("o", how)
          .with("r1", how);
    }

    private static InstanceBuilder onMariaDb(InstanceBuilder server) {
      return server.mariaDb("11.4.2-MariaDB").mariaDbGtid("0-1-100");
    }

    /** Primary {@code s}, and {@code im}, from which {@code a} and {@code b} replicate. */
    private static TopologyBuilder group() {
      TopologyBuilder servers = new TopologyBuilder();
      for (String member : List.of("im", "s")) {
        servers.with(
            member,
            m ->
                m.oracleGtid(EXECUTED)
                    .group("g", member.equals("s") ? "PRIMARY" : "SECONDARY", "ONLINE", "s")
                    .groupMembers("im", "s"));
      }
      return servers
          .with("im", InstanceBuilder::unreachable)
          .with("a", a -> replica(a, "im").failingToConnect())
          .with("b", b -> replica(b, "im").failingToConnect());
    }

    /** A master that waits for so many of its three replicas. */
    private static TopologyBuilder semiSync(int waitsFor, boolean on) {
      SemiSync replica = new SemiSync(true, 10, false, false, false, on, 10_000, 1, false, 0, on);
      return TopologyBuilder.masterWithReplicas(3)
          .with("m", m -> m.semiSyncMaster(true, waitsFor, on ? 3 : 0))
          .withReplicasOf("m", r -> r.readOnly().semiSync(replica));
    }

    private static TopologyBuilder byPosition() {
      return TopologyBuilder.masterWithReplicas(3)
          .with("m", m -> m.unreachable().gtidMode("OFF").binlogPosition("master-bin.000009", 900))
          .withReplicasOf(
              "m",
              r ->
                  r.failingToConnect()
                      .gtidMode("OFF")
                      .replication(row -> row.positions(AT, AT))
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
      RecoveryPolicy policy =
          RecoveryPolicy.DEFAULT
              .with(hooks)
              .with(PSEUDO_GTID)
              .with(new RecoveryPolicy.Replicas(true, Duration.ZERO, 5, true, false));
      Stage stage = new Stage(servers(), failed, analysis, policy, origin(), ReplicatedState.EMPTY);
      if (!OF_LIVING.contains(this)) {
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

  /** Otherwise there would be no steps to die at. */
  @ParameterizedTest
  @EnumSource(
      value = Story.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"DEAD_MASTER_REFUSED", "DEAD_INTERMEDIATE_MASTER_UNMATCHED"})
  void whereNobodyElseDiesItChangesServersAndEndsWell(Story story) {
    Stage stage = story.stage().start();
    assertThat(stage.ticket.successful()).as("%s", stage.ticket.errors()).isTrue();
    assertThat(stage.actions()).isNotEmpty();
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
                .filter(
                    key -> !key.hostname().equals(story.failed) || Story.OF_LIVING.contains(story))
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
