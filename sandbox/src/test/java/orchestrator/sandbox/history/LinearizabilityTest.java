package orchestrator.sandbox.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import orchestrator.sandbox.history.Linearizability.Linearizable;
import orchestrator.sandbox.history.Linearizability.Undecided;
import orchestrator.sandbox.history.Linearizability.Violated;
import orchestrator.sandbox.history.Operation.Action;
import orchestrator.sandbox.history.Operation.Outcome;
import orchestrator.sandbox.history.Operation.Read;
import orchestrator.sandbox.history.Operation.Value;
import orchestrator.sandbox.history.Operation.Write;
import org.junit.jupiter.api.Test;

class LinearizabilityTest {
  private static final int PLENTY = 100_000;

  private static Operation done(String key, Action action, long invoked, long returned) {
    return new Operation("c", key, action, invoked, returned, Outcome.DONE);
  }

  private static Operation wrote(String value, long invoked, long returned) {
    return done("k", new Write(Value.of(value)), invoked, returned);
  }

  private static Operation read(String value, long invoked, long returned) {
    return done("k", new Read(Value.of(value)), invoked, returned);
  }

  private static Operation readNothing(long invoked, long returned) {
    return done("k", new Read(Value.NONE), invoked, returned);
  }

  private static Operation deleted(long invoked, long returned) {
    return done("k", new Write(Value.NONE), invoked, returned);
  }

  private static Operation maybeWrote(String value, long invoked) {
    return new Operation("c", "k", new Write(Value.of(value)), invoked, 0, Outcome.UNKNOWN);
  }

  private static boolean isLinearizable(Operation... operations) {
    return switch (Linearizability.check(List.of(operations), PLENTY)) {
      case Linearizable() -> true;
      case Violated violated -> false;
      case Undecided undecided -> throw new AssertionError(undecided);
    };
  }

  @Test
  void whatOneClientDoesInTurnIsAccepted() {
    assertThat(
            isLinearizable(
                readNothing(0, 1),
                wrote("a", 2, 3),
                read("a", 4, 5),
                deleted(6, 7),
                readNothing(8, 9)))
        .isTrue();
  }

  @Test
  void aReadDuringAWriteMaySeeEitherValue() {
    assertThat(isLinearizable(wrote("a", 0, 1), wrote("b", 2, 9), read("a", 3, 4))).isTrue();
    assertThat(isLinearizable(wrote("a", 0, 1), wrote("b", 2, 9), read("b", 3, 4))).isTrue();
  }

  @Test
  void aStaleReadIsFound() {
    assertThat(isLinearizable(wrote("a", 0, 1), wrote("b", 2, 3), read("a", 4, 5))).isFalse();
  }

  @Test
  void aLostWriteIsFound() {
    assertThat(isLinearizable(wrote("a", 0, 1), readNothing(2, 3))).isFalse();
  }

  @Test
  void aValueThatWasNeverWrittenIsFound() {
    assertThat(isLinearizable(wrote("a", 0, 1), read("b", 2, 3))).isFalse();
  }

  @Test
  void aReadBeforeTheWriteBeganIsFound() {
    assertThat(isLinearizable(read("a", 0, 1), wrote("a", 2, 3))).isFalse();
  }

  @Test
  void aWriteThatIsAppliedTwiceIsFound() {
    assertThat(isLinearizable(wrote("a", 0, 1), wrote("b", 2, 3), read("b", 4, 5), read("a", 6, 7)))
        .isFalse();
  }

  @Test
  void twoReadersThatSeeTwoWritesInOppositeOrderAreFound() {
    assertThat(
            isLinearizable(
                wrote("a", 0, 9),
                wrote("b", 0, 9),
                read("a", 1, 2),
                read("b", 3, 4),
                read("a", 5, 6)))
        .isFalse();
  }

  @Test
  void aWriteThatWasRefusedMustNotBeRead() {
    Operation refused = new Operation("c", "k", new Write(Value.of("a")), 0, 1, Outcome.NOT_DONE);
    assertThat(isLinearizable(refused, readNothing(2, 3))).isTrue();
    assertThat(isLinearizable(refused, read("a", 2, 3))).isFalse();
  }

  @Test
  void aWriteOfUnknownOutcomeMayTakeEffectLateOrNever() {
    assertThat(isLinearizable(maybeWrote("a", 0), readNothing(1, 2))).isTrue();
    assertThat(isLinearizable(maybeWrote("a", 0), readNothing(1, 2), read("a", 3, 4))).isTrue();
    assertThat(isLinearizable(wrote("b", 0, 1), maybeWrote("a", 2), read("b", 3, 4))).isTrue();
  }

