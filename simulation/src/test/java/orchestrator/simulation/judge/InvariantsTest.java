package orchestrator.simulation.judge;

import static orchestrator.simulation.judge.ToldTruth.A;
import static orchestrator.simulation.judge.ToldTruth.B;
import static orchestrator.simulation.judge.ToldTruth.C;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import orchestrator.core.facts.Acknowledgement;
import orchestrator.core.facts.Candidate;
import orchestrator.core.facts.DemotedMaster;
import orchestrator.core.facts.Downtime;
import orchestrator.core.facts.JournalEntry;
import orchestrator.core.facts.KeptReadOnly;
import orchestrator.core.facts.RecoveryBudget;
import orchestrator.core.facts.RecoveryOrigin;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.facts.ReplicaFate;
import orchestrator.core.relocation.ServerAction.SetReadOnly;
import orchestrator.core.state.Command;
import orchestrator.core.state.CommandResult;
import orchestrator.core.state.LogPosition;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.state.StateMachine;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.PromotionRule;
import org.junit.jupiter.api.Test;

/** Each invariant lets a good history pass, and finds what it is there to find. */
class InvariantsTest {
  private static final Instant NOW = Instant.parse("2026-01-15T13:00:00Z");
  private static final Command PUBLISHED = new Command.PutKeyValue("mysql/master/main", "a:1");

  private static final Acknowledgement SEEN = new Acknowledgement("somebody", "seen", NOW);

  private final ToldTruth truth = new ToldTruth();
  private ReplicatedState state = ReplicatedState.EMPTY;
  private long index;

  private Optional<String> commit(Invariant invariant, Command... commands) {
    return commit(invariant, 1, commands);
  }

  private Optional<String> commit(Invariant invariant, long term, Command... commands) {
    LogPosition position = new LogPosition(term, ++index);
    var applied = StateMachine.applyAll(state, List.of(commands), position);
    return told(invariant, position, applied.results(), applied.next(), commands);
  }

  /** As a state machine would have it that has lost its rules. */
  private Optional<String> told(
      Invariant invariant,
      LogPosition position,
      List<CommandResult> results,
      ReplicatedState next,
      Command... commands) {
    var fact = new Fact.Committed(truth.now, position, List.of(commands), results, state, next);
    state = next;
    return invariant.see(fact, truth);
  }

  private static RecoveryTicket ticket(String uid, InstanceKey failed) {
    return ticket(uid, failed, RecoveryOrigin.AUTOMATIC);
  }

  private static RecoveryTicket ticket(String uid, InstanceKey failed, RecoveryOrigin origin) {
    List<InstanceKey> replicas = List.of(A, B, C).stream().filter(k -> !k.equals(failed)).toList();
    return RecoveryTicket.begun(
        uid,
        failed,
        "DeadMaster",
        "",
        "a:1",
        "main",
        "",
        origin,
        NOW,
        NOW.plusSeconds(60),
        0,
        "n1",
        replicas);
  }

  private static Command open(String uid, InstanceKey failed) {
    return new Command.OpenRecovery(ticket(uid, failed));
  }

  private static Command journal(String uid, JournalEntry... entries) {
    return new Command.Journal(uid, List.of(entries), NOW, 0);
  }

  private static JournalEntry promoted(InstanceKey key) {
    return new JournalEntry.Promoted(key, "", Optional.empty());
  }

  private Optional<String> sent(Invariant invariant, long term, InstanceKey target) {
    SetReadOnly action = new SetReadOnly(target, false, false);
    return invariant.see(new Fact.Sent(truth.now, 1, term, "u", action), truth);
  }

  private Optional<String> executed(Invariant invariant, InstanceKey target) {
    SetReadOnly action = new SetReadOnly(target, false, false);
    return invariant.see(new Fact.Executed(truth.now, 1, 1, "u", action), truth);
  }

