package orchestrator.core.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import orchestrator.core.facts.JournalEntry;
import orchestrator.core.facts.RecoveryOrigin;
import orchestrator.core.relocation.ActionOutcome;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.relocation.ServerAction.EndClients;
import orchestrator.core.relocation.ServerAction.SetReadOnly;
import orchestrator.core.testing.InstanceBuilder;
import orchestrator.core.testing.TopologyBuilder;
import orchestrator.core.topology.InstanceKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Clients of an old master are disconnected before another server takes writes, if that goes. */
class OldClientsTest {
  private static final InstanceKey MASTER = TopologyBuilder.key("m");
  private static final InstanceKey R1 = TopologyBuilder.key("r1");
  private static final SetReadOnly HOLD = new SetReadOnly(MASTER, true, false);
  private static final EndClients END = new EndClients(MASTER);
  private static final SetReadOnly PROMOTE = new SetReadOnly(R1, false, false);

  private final TopologyBuilder servers =
      TopologyBuilder.masterWithReplicas(2)
          .with("m", m -> m.oracleGtid(InstanceBuilder.uuidOf(MASTER) + ":1-100"))
          .withReplicasOf("m", r -> r.oracleGtid(InstanceBuilder.uuidOf(MASTER) + ":1-100"));
  private RecoveryPolicy policy = RecoveryPolicy.DEFAULT;

  enum Kind {
    TAKEOVER,
    FORCED,
    AUTOMATIC
  }

  private Stage stage(Kind kind) {
    return new Stage(
        servers,
        policy,
        switch (kind) {
          case TAKEOVER -> RecoveryOrigin.takeover(R1, true);
          case FORCED -> new RecoveryOrigin(false, "force-master-takeover", Optional.of(R1), false);
          case AUTOMATIC -> RecoveryOrigin.AUTOMATIC;
        });
  }

  private static List<ServerAction> order(Stage stage) {
    return stage.actions().filter(List.of(HOLD, END, PROMOTE)::contains).toList();
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void theyAreDisconnectedWhenItIsReadOnlyAndBeforeThePromotion(Kind kind) {
    Stage stage = stage(kind).start();
    assertThat(order(stage)).containsExactly(HOLD, END, PROMOTE);
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void theyAreLeftAloneWhereThatIsConfigured(Kind kind) {
    policy = policy.with(SafetyPolicy.DEFAULT.leavingClients());
    assertThat(order(stage(kind).start())).containsExactly(HOLD, PROMOTE);
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void aMasterThatDoesNotAnswerHasNoneThatWeReach(Kind kind) {
    Stage stage = stage(kind).silent("m").start();
    assertThat(stage.actions()).doesNotContain(END);
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void thatTheyCannotBeDisconnectedIsSaidAndHoldsUpNothing(Kind kind) {
    Stage stage =
        stage(kind)
            .answering(
                Effect.Perform.class,
                e -> outcome(e, new ActionOutcome.NotApplied("CONNECTION_ADMIN is needed")))
            .start();
    assertThat(stage.ticket.promoted()).contains(R1);
    assertThat(stage.journal().toList().toString()).contains("CONNECTION_ADMIN is needed");
  }

  private static Optional<Event> outcome(Effect effect, ActionOutcome outcome) {
    return ((Effect.Perform) effect).action().equals(END)
        ? Optional.of(new Event.ActionFinished(effect.id(), outcome))
        : Optional.empty();
  }

  @Test
  void thePromotionWaitsForItASecondAtMost() {
    Stage stage = stage(Kind.TAKEOVER).start();
    Effect end = stage.effects.get(indexOf(stage, END));
    assertThat(((Effect.Perform) end).timeout()).isLessThanOrEqualTo(Duration.ofSeconds(1));
  }

  /** Somebody who may write to read-only servers may have written until then. */
  @Test
  void whatTheMasterSaidBeforeTheyWereGoneDoesNotCount() {
    Stage stage = stage(Kind.TAKEOVER);
    AtomicInteger reads = new AtomicInteger();
    // The first read is under way when they are ended, and does not show their last transaction.
    stage
        .answering(
            Effect.Probe.class,
            e -> {
              List<ServerAction> done = order(stage);
              boolean isMeant = done.contains(HOLD) && !done.contains(PROMOTE);
              if (isMeant
                  && ((Effect.Probe) e).key().equals(MASTER)
                  && reads.incrementAndGet() == 2) {
                stage.change(
                    "m", m -> m.readOnly().oracleGtid(InstanceBuilder.uuidOf(MASTER) + ":1-101"));
              }
              return Optional.empty();
            })
        .start();
    assertThat(reads).as("reads until nothing is new").hasValueGreaterThanOrEqualTo(3);
    assertThat(stage.ticket.promoted()).contains(R1);
  }

  @Test
  void nobodyWaitsForThemWhereTheyMayNotWrite() {
    Stage stage = stage(Kind.TAKEOVER);
    stage
        .answering(
            Effect.Perform.class,
            e -> {
              if (!((Effect.Perform) e).action().equals(HOLD)) {
                return Optional.empty();
              }
              stage.change("m", m -> m.readOnly().superReadOnly());
              ActionOutcome held = new ActionOutcome.Applied(stage.server("m"));
              return Optional.of(new Event.ActionFinished(e.id(), held));
            })
        .answering(Effect.Perform.class, e -> late(stage, e))
        .start();
    assertThat(order(stage)).containsExactly(HOLD, END, PROMOTE);
    assertThat(stage.momentOf(PROMOTE)).isLessThan(Duration.ofSeconds(1));
  }

  /** It takes all the time that it may. */
  private static Optional<Event> late(Stage stage, Effect effect) {
    ActionOutcome left = new ActionOutcome.NotApplied("some are left");
    return outcome(effect, left)
        .map(event -> {
          stage.after(Duration.ofSeconds(1), event);
          return new Event.ActionFinished(-1, left); // for nobody
        });
  }

  @Test
  void whoWasLeftAloneIsSaid() {
    Stage stage =
        stage(Kind.TAKEOVER)
            .answering(
                Effect.Perform.class,
                e -> outcome(e, new ActionOutcome.Applied(servers.instance("m"), "3 of backup")))
            .start();
    assertThat(stage.journal().toList().toString()).contains("were ended: 3 of backup");
  }

  /** Whoever died may have set it read-only and no more. */
  @Test
  void aManagerThatTakesOverBeforeThePromotionEndsThemAgain() {
    Stage stage = stage(Kind.FORCED);
    stage.ticket = stage.ticket.with(new JournalEntry.PromotionIntended(R1), TopologyBuilder.NOW);
    assertThat(order(stage.resume())).containsSubsequence(HOLD, END);
  }

  private static int indexOf(Stage stage, ServerAction action) {
    return stage.effects.indexOf(
        stage.effects.stream()
            .filter(e -> e instanceof Effect.Perform perform && perform.action().equals(action))
            .findFirst()
            .orElseThrow());
  }
}
