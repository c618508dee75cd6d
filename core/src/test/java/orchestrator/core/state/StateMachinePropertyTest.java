package orchestrator.core.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import orchestrator.core.facts.JournalEntry;
import orchestrator.core.facts.RecoveryTicket;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds after any sequence of commands, sensible or not. */
class StateMachinePropertyTest {
  private static final int COMMANDS = 3000;
  private static final LogPosition HERE = new LogPosition(1, 1);

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void replayingTheSameCommandsGivesTheEqualState(long seed) {
    List<Command> commands = commands(seed);
    assertThat(replay(commands)).isEqualTo(replay(commands)).isNotEqualTo(ReplicatedState.EMPTY);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void refusedCommandsChangeNothingAndSayWhy(long seed) {
    ReplicatedState state = ReplicatedState.EMPTY;
    int refusals = 0;
    for (Command command : commands(seed)) {
      StateMachine.Applied applied = StateMachine.apply(state, command, HERE);
      if (applied.result() instanceof CommandResult.Refused refused) {
        assertThat(refused.reason()).isNotBlank();
        assertThat(applied.next()).isSameAs(state);
        refusals++;
      }
      state = applied.next();
    }
    assertThat(refusals).isPositive();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void idsGrowAndNoFailureIsHandledTwiceAndNoIntentIsForgotten(long seed) {
    ReplicatedState state = ReplicatedState.EMPTY;
    Set<Long> idsSeen = new HashSet<>();
    for (Command command : commands(seed)) {
      ReplicatedState next = StateMachine.apply(state, command, HERE).next();
      idsSeen.addAll(newIds(state, next));
      assertThat(next.nextId()).isEqualTo(idsSeen.size() + 1L);
      assertNothingTwice(next);
      assertIntentsKept(state, next, command);
      state = next;
    }
    assertThat(idsSeen).hasSizeGreaterThan(10);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void formerClusterNamesLeadStraightToThePresentOne(long seed) {
    ReplicatedState state = ReplicatedState.EMPTY;
    int longest = 0;
    for (Command command : commands(seed)) {
      state = StateMachine.apply(state, command, HERE).next();
      Map<String, String> lineage = state.clusterLineage();
      assertThat(lineage)
          .allSatisfy((former, present) -> assertThat(lineage).doesNotContainKey(present));
      longest = Math.max(longest, lineage.size());
    }
    assertThat(longest).isPositive();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void whatWasAppliedAndDoneIsDoneAgainWithoutChange(long seed) {
    ReplicatedState state = ReplicatedState.EMPTY;
    for (Command command : commands(seed)) {
      ReplicatedState once = StateMachine.apply(state, command, HERE).next();
      if (!(command instanceof Command.Expire)) {
        assertThat(StateMachine.apply(once, command, HERE).next())
            .as("%s", command)
            .isEqualTo(once);
      }
      state = once;
    }
  }

  private static List<Command> commands(long seed) {
    RandomCommands source = new RandomCommands(new SplittableRandom(seed));
    List<Command> commands = new ArrayList<>();
    for (int i = 0; i < COMMANDS; i++) {
      commands.add(source.next());
    }
    return commands;
  }

  private static ReplicatedState replay(List<Command> commands) {
    ReplicatedState state = ReplicatedState.EMPTY;
    for (Command command : commands) {
      state = StateMachine.apply(state, command, HERE).next();
    }
    return state;
  }

  private static Set<Long> newIds(ReplicatedState before, ReplicatedState after) {
    Set<Long> ids = new HashSet<>();
    after.detections().keySet().stream()
        .filter(id -> !before.detections().containsKey(id))
        .forEach(ids::add);
    after.recoveries().values().stream()
        .filter(ticket -> !before.recoveries().containsKey(ticket.uid()))
        .forEach(ticket -> ids.add(ticket.id()));
    return ids;
  }

  private static void assertNothingTwice(ReplicatedState state) {
    // A repair does not keep the failover of its server waiting.
    Map<String, Long> openByServer =
        state.recoveries().values().stream()
            .filter(RecoveryTicket::isOpen)
            .collect(
                Collectors.groupingBy(
                    ticket ->
                        ticket.failed() + " " + RecoveryGate.changesTopology(ticket.analysis()),
                    Collectors.counting()));
    assertThat(openByServer.values()).allMatch(count -> count == 1);
    Map<String, Long> activeByServer =
        state.detections().values().stream()
            .filter(detection -> detection.isActive())
            .collect(
                Collectors.groupingBy(
                    detection -> detection.key() + " " + detection.actionable(),
                    Collectors.counting()));
    assertThat(activeByServer.values()).allMatch(count -> count == 1);
  }

  /** A server that may be writable is given up by an abandonment only. */
  private static void assertIntentsKept(
      ReplicatedState before, ReplicatedState after, Command command) {
    before
        .recoveries()
        .forEach((uid, ticket) -> {
          if (ticket.intended().isPresent()
              && after.recoveries().containsKey(uid)
              && !abandons(command)) {
            assertThat(after.recoveries())
                .extractingByKey(uid)
                .extracting(RecoveryTicket::intended)
                .isEqualTo(ticket.intended());
          }
        });
  }

  private static boolean abandons(Command command) {
    return command instanceof Command.Journal journal
        && journal.entries().stream().anyMatch(JournalEntry.PromotionAbandoned.class::isInstance);
  }
}