  private Optional<String> ended(Invariant invariant) {
    return invariant.see(new Fact.Ended(truth.now), truth);
  }

  /** Opened although the rules forbid it. */
  private Optional<String> openAnyway(Invariant invariant, String uid, InstanceKey failed) {
    RecoveryTicket ticket = ticket(uid, failed);
    ReplicatedState open =
        StateMachine.apply(ReplicatedState.EMPTY, open(uid, failed), LogPosition.NONE).next();
    return told(
        invariant,
        new LogPosition(1, ++index),
        List.of(new CommandResult.Done(1)),
        open,
        new Command.OpenRecovery(ticket));
  }

  @Test
  void i1FindsTwoWritableServers() {
    OneWritable i1 = new OneWritable();
    truth.writable.add(B);
    truth.sources.clear();
    assertThat(i1.look(truth)).as("a moment").isEmpty();
    truth.now += 20_000;
    assertThat(i1.look(truth)).isPresent();
    truth.sources.putAll(Map.of(A, B, B, A));
    assertThat(i1.look(truth)).as("co-masters").isPresent();
    truth.sources.remove(A);
    assertThat(i1.look(truth)).as("a replica that takes writes").isPresent();
  }

  @Test
  void i1FindsTwoServersThatOneRecoveryMadeWritable() {
    OneWritable i1 = new OneWritable();
    assertThat(executed(i1, A)).isEmpty();
    assertThat(executed(i1, B)).isPresent();
  }

  @Test
  void i2FindsAPromotionWithoutIntent() {
    IntentFirst i2 = new IntentFirst();
    assertThat(commit(i2, open("u", A))).isEmpty();
    assertThat(sent(i2, 1, B)).isPresent();
    assertThat(commit(i2, journal("u", new JournalEntry.PromotionIntended(B)))).isEmpty();
    assertThat(sent(i2, 1, B)).isEmpty();
    assertThat(sent(i2, 1, C)).isPresent();
  }

  @Test
  void i2FindsAPromotionInALaterTerm() {
    IntentFirst i2 = new IntentFirst();
    commit(i2, open("u", A), journal("u", new JournalEntry.PromotionIntended(B)));
    assertThat(sent(i2, 2, B)).isPresent();
    commit(i2, 2, journal("u", new JournalEntry.Resumed("n2", 2)));
    assertThat(sent(i2, 2, B)).isEmpty();
  }

  @Test
  void i3FindsAnAcknowledgedCommandThatIsGone() {
    NothingAgreedIsLost i3 = new NothingAgreedIsLost();
    assertThat(commit(i3, PUBLISHED)).isEmpty();
    var answer = new Fact.Acknowledged(truth.now, 1, List.of(PUBLISHED));
    assertThat(i3.see(answer, truth)).isEmpty();
    assertThat(i3.see(answer, truth)).as("twice").isPresent();
    assertThat(i3.see(new Fact.Acknowledged(truth.now, 2, List.of(PUBLISHED)), truth)).isPresent();
    index++;
    assertThat(commit(i3, PUBLISHED)).as("an entry is missing").isPresent();
  }

  @Test
  void i4FindsTwoOpenRecoveriesAndADoubleFailover() {
    OneFailover i4 = new OneFailover();
    assertThat(openAnyway(i4, "u", A)).isEmpty();
    assertThat(openAnyway(i4, "v", B)).isPresent();
    OneFailover fresh = new OneFailover();
    state = ReplicatedState.EMPTY;
    commit(fresh, open("u", A));
    JournalEntry intended = new JournalEntry.PromotionIntended(B);
    assertThat(commit(fresh, journal("u", intended, promoted(B)))).isEmpty();
    assertThat(commit(fresh, journal("u", promoted(B)))).isPresent();
  }

