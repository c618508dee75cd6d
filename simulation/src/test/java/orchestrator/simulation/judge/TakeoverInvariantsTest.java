package orchestrator.simulation.judge;

import static orchestrator.simulation.judge.ToldTruth.A;
import static orchestrator.simulation.judge.ToldTruth.B;
import static orchestrator.simulation.judge.ToldTruth.C;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import orchestrator.core.facts.JournalEntry;
import orchestrator.core.facts.RecoveryOrigin;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.relocation.ServerAction.SetReadOnly;
import orchestrator.core.state.Command;
import orchestrator.core.state.LogPosition;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.state.StateMachine;
import orchestrator.core.topology.InstanceKey;
import org.junit.jupiter.api.Test;

/** What is asked of planned takeovers, and of replicas whose source is dead. */
class TakeoverInvariantsTest {
  private static final Instant NOW = Instant.parse("2026-01-15T13:00:00Z");

  private final ToldTruth truth = new ToldTruth();
  private final OrderlyTakeovers orderly = new OrderlyTakeovers();
  private ReplicatedState state = ReplicatedState.EMPTY;

  private Optional<String> commit(Invariant invariant, Command... commands) {
    LogPosition position = new LogPosition(1, 1);
    var applied = StateMachine.applyAll(state, List.of(commands), position);
    var fact =
        new Fact.Committed(
            truth.now, position, List.of(commands), applied.results(), state, applied.next());
    state = applied.next();
    return invariant.see(fact, truth);
  }

  private void beginTakeover() {
    commit(
        orderly,
        new Command.OpenRecovery(
            RecoveryTicket.begun(
                "u",
                A,
                "DeadMaster",
                "",
                "a:1",
                "main",
                "",
                RecoveryOrigin.takeover(B, true),
                NOW,
                NOW.plusSeconds(60),
                0,
                "n1",
                List.of(B, C))));
  }

  private Optional<String> makeWritable(InstanceKey target) {
    SetReadOnly action = new SetReadOnly(target, false, false);
    return orderly.see(new Fact.Executed(truth.now, 1, 1, "u", action), truth);
  }

  private Optional<String> end(boolean successful) {
    List<JournalEntry> entries =
        successful
            ? List.of(
                new JournalEntry.PromotionIntended(B),
                new JournalEntry.Promoted(B, "", Optional.empty()),
                new JournalEntry.Closed(true, List.of()))
            : List.of(new JournalEntry.Closed(false, List.of("it did not work")));
    return commit(orderly, new Command.Journal("u", entries, NOW, 0));
  }

  @Test
  void aTargetWithEverythingMayTakeOverFromAMasterThatIsHeld() {
    truth.has.put(A, Set.of(1, 2));
    truth.has.put(B, Set.of(1, 2));
    truth.acknowledged.addAll(Set.of(1, 2));
    beginTakeover();
    truth.writable.clear();
    assertThat(makeWritable(B)).isEmpty();
    truth.writable.add(B);
    truth.sources.put(A, B);
    assertThat(end(true)).isEmpty();
  }

  @Test
  void aTargetThatLacksWhatWasAcknowledgedIsFound() {
    truth.has.put(A, Set.of(1, 2));
    truth.has.put(B, Set.of(1));
    truth.acknowledged.addAll(Set.of(1, 2));
    beginTakeover();
    truth.writable.clear();
    assertThat(makeWritable(B)).hasValueSatisfying(what -> assertThat(what).contains("without"));
  }

  @Test
  void aTargetBesideAnOpenMasterIsFound() {
    beginTakeover();
    assertThat(makeWritable(B)).hasValueSatisfying(what -> assertThat(what).contains("beside"));
  }

  @Test
  void anOldMasterThatIsForgottenIsFound() {
    beginTakeover();
    truth.writable.clear();
    truth.writable.add(B);
    assertThat(end(true)).hasValueSatisfying(what -> assertThat(what).contains("a:1"));
  }

  @Test
  void aFailedTakeoverThatLeavesNoWritableMasterIsFound() {
    beginTakeover();
    assertThat(end(false)).isEmpty();
    setUpAgain();
    truth.writable.clear();
    assertThat(end(false)).isPresent();
  }

  private void setUpAgain() {
    state = ReplicatedState.EMPTY;
    beginTakeover();
  }

  @Test
  void orphansThatNobodyCaresForAreFound() {
    OrphansAreAdopted adopted = new OrphansAreAdopted();
    commit(adopted, new Command.PutKeyValue(Commits.MASTER_KEY, "a:1"));
    truth.sources.put(C, B);
    truth.dead.add(B);
    assertThat(later(adopted, 0)).isEmpty();
    assertThat(later(adopted, 1000)).isEmpty();
    assertThat(later(adopted, 29_000)).isEmpty();
    assertThat(later(adopted, 5000)).isPresent();
    truth.sources.put(C, A);
    assertThat(later(adopted, 1000)).isEmpty();
  }

  private Optional<String> later(Invariant invariant, long millis) {
    truth.now += millis;
    return invariant.look(truth);
  }
}
