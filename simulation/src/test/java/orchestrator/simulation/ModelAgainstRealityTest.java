package orchestrator.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.function.Consumer;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.relocation.ServerAction.SourcePosition;
import orchestrator.sandbox.ServerKind;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The same script on real servers and on the simulated ones: after each step they must agree on
 * replication, transactions and diagnosis.
 */
@Tag("long")
class ModelAgainstRealityTest {
  /** For what real servers need: threads that notice, transactions that arrive. */
  private static final Duration SETTLED = Duration.ofSeconds(30);

  private record Step(String what, Consumer<Stage> act) {}

  @ParameterizedTest
  @EnumSource(ServerKind.class)
  void realServersDoWhatTheSimulationTakesThemToDo(ServerKind kind) {
    play(kind, script(kind.isMariaDb()));
  }

  @ParameterizedTest
  @EnumSource(ServerKind.class)
  void alsoInAChainAndInARing(ServerKind kind) {
    play(kind, chainAndRing(kind.isMariaDb()));
  }

  private static void play(ServerKind kind, List<Step> script) {
    ModelStage model = new ModelStage(kind.isMariaDb());
    try (RealStage reality = new RealStage(kind)) {
      Observer ofModel = new Observer(model);
      Observer ofReality = new Observer(reality);
      for (Step step : script) {
        step.act().accept(model);
        model.rest();
        step.act().accept(reality);
        SortedMap<String, String> expected = ofModel.look();
        await(step.what())
            .atMost(SETTLED)
            .pollInterval(Duration.ofMillis(300))
            .untilAsserted(() -> assertThat(ofReality.look()).as(step.what()).isEqualTo(expected));
      }
    }
  }

  private static List<Step> script(boolean mariaDb) {
    List<Step> script = new ArrayList<>();
    script.add(new Step("a master is written to", s -> write(s, "A", 3)));
    script.addAll(replicationStopsAndGoesOn());
    if (mariaDb) {
      script.addAll(semiSync());
    } else {
      script.addAll(errant());
    }
    script.addAll(masterHangsAndDies(mariaDb));
    if (mariaDb) {
      script.addAll(divergence());
    }
    return script;
  }

  private static void write(Stage stage, String name, int rows) {
    for (int i = 0; i < rows; i++) {
      assertThat(stage.write(name)).as("a row on " + name).isTrue();
    }
  }

  private static List<Step> replicationStopsAndGoesOn() {
    return List.of(
        new Step(
            "one fetches no more",
            s -> {
              s.perform(new ServerAction.StopIoThread(s.key("C")));
              write(s, "A", 2);
            }),
        new Step("it fetches again", s -> s.perform(new ServerAction.StartIoThread(s.key("C")))),
        new Step(
            "one is stopped",
            s -> {
              s.perform(new ServerAction.StopReplication(s.key("B")));
              write(s, "A", 1);
            }),
        new Step("it is started", s -> s.perform(new ServerAction.StartReplication(s.key("B")))),
        new Step(
            "a client of a read-only replica is refused",
            s -> assertThat(s.write("B")).as("a row on B").isFalse()));
  }

  private static List<Step> errant() {
    return List.of(
        new Step(
            "somebody writes to a replica",
            s -> {
              s.perform(new ServerAction.SetReadOnly(s.key("C"), false, false));
              write(s, "C", 1);
              s.perform(new ServerAction.SetReadOnly(s.key("C"), true, false));
            }),
        new Step("the master goes on", s -> write(s, "A", 2)));
  }

  private static List<Step> semiSync() {
    return List.of(
        new Step(
            "a replica acknowledges",
            s -> {
              s.perform(new ServerAction.SetSemiSyncReplica(s.key("B"), true));
              s.perform(new ServerAction.SetSemiSyncMaster(s.key("A"), true));
            }),
        new Step("semi-synchronous commits", s -> write(s, "A", 2)),
        new Step(
            "nobody is waited for any more",
            s -> {
              s.perform(new ServerAction.SetSemiSyncMaster(s.key("A"), false));
              s.perform(new ServerAction.SetSemiSyncReplica(s.key("B"), false));
            }));
  }