  @Test
  void aWriteOfUnknownOutcomeTakesEffectOnceAndNotBeforeItWasSent() {
    assertThat(
            isLinearizable(
                maybeWrote("a", 0),
                read("a", 1, 2),
                wrote("b", 3, 4),
                read("b", 5, 6),
                read("a", 7, 8)))
        .isFalse();
    assertThat(isLinearizable(read("a", 0, 1), maybeWrote("a", 2))).isFalse();
  }

  @Test
  void registersAreIndependentAndTheBadOneIsNamed() {
    Operation other = done("other", new Write(Value.of("a")), 0, 1);
    assertThat(isLinearizable(other, readNothing(2, 3))).isTrue();
    assertThat(
            Linearizability.check(
                List.of(other, wrote("a", 0, 1), wrote("b", 2, 3), read("a", 4, 5)), PLENTY))
        .isInstanceOfSatisfying(
            Violated.class,
            violated -> {
              assertThat(violated.key()).isEqualTo("k");
              assertThat(violated.explanation()).contains("holds b", "read a");
            });
  }

  @Test
  void theSearchIsBounded() {
    List<Operation> crowd = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      crowd.add(wrote("v" + i, 0, 100));
    }
    crowd.add(read("never", 101, 102));
    assertThat(Linearizability.check(crowd, 1000)).isInstanceOf(Undecided.class);
  }

  @Test
  void longHistoriesOfManyClientsWithUnknownOutcomesAreDecided() {
    for (int seed = 0; seed < 20; seed++) {
      List<Operation> history = real(new Random(seed), 400, 6);
      assertThat(Linearizability.check(history, PLENTY))
          .as("seed %d", seed)
          .isInstanceOf(Linearizable.class);
    }
  }

  @Test
  void agreesWithTryingAllOrdersOnSmallHistories() {
    int violated = 0;
    for (int seed = 0; seed < 3000; seed++) {
      List<Operation> history = arbitrary(new Random(seed));
      boolean expected = hasOrder(history, Value.NONE);
      assertThat(Linearizability.check(history, PLENTY) instanceof Linearizable)
          .as("seed %d: %s", seed, history)
          .isEqualTo(expected);
      violated += expected ? 0 : 1;
    }
    assertThat(violated).as("of both kinds there are many").isBetween(300, 2700);
  }

  /** What clients see of a register that is one: each operation takes effect when it returns. */
  private static List<Operation> real(Random random, int count, int clients) {
    long[] freeAt = new long[clients];
    Value value = Value.NONE;
    List<Operation> history = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int client = i % clients;
      long invoked = freeAt[client] + random.nextInt(20);
      long returned = invoked + random.nextInt(40);
      history.add(done("k", new Read(value), invoked, returned));
      freeAt[client] = returned + 1;
    }
    history.sort(Comparator.comparingLong(Operation::returned));
    List<Operation> done = new ArrayList<>();
    for (Operation slot : history) {
      int dice = random.nextInt(10);
      if (dice < 5) {
        done.add(withAction(slot, new Read(value), Outcome.DONE));
        continue;
      }
      Value written = dice == 5 ? Value.NONE : Value.of("v" + done.size());
      boolean lost = dice == 9 && random.nextBoolean();
      Outcome outcome = dice == 9 ? Outcome.UNKNOWN : Outcome.DONE;
      done.add(withAction(slot, new Write(written), outcome));
      value = lost ? value : written;
    }
    return done;
  }

  private static Operation withAction(Operation slot, Action action, Outcome outcome) {
    return new Operation(
        slot.client(), slot.key(), action, slot.invoked(), slot.returned(), outcome);
  }

  private static List<Operation> arbitrary(Random random) {
    List<Operation> history = new ArrayList<>();
    int count = 2 + random.nextInt(5);
    for (int i = 0; i < count; i++) {
      long invoked = random.nextInt(12);
      long returned = invoked + random.nextInt(8);
      Value value = random.nextInt(4) == 0 ? Value.NONE : Value.of("v" + random.nextInt(2));
      Action action = random.nextBoolean() ? new Write(value) : new Read(value);
      Outcome outcome =
          random.nextInt(5) == 0 && action instanceof Write ? Outcome.UNKNOWN : Outcome.DONE;
      history.add(new Operation("c", "k", action, invoked, returned, outcome));
    }
    return history;
  }

  /** Tries every order. */
  private static boolean hasOrder(List<Operation> left, Value value) {
    if (left.stream().noneMatch(Operation::isDone)) {
      return true;
    }
    for (Operation next : left) {
      boolean late =
          left.stream().anyMatch(other -> other.isDone() && other.returned() < next.invoked());
      Optional<Value> after = next.action().appliedTo(value);
      if (!late && after.isPresent()) {
        List<Operation> rest = new ArrayList<>(left);
        rest.remove(next);
        if (hasOrder(rest, after.get())) {
          return true;
        }
      }
    }
    return false;
  }
}