  @Test
  void i5FindsWhatACalmReplicaHadAndThePromotedOneHasNot() {
    NothingSafeIsLost i5 = new NothingSafeIsLost();
    truth.has.put(B, Set.of(1, 2));
    truth.has.put(C, Set.of(1));
    assertThat(commit(i5, open("u", A))).isEmpty();
    assertThat(executed(i5, B)).isEmpty();
    assertThat(executed(i5, C)).isPresent();
    truth.elsewhere.add(B);
    assertThat(executed(i5, C)).as("B may not be promoted").isEmpty();
    truth.elsewhere.clear();
    truth.twins.add(2);
    assertThat(executed(i5, C)).as("another one has its GTID").isEmpty();
  }

  @Test
  void i5FindsAnAcknowledgedTransactionThatNoReportNames() {
    NothingSafeIsLost i5 = new NothingSafeIsLost();
    commit(i5, PUBLISHED);
    truth.acknowledged.add(7);
    truth.has.put(A, Set.of(7));
    assertThat(ended(i5)).isEmpty();
    truth.has.put(A, Set.of());
    assertThat(ended(i5)).isPresent();
    truth.forgotten.put(B, Set.of(7));
    assertThat(ended(i5)).as("nobody has it any more").isEmpty();
    truth.has.put(C, Set.of(7));
    assertThat(ended(i5)).isPresent();
    truth.forgotten.put(A, Set.of(7));
    assertThat(ended(i5)).as("the master forgot it, and was not replaced").isEmpty();
  }

  @Test
  void i5FindsALossThatTheReturnedMasterWasNotComparedFor() {
    NothingSafeIsLost i5 = new NothingSafeIsLost();
    commit(i5, open("u", A));
    commit(
        i5,
        journal("u", new JournalEntry.PromotionIntended(B), promoted(B)),
        new Command.PutKeyValue("mysql/master/main", "b:2"));
    truth.acknowledged.add(7);
    truth.has.put(A, Set.of(7));
    truth.calmSince.put(A, truth.now - 1000);
    assertThat(ended(i5)).as("it is just back").isEmpty();
    truth.calmSince.put(A, truth.now - 100_000);
    assertThat(ended(i5)).isPresent();
  }

  @Test
  void i16FindsAServerThatFollowsNobody() {
    NobodyIsLeftBehind i16 = new NobodyIsLeftBehind();
    commit(i16, PUBLISHED);
    assertThat(ended(i16)).isEmpty();
    truth.stopped.add(C);
    assertThat(ended(i16)).isPresent();
    truth.calmSince.put(C, truth.now);
    assertThat(ended(i16)).as("it was not calm").isEmpty();
    truth.calmSince.clear();
    truth.sources.put(B, C);
    assertThat(ended(i16)).hasValueSatisfying(what -> assertThat(what).startsWith("b:2"));
    commit(i16, new Command.BeginDowntime(new Downtime(C, "x", "y", NOW, NOW.plusSeconds(9))));
    assertThat(ended(i16)).as("B gets nothing since C does not, which is told").isEmpty();
  }

  @Test
  void i5LetsAPersonNameOneThatNobodyCanFeed() {
    NothingSafeIsLost i5 = new NothingSafeIsLost();
    truth.has.put(B, Set.of(1, 2));
    truth.has.put(C, Set.of(1));
    RecoveryOrigin named =
        new RecoveryOrigin(false, "force-master-takeover", Optional.of(C), false);
    commit(i5, new Command.OpenRecovery(ticket("u", A, named)));
    assertThat(executed(i5, C)).isPresent();
    truth.usesGtid = false;
    assertThat(executed(i5, C)).isEmpty();
  }

  @Test
  void i6FindsARecoveryThatNobodyGoesOnWith() {
    LeadersMayDie i6 = new LeadersMayDie();
    commit(i6, open("u", A));
    assertThat(i6.look(truth)).isEmpty();
    truth.now += 200_000;
    assertThat(i6.look(truth)).isPresent();
    assertThat(ended(i6)).isPresent();
  }

