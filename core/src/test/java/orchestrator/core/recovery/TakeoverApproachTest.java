package orchestrator.core.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongUnaryOperator;
import orchestrator.core.facts.RecoveryOrigin;
import orchestrator.core.relocation.ServerAction.SetReadOnly;
import orchestrator.core.testing.InstanceBuilder;
import orchestrator.core.testing.TopologyBuilder;
import orchestrator.core.topology.InstanceKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A takeover blocks writes when its target has nearly all of them. */
class TakeoverApproachTest {
  private static final InstanceKey MASTER = TopologyBuilder.key("m");
  private static final InstanceKey TARGET = TopologyBuilder.key("r1");
  private static final String UUID = InstanceBuilder.uuidOf(MASTER);
  private static final SetReadOnly HOLD = new SetReadOnly(MASTER, true, false);
  private static final SetReadOnly PROMOTE = new SetReadOnly(TARGET, false, false);

  private long lastOfMaster = 10_000;
  private final TopologyBuilder servers =
      TopologyBuilder.masterWithReplicas(1)
          .with("m", m -> m.oracleGtid(UUID + ":1-10000"))
          .with("r1", r -> r.oracleGtid(UUID + ":1-9000"));

  /**
   * @param applied the last transaction that the target has, by the milliseconds since the takeover
   *     began
   */
  private Stage stage(LongUnaryOperator applied) {
    Stage stage = new Stage(servers, RecoveryPolicy.DEFAULT, RecoveryOrigin.takeover(TARGET, true));
    return stage.answering(
        Effect.Probe.class,
        effect -> {
          if (!((Effect.Probe) effect).key().equals(TARGET)) {
            return Optional.empty();
          }
          long millis = Duration.between(TopologyBuilder.NOW, stage.now).toMillis();
          long last = Math.min(lastOfMaster, applied.applyAsLong(millis));
          servers.with("r1", r -> r.oracleGtid(UUID + ":1-" + last));
          return Optional.of(new Event.Probed(effect.id(), servers.instance("r1")));
        });
  }

  @Test
  void aBacklogIsAppliedBeforeWritesAreBlocked() {
    Stage stage = stage(millis -> 9_000 + millis).start();
    assertThat(stage.ticket.promoted()).contains(TARGET);
    assertThat(stage.momentOf(HOLD)).isGreaterThanOrEqualTo(Duration.ofMillis(850));
    assertThat(stage.momentOf(PROMOTE).minus(stage.momentOf(HOLD)))
        .isLessThan(Duration.ofMillis(200));
  }

  @Test
  void aBacklogThatStaysIsNoReasonToRefuseWhileItIsShort() {
    // It always needs half a second: the master writes as fast as it applies.
    lastOfMaster = Long.MAX_VALUE;
    Stage stage = stage(millis -> 9_000 + millis);
    stage.answering(
        Effect.Probe.class,
        effect -> {
          boolean before = stage.actions().noneMatch(HOLD::equals);
          if (!((Effect.Probe) effect).key().equals(MASTER) || !before) {
            return Optional.empty();
          }
          long millis = Duration.between(TopologyBuilder.NOW, stage.now).toMillis();
          stage.change("m", m -> m.oracleGtid(UUID + ":1-" + (9_500 + millis)));
          return Optional.empty();
        });
    stage.change("m", m -> m.oracleGtid(UUID + ":1-9500"));
    stage.start();
    assertThat(stage.momentOf(HOLD))
        .isBetween(Nearness.STALL, Nearness.STALL.plus(Duration.ofSeconds(1)));
  }

  @Test
  void writesAreNotBlockedForATargetThatAppliesNothing() {
    Stage stage = stage(millis -> 9_000).start();
    assertThat(stage.actions()).doesNotContain(HOLD, PROMOTE);
    assertThat(stage.ticket.errors())
        .first()
        .asString()
        .contains("lacks 1000 transactions", "ReasonableMaintenanceReplicationLagSeconds");
    assertThat(stage.ticket.isOpen()).isFalse();
  }

  /** Twenty seconds are allowed by default; this one would need a hundred. */
  @Test
  void writesAreNotBlockedForATargetThatNeedsTooLong() {
    Stage stage = stage(millis -> 9_000 + millis / 100).start();
    assertThat(stage.actions()).doesNotContain(HOLD, PROMOTE);
    assertThat(stage.ticket.isOpen()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"m", "r1"})
  void aServerThatFallsSilentMeanwhileEndsItBeforeWritesAreBlocked(String server) {
    Stage stage = stage(millis -> 9_000 + millis);
    stage.answering(
        Effect.Probe.class,
        effect ->
            ((Effect.Probe) effect).key().equals(TopologyBuilder.key(server))
                    && stage.now.isAfter(TopologyBuilder.NOW.plusMillis(300))
                ? Optional.of(new Event.ProbeFailed(effect.id(), "silent"))
                : Optional.empty());
    stage.start();
    assertThat(stage.actions()).doesNotContain(HOLD, PROMOTE);
    assertThat(stage.ticket.errors()).first().asString().contains("does not answer any more");
  }

  @Test
  void oneReadThatFailsIsAnAccident() {
    int[] failures = {0};
    Stage stage = stage(millis -> 9_000 + millis);
    stage.answering(
        Effect.Probe.class,
        effect ->
            stage.now.isAfter(TopologyBuilder.NOW.plusMillis(300)) && failures[0]++ == 0
                ? Optional.of(new Event.ProbeFailed(effect.id(), "lost"))
                : Optional.empty());
    assertThat(stage.start().ticket.promoted()).contains(TARGET);
  }
}
