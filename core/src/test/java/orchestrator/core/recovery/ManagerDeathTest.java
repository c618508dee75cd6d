package orchestrator.core.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import orchestrator.core.facts.HookPoint;
import orchestrator.core.facts.JournalEntry;
import orchestrator.core.facts.RecoveryOrigin;
import orchestrator.core.facts.ReplicaFate;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.state.Command;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.testing.InstanceBuilder;
import orchestrator.core.testing.TopologyBuilder;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.SemiSync;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The manager dies at a commit of each flow, which is lost or made; the next one goes on. */
class ManagerDeathTest {
  private static final int COMMITS = 10;

  /** A failure whose recovery always succeeds. */
  enum Story {
    CO_MASTER("DeadCoMaster", "m"),
    INTERMEDIATE_MASTER("DeadIntermediateMaster", "im"),
    SEMI_SYNC("LockedSemiSyncMaster", "m"),
    READ_ONLY("NoWriteableMasterStructureWarning", "m");

    final String analysis;
    final String failed;

    Story(String analysis, String failed) {
      this.analysis = analysis;
      this.failed = failed;
    }

    TopologyBuilder servers() {
      String executed = InstanceBuilder.uuidOf(TopologyBuilder.key("m")) + ":1-100";
      TopologyBuilder servers = new TopologyBuilder();
      return switch (this) {
        case CO_MASTER ->
            servers
                .with("m", m -> m.replicatesFrom("o").unreachable().oracleGtid(executed))
                .with("o", o -> replica(o, "m", executed).failingToConnect())
                .with("r", r -> replica(r, "m", executed).failingToConnect());
        case INTERMEDIATE_MASTER ->
            servers
                .with("m", m -> m.oracleGtid(executed))
                .with("im", r -> replica(r, "m", executed).unreachable())
                .with("s", s -> replica(s, "m", executed))
                .with("a", a -> replica(a, "im", executed).failingToConnect())
                .with("b", b -> replica(b, "im", executed).failingToConnect());
        case SEMI_SYNC ->
            servers
                .with("m", m -> m.semiSyncMaster(true, 1, 0))
                .with("a", a -> a.replicatesFrom("m").semiSync(possible()));
        case READ_ONLY ->
            servers.with("m", InstanceBuilder::readOnly).with("a", a -> a.replicatesFrom("m"));
      };
    }

    private static InstanceBuilder replica(InstanceBuilder server, String source, String executed) {
      return server.replicatesFrom(source).readOnly().oracleGtid(executed);
    }

    private static SemiSync possible() {
      return new SemiSync(true, 5, false, false, false, false, 10_000, 1, false, 0, false);
    }

    Optional<InstanceKey> successor() {
      return Optional.of(
          TopologyBuilder.key(
              switch (this) {
                case CO_MASTER -> "o";
                case INTERMEDIATE_MASTER -> "s";
                case SEMI_SYNC, READ_ONLY -> "m";
              }));
    }
  }

  static Stream<Arguments> deaths() {
    return Stream.of(Story.values())
        .flatMap(story ->
            IntStream.range(0, COMMITS)
                .boxed()
                .flatMap(at ->
                    Stream.of(Arguments.of(story, at, true), Arguments.of(story, at, false))));
  }

  @ParameterizedTest
  @MethodSource("deaths")
  void theNextManagerBringsItToItsEnd(Story story, int at, boolean made) {
    RecoveryPolicy policy =
        RecoveryPolicy.DEFAULT
            .with(new RecoveryPolicy.Replicas(true, Duration.ZERO, 5, true, false))
            .with(
                Map.of(
                    HookPoint.PRE_FAILOVER, List.of("pre"),
                    HookPoint.POST_FAILOVER, List.of("post")));
    Stage stage =
        new Stage(
            story.servers(),
            story.failed,
            story.analysis,
            policy,
            RecoveryOrigin.AUTOMATIC,
            ReplicatedState.EMPTY);
    List<Effect.Commit> sent = new ArrayList<>();
    stage.answering(
        Effect.Commit.class,
        effect -> {
          sent.add((Effect.Commit) effect);
          return sent.size() == at + 1
              ? Optional.of(new Event.CommitUnknown(effect.id(), "the manager died"))
              : Optional.empty();
        });
    stage.start();
    if (sent.size() > at) {
      if (made) {
        sent.get(at).commands().forEach(command -> apply(command, stage));
      }
      stage.resume();
    }
    assertEnded(story, stage);
  }

  private static void apply(Command command, Stage stage) {
    if (command instanceof Command.Journal journal) {
      for (JournalEntry entry : journal.entries()) {
        stage.ticket = stage.ticket.with(entry, journal.at());
      }
    }
  }

  private static void assertEnded(Story story, Stage stage) {
    assertThat(stage.ticket.isOpen()).isFalse();
    assertThat(stage.ticket.successful()).as(stage.ticket.errors().toString()).isTrue();
    assertThat(stage.ticket.promoted()).isEqualTo(story.successor());
    assertThat(stage.ticket.fates().values())
        .extracting(ReplicaFate::kind)
        .doesNotContain(
            ReplicaFate.Kind.PENDING, ReplicaFate.Kind.LOST, ReplicaFate.Kind.UNREACHABLE);
    assertThat(
            stage
                .actions()
                .filter(a -> a instanceof ServerAction.SetReadOnly set && !set.readOnly())
                .map(ServerAction::target))
        .allMatch(key -> story.successor().equals(Optional.of(key)));
    assertThat(stage.hooks().map(Effect.RunHook::command)).contains("post");
  }
}