  @Test
  void i7FindsAnEntryThatChangesSomethingAgain() {
    TwiceIsOnce i7 = new TwiceIsOnce();
    assertThat(commit(i7, PUBLISHED)).isEmpty();
    var forgetful =
        new Fact.Committed(
            truth.now,
            new LogPosition(1, 2),
            List.of(PUBLISHED),
            List.of(),
            state,
            ReplicatedState.EMPTY);
    assertThat(i7.see(forgetful, truth)).isPresent();
  }

  @Test
  void i8FindsAFailoverAgainstAWitness() {
    OnlyRealFailures i8 = new OnlyRealFailures();
    truth.dead.add(A);
    assertThat(commit(i8, open("u", A))).isEmpty();
    state = ReplicatedState.EMPTY;
    truth.dead.clear();
    assertThat(commit(i8, open("u", A))).isPresent();
  }

  @Test
  void i9FindsARecoveryAgainstDowntimeOrSwitch() {
    PeopleAreObeyed i9 = new PeopleAreObeyed();
    commit(i9, new Command.SwitchGlobalRecoveries(false));
    assertThat(openAnyway(i9, "u", A)).isPresent();
    state = ReplicatedState.EMPTY;
    Instant end = NOW.plusSeconds(60);
    commit(i9, new Command.BeginDowntime(new Downtime(A, "me", "", NOW, end)));
    assertThat(openAnyway(i9, "u", A)).isPresent();
    assertThat(openAnyway(i9, "v", B)).isEmpty();
  }

  @Test
  void i9FindsAPromotionAgainstARule() {
    PeopleAreObeyed i9 = new PeopleAreObeyed();
    Instant before = NOW.minusSeconds(100);
    Candidate banned = new Candidate(B, PromotionRule.MUST_NOT, before, NOW.plusSeconds(60));
    commit(i9, new Command.RegisterCandidate(banned), open("u", A));
    assertThat(commit(i9, journal("u", new JournalEntry.PromotionIntended(C)))).isEmpty();
    commit(i9, journal("u", new JournalEntry.PromotionAbandoned(C, "")));
    assertThat(commit(i9, journal("u", new JournalEntry.PromotionIntended(B)))).isPresent();
  }

  @Test
  void i10FindsADemotedServerThatIsPublished() {
    PublishedOnce i10 = new PublishedOnce();
    commit(i10, PUBLISHED, open("u", A));
    JournalEntry intended = new JournalEntry.PromotionIntended(B);
    Command watch = new Command.WatchDemotedMaster(new DemotedMaster(A, "u", B, NOW));
    assertThat(commit(i10, journal("u", intended), watch)).isEmpty();
    assertThat(commit(i10, journal("u", promoted(B)))).isPresent();
  }

  @Test
  void i10FindsAnOlderAnswer() {
    PublishedOnce i10 = new PublishedOnce();
    commit(i10, 5, PUBLISHED);
    assertThat(commit(i10, 4, PUBLISHED)).isPresent();
  }

  @Test
  void i11FindsAReplicaThatHasMore() {
    NoneBelowHasMore i11 = new NoneBelowHasMore();
    truth.has.put(B, Set.of(1));
    truth.has.put(C, Set.of(1, 2));
    JournalEntry intended = new JournalEntry.PromotionIntended(B);
    commit(i11, open("u", A), journal("u", intended, promoted(B)));
    ReplicaFate moved = new ReplicaFate(ReplicaFate.Kind.MOVED, "");
    assertThat(commit(i11, journal("u", new JournalEntry.ReplicaSettled(C, moved)))).isPresent();
  }

  @Test
  void i11FindsAtTheEndWhatAKeptServerHadBeforeAndNotWhatAClientWroteToItSince() {
    NoneBelowHasMore i11 = new NoneBelowHasMore();
    truth.has.put(A, Set.of(1));
    truth.has.put(C, Set.of(1));
    commit(i11, PUBLISHED, new Command.KeepReadOnly(new KeptReadOnly(C, "u", NOW)));
    truth.has.put(C, Set.of(1, 2));
    truth.origins.put(2, C);
    assertThat(ended(i11)).isEmpty();
    truth.origins.put(2, A);
    assertThat(ended(i11)).as("the master had it once").isPresent();
  }

