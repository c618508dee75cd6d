package orchestrator.core.recovery.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import orchestrator.core.facts.HookPoint;
import orchestrator.core.facts.JournalEntry;
import orchestrator.core.facts.RecoveryOrigin;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.facts.ReplicaFate;
import orchestrator.core.facts.ReplicaFate.Kind;
import orchestrator.core.gtid.OracleGtidSet;
import orchestrator.core.recovery.simulation.History.Fact;
import orchestrator.core.recovery.simulation.History.FinalServer;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.state.Command;
import orchestrator.core.state.LogPosition;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.state.StateMachine;
import orchestrator.core.topology.InstanceKey;
import org.junit.jupiter.api.Test;

/** Each check of the simulator finds what it is there to find. */
class HistoryCheckerTest {
  private static final InstanceKey M = new InstanceKey("m", 1);
  private static final InstanceKey A = new InstanceKey("a", 2);
  private static final InstanceKey B = new InstanceKey("b", 3);
  private static final Instant NOW = Scenario.START;
  private static final OracleGtidSet ALL =
      OracleGtidSet.parse("00000000-0000-0000-0000-000000000001:1-100");

  private final History history = new History(M, Set.of(A, B));
  private RecoveryTicket ticket =
      RecoveryTicket.begun(
          "1:x",
          M,
          "DeadMaster",
          "",
          "m:1",
          "main",
          "",
          RecoveryOrigin.AUTOMATIC,
          NOW,
          NOW,
          0,
          "manager",
          List.of(A, B));

  private static ServerAction.SetReadOnly writable(InstanceKey key) {
    return new ServerAction.SetReadOnly(key, false, false);
  }

  private void journaled(JournalEntry entry) {
    history.add(new Fact.Journaled(entry));
    ticket = ticket.with(entry, NOW);
  }

  /** A is promoted, B moved, applications are told. */
  private void goodStory() {
    journaled(new JournalEntry.PromotionIntended(A));
    history.add(new Fact.Asked(writable(A)));
    history.add(new Fact.Done(writable(A), ALL));
    journaled(new JournalEntry.Promoted(A, "", Optional.empty()));
    journaled(new JournalEntry.ReplicaSettled(A, new ReplicaFate(Kind.PROMOTED, "")));
    journaled(new JournalEntry.ReplicaSettled(B, new ReplicaFate(Kind.MOVED, "")));
  }

  private List<String> verdict() {
    journaled(new JournalEntry.Closed(ticket.promoted().isPresent(), List.of()));
    return verdictWithoutEnd();
  }

  private List<String> verdictWithoutEnd() {
    history.ended = true;
    history.mustSurvive = ALL;
    history.ticket = Optional.of(ticket);
    ticket
        .promoted()
        .ifPresent(key ->
            history.state =
                StateMachine.apply(
                        ReplicatedState.EMPTY,
                        new Command.PutKeyValue("mysql/master/main", key.displayString()),
                        LogPosition.NONE)
                    .next());
    history.servers.putIfAbsent(M, new FinalServer(true, true, Optional.empty(), false));
    history.servers.putIfAbsent(A, new FinalServer(true, false, Optional.empty(), false));
    history.servers.putIfAbsent(B, new FinalServer(true, true, Optional.of(A), false));
    return HistoryChecker.violations(history);
  }

  @Test
  void aGoodStoryHasNoViolation() {
    goodStory();
    assertThat(verdict()).isEmpty();
  }

  @Test
  void findsARecoveryThatDoesNotEnd() {
    goodStory();
    assertThat(verdictWithoutEnd()).anyMatch(v -> v.contains("does not end"));
  }

  @Test
  void findsARefusedCommit() {
    goodStory();
    history.add(new Fact.Refused("no"));
    assertThat(verdict()).anyMatch(v -> v.contains("refused"));
  }

  @Test
  void findsAServerMadeWritableWithoutIntent() {
    history.add(new Fact.Asked(writable(B)));
    goodStory();
    assertThat(verdict()).anyMatch(v -> v.contains("b:3 is made writable while"));
  }

  @Test
  void findsAnAbandonedServerThatCanStillBecomeWritable() {
    journaled(new JournalEntry.PromotionIntended(B));
    history.add(new Fact.Threat(B, 7));
    journaled(new JournalEntry.PromotionAbandoned(B, "hope"));
    goodStory();
    assertThat(verdict()).anyMatch(v -> v.contains("can still become writable"));
  }

  @Test
  void findsAnAbandonedServerThatIsWritable() {
    journaled(new JournalEntry.PromotionIntended(B));
    history.add(new Fact.Done(writable(B), ALL));
    journaled(new JournalEntry.PromotionAbandoned(B, "hope"));
    assertThat(verdict()).anyMatch(v -> v.contains("abandoned and is writable"));
  }

  @Test
  void findsTwoWritableServers() {
    history.add(new Fact.Done(writable(B), ALL));
    goodStory();
    assertThat(verdict()).anyMatch(v -> v.contains("writable at the same time"));
  }

  @Test
  void findsAPromotionThatDidNotHappen() {
    journaled(new JournalEntry.PromotionIntended(A));
    journaled(new JournalEntry.Promoted(A, "", Optional.empty()));
    assertThat(verdict()).anyMatch(v -> v.contains("is called promoted and is not writable"));
  }

  @Test
  void findsAReplicaWithoutFate() {
    goodStory();
    ticket = ticket.with(new JournalEntry.ReplicaSettled(B, ReplicaFate.UNSETTLED), NOW);
    assertThat(verdict()).anyMatch(v -> v.contains("b:3 has no fate"));
  }

  @Test
  void findsTwoServersCalledPromoted() {
    goodStory();
    journaled(new JournalEntry.ReplicaSettled(B, new ReplicaFate(Kind.PROMOTED, "")));
    assertThat(verdict()).anyMatch(v -> v.contains("b:3 is called PROMOTED"));
  }

  @Test
  void findsAMovedReplicaThatReplicatesFromElsewhere() {
    goodStory();
    history.servers.put(B, new FinalServer(true, true, Optional.of(M), false));
    assertThat(verdict()).anyMatch(v -> v.contains("is called moved"));
  }

  @Test
  void findsANeedlessLoss() {
    history.add(new Fact.Done(writable(A), OracleGtidSet.EMPTY));
    goodStory();
    assertThat(verdict()).anyMatch(v -> v.contains("was made writable without"));
  }

  @Test
  void findsAnOldMasterThatIsBackAndWritable() {
    goodStory();
    history.servers.put(M, new FinalServer(true, false, Optional.empty(), true));
    assertThat(verdict()).anyMatch(v -> v.contains("old master is back"));
  }

  @Test
  void findsAGateThatIsAskedTooLate() {
    goodStory();
    history.add(new Fact.HookRan(HookPoint.PRE_FAILOVER, 0));
    assertThat(verdict()).anyMatch(v -> v.contains("may forbid"));
  }

  @Test
  void findsAnAnnouncementThatComesTooEarly() {
    history.add(new Fact.HookRan(HookPoint.POST_MASTER_FAILOVER, 0));
    goodStory();
    assertThat(verdict()).anyMatch(v -> v.contains("not committed"));
  }

  @Test
  void findsApplicationsThatAreNotTold() {
    goodStory();
    verdict();
    history.state = ReplicatedState.EMPTY;
    assertThat(HistoryChecker.violations(history)).anyMatch(v -> v.contains("were told ''"));
  }
}