  private static List<Step> masterHangsAndDies(boolean mariaDb) {
    SourcePosition asFormerMaster =
        mariaDb ? new SourcePosition.MariaDbCurrentPos() : new SourcePosition.OracleAuto();
    return List.of(
        new Step("the master hangs", s -> s.freeze("A")),
        new Step("it goes on", s -> s.resume("A")),
        new Step("the master is killed", s -> s.kill("A")),
        new Step(
            "one takes its place",
            s -> {
              s.perform(new ServerAction.ResetReplication(s.key("B")));
              s.perform(new ServerAction.SetReadOnly(s.key("B"), false, false));
              write(s, "B", 2);
              s.perform(
                  new ServerAction.ChangeSource(s.key("C"), s.key("B"), asReplica(mariaDb), true));
            }),
        new Step("the old master is back, writable", s -> s.start("A")),
        new Step(
            "it follows the new one",
            s -> {
              s.perform(new ServerAction.SetReadOnly(s.key("A"), true, false));
              s.perform(
                  new ServerAction.ChangeSource(s.key("A"), s.key("B"), asFormerMaster, true));
            }),
        new Step("all have what is written", s -> write(s, "B", 1)));
  }

  private static SourcePosition asReplica(boolean mariaDb) {
    return mariaDb ? new SourcePosition.MariaDbSlavePos() : new SourcePosition.OracleAuto();
  }

  private static Step moved(String what, String replica, String source, boolean mariaDb) {
    return new Step(
        what,
        s ->
            s.perform(
                new ServerAction.ChangeSource(
                    s.key(replica), s.key(source), asReplica(mariaDb), true)));
  }

  private static List<Step> chainAndRing(boolean mariaDb) {
    return List.of(
        new Step("a master is written to", s -> write(s, "A", 2)),
        moved("one replica follows the other", "C", "B", mariaDb),
        new Step("it gets all through that", s -> write(s, "A", 2)),
        new Step(
            "the intermediate master applies nothing",
            s -> {
              s.perform(new ServerAction.StopReplication(s.key("B")));
              write(s, "A", 1);
            }),
        new Step("it goes on", s -> s.perform(new ServerAction.StartReplication(s.key("B")))),
        new Step("the intermediate master hangs", s -> s.freeze("B")),
        new Step("it answers again", s -> s.resume("B")),
        new Step("the intermediate master is killed", s -> s.kill("B")),
        moved("its replica follows the master", "C", "A", mariaDb),
        new Step("the master goes on", s -> write(s, "A", 2)),
        new Step("the intermediate master is back", s -> s.start("B")),
        new Step(
            "a replica's source is detached",
            s -> {
              s.perform(new ServerAction.DetachSource(s.key("C")));
              write(s, "A", 1);
            }),
        new Step(
            "it is attached again",
            s -> {
              s.perform(new ServerAction.ReattachSource(s.key("C")));
              s.perform(new ServerAction.StartReplication(s.key("C")));
            }),
        moved("the master follows a replica as well", "A", "B", mariaDb),
        new Step("one of the ring is written to", s -> write(s, "A", 1)),
        new Step(
            "and then the other",
            s -> {
              s.perform(new ServerAction.SetReadOnly(s.key("A"), true, false));
              s.perform(new ServerAction.SetReadOnly(s.key("B"), false, false));
              write(s, "B", 2);
            }),
        new Step("the one that takes no writes is killed", s -> s.kill("A")));
  }

  /** A position that the source does not know is refused. */
  private static List<Step> divergence() {
    return List.of(
        new Step(
            "somebody writes to a replica that fetches nothing",
            s -> {
              s.perform(new ServerAction.StopReplication(s.key("C")));
              s.perform(new ServerAction.SetReadOnly(s.key("C"), false, false));
              write(s, "C", 1);
              s.perform(new ServerAction.SetReadOnly(s.key("C"), true, false));
            }),
        new Step(
            "it is not served any more",
            s ->
                s.attempt(
                    new ServerAction.ChangeSource(
                        s.key("C"), s.key("B"), new SourcePosition.MariaDbCurrentPos(), true))));
  }
}