  @Test
  void i11CountsAtTheEndNoReplicaThatWasToldToBeLost() {
    NoneBelowHasMore i11 = new NoneBelowHasMore();
    truth.has.put(A, Set.of(1));
    truth.has.put(C, Set.of(1, 2));
    commit(i11, PUBLISHED);
    assertThat(ended(i11)).isPresent();
    ReplicaFate silent = new ReplicaFate(ReplicaFate.Kind.UNREACHABLE, "");
    commit(
        i11,
        open("u", B),
        journal(
            "u",
            new JournalEntry.PromotionIntended(A),
            promoted(A),
            new JournalEntry.ReplicaSettled(C, silent)));
    assertThat(ended(i11)).isEmpty();
  }

  @Test
  void i12FindsADeadMasterThatNobodyReplaces() {
    RecoveryHappens i12 = new RecoveryHappens();
    commit(i12, PUBLISHED);
    truth.dead.add(A);
    assertThat(i12.look(truth)).isEmpty();
    truth.now += 1;
    assertThat(i12.look(truth)).isEmpty();
    truth.now += 60_000;
    assertThat(i12.look(truth)).isPresent();
  }

  @Test
  void i12DoesNotAskForWhatALimitForbids() {
    RecoveryHappens i12 = new RecoveryHappens();
    commit(i12, PUBLISHED);
    truth.dead.add(A);
    truth.elsewhere.addAll(Set.of(B, C));
    i12.look(truth);
    truth.now += 60_000;
    assertThat(i12.look(truth)).isEmpty();
    truth.elsewhere.remove(C);
    i12.look(truth);
    truth.now += 60_000;
    assertThat(i12.look(truth)).isPresent();
  }

  @Test
  void i12DoesNotAskForWhatTheBrakeHolds() {
    RecoveryHappens i12 = new RecoveryHappens();
    commit(i12, PUBLISHED);
    truth.dead.add(A);
    commit(i12, open("u", B), journal("u", new JournalEntry.Closed(true, List.of())));
    commit(i12, new Command.PullBrake(new RecoveryBudget(1, Duration.ofMinutes(1)), A, NOW));
    commit(i12, new Command.AcknowledgeRecoveries(new Command.Selector.All(), SEEN));
    i12.look(truth);
    truth.now += 60_000;
    assertThat(i12.look(truth)).isEmpty();
    commit(i12, new Command.ReleaseBrake(SEEN));
    i12.look(truth);
    truth.now += 60_000;
    assertThat(i12.look(truth)).isPresent();
  }

  /** It blocks for a minute; one that failed is tried again a minute after its end. */
  @Test
  void i12TakesARecoveryForAReasonAsLongAsItStandsInTheWay() {
    for (boolean successful : new boolean[] {true, false}) {
      state = ReplicatedState.EMPTY;
      RecoveryHappens i12 = new RecoveryHappens();
      commit(i12, PUBLISHED);
      commit(i12, open("u", B), journal("u", new JournalEntry.Closed(successful, List.of())));
      truth.now = 3_600_000;
      truth.dead.add(A);
      i12.look(truth);
      truth.now += 59_000;
      assertThat(i12.look(truth)).isEmpty();
      truth.now += 1000;
      assertThat(i12.look(truth)).isEmpty();
      truth.now += 31_000;
      assertThat(i12.look(truth)).isPresent();
    }
  }

  @Test
  void i12TakesNoErrorsForAReasonButThoseOfTheLastRecoveryOfTheMaster() {
    RecoveryHappens i12 = new RecoveryHappens();
    commit(i12, PUBLISHED);
    truth.writtenTo = B;
    JournalEntry failed = new JournalEntry.Closed(false, List.of("no replica"));
    commit(i12, open("u", C), journal("u", failed));
    assertThat(ended(i12)).isPresent();
    commit(i12, new Command.AcknowledgeRecoveries(new Command.Selector.All(), SEEN));
    commit(i12, open("v", A), journal("v", failed));
    assertThat(ended(i12)).isEmpty();
  }

  @Test
  void i12FindsThatNobodyCanWriteAtTheEnd() {
    RecoveryHappens i12 = new RecoveryHappens();
    commit(i12, PUBLISHED);
    assertThat(ended(i12)).isEmpty();
    truth.writtenTo = B;
    assertThat(ended(i12)).isPresent();
  }

  @Test
  void i13FindsTwoLeaders() {
    truth.acting = List.of(1, 2);
    assertThat(new OneLeader().look(truth)).isPresent();
  }

  @Test
  void i13FindsAServerThatWasForgotten() {
    OneLeader i13 = new OneLeader();
    commit(i13, open("u", A), journal("u", new JournalEntry.PromotionIntended(B)));
    sent(i13, 1, B);
    assertThat(commit(i13, PUBLISHED)).isEmpty();
    state = ReplicatedState.EMPTY;
    assertThat(commit(i13, PUBLISHED)).isPresent();
  }

  /** Whoever is promoted is the master that everybody knows; whoever is replaced is watched. */
  @Test
  void i13TakesAServerForKnownThatALaterRecoveryPromotesOrReplaces() {
    assertThat(forgottenWhenALaterRecoveryReplaces(C, B)).isEmpty();
    assertThat(forgottenWhenALaterRecoveryReplaces(B, C)).isEmpty();
    assertThat(forgottenWhenALaterRecoveryReplaces(A, C)).isPresent();
  }

  private Optional<String> forgottenWhenALaterRecoveryReplaces(InstanceKey failed, InstanceKey by) {
    OneLeader i13 = new OneLeader();
    leaveUnknown(i13, "orchestrator");
    commit(
        i13, open("v", failed), journal("v", new JournalEntry.PromotionIntended(by), promoted(by)));
    return forget(i13);
  }

  @Test
  void i13TakesNoManagersAcknowledgementForAPersons() {
    assertThat(forgottenOnceAcknowledgedBy("a person")).isEmpty();
    assertThat(forgottenOnceAcknowledgedBy("orchestrator")).isPresent();
  }

  private Optional<String> forgottenOnceAcknowledgedBy(String whom) {
    OneLeader i13 = new OneLeader();
    leaveUnknown(i13, whom);
    assertThat(commit(i13, PUBLISHED)).isEmpty();
    return forget(i13);
  }

  /** A recovery of A ends without a proof whether B takes writes. */
  private void leaveUnknown(OneLeader i13, String acknowledgedBy) {
    state = ReplicatedState.EMPTY;
    commit(i13, open("u", A), journal("u", new JournalEntry.PromotionIntended(B)));
    sent(i13, 1, B);
    commit(
        i13,
        journal("u", new JournalEntry.Closed(false, List.of("it does not answer"))),
        new Command.AcknowledgeRecoveries(
            new Command.Selector.ByUid("u"), new Acknowledgement(acknowledgedBy, "", NOW)));
  }

  private Optional<String> forget(OneLeader i13) {
    return told(i13, new LogPosition(1, ++index), List.of(), ReplicatedState.EMPTY, new Command[0]);
  }

  @Test
  void aWrongPlaceIsFound() {
    assertThat(new PlacesAreRight().look(truth)).isEmpty();
    truth.misplaced = Optional.of("b applies twice: 7");
    assertThat(new PlacesAreRight().look(truth)).isPresent();
    assertThat(new PlacesAreRight().see(new Fact.Ended(truth.now), truth)).isPresent();
  }
}
