package orchestrator.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Bugs that are planted into the real logic are found. docs/simulation.md tells how soon. */
class PlantedBugsTest {
  private static final int SEEDS = 1500;

  /** With so many seeds; docs/simulation.md tells of it. */
  private static final String NOT_FOUND = "compare GTID sets as text";

  static List<Mutant> bugs() {
    return Stream.of(
            people(), states(), recoveries(), shell(), ofBacklogs(), ofPlaces(), ofLateStatements())
        .flatMap(bugs -> bugs)
        .filter(bug -> !bug.name().equals(NOT_FOUND))
        .toList();
  }

  private static Stream<Mutant> people() {
    return Stream.of(
        Mutant.of("forget downtimes", "core.facts.Downtime", "isActive", Mutant::no),
        Mutant.of("ignore the global switch", "core.state.Brakes", "bySwitch", Mutant::noValue),
        Mutant.of("ignore pauses", "core.state.Brakes", "pauseOf", Mutant::noValue),
        Mutant.of("ignore must_not", "core.recovery.Eligibility", "banned", Mutant::noValue));
  }

  private static Stream<Mutant> states() {
    return Stream.of(
        Mutant.of("hear no heartbeats", "core.topology.Hearing", "isNoMoreThan", Mutant::yes),
        Mutant.of(
            "ignore other recoveries",
            "core.state.RecoveryGate",
            "recoveryBlockOf",
            Mutant::noValue),
        Mutant.of("forget blocks", "core.facts.RecoveryTicket", "isBlocking", Mutant::no),
        Mutant.of(
            "forget that a cluster was renamed",
            "core.state.ReplicatedState",
            "currentClusterName",
            Mutant::firstArgument));
  }

  private static Stream<Mutant> recoveries() {
    return Stream.of(
        Mutant.of(
            "one's own links suffice",
            "core.analysis.Classifier$Picture",
            "noneReplicates",
            Mutant::yes),
        Mutant.of("see no failures", "core.analysis.FailureLog", "failed", Mutant::itself),
        Mutant.of(
            "leave demoted masters alone",
            "core.recovery.DemotedMasterWatch",
            "judge",
            code -> {
              var type =
                  java.lang.constant.ClassDesc.of(
                      "orchestrator.core.recovery.DemotedMasterWatch$Verdict");
              code.getstatic(type, "NOTHING", type).areturn();
            }),
        Mutant.of(
            "count no missing transactions",
            "core.recovery.CandidateChoice",
            "missing",
            code -> {
              var progress = java.lang.constant.ClassDesc.of("orchestrator.core.recovery.Progress");
              var gap = progress.nested("Gap");
              code.aload(1)
                  .aload(1)
                  .invokeinterface(
                      progress, "beyond", java.lang.constant.MethodTypeDesc.of(gap, progress))
                  .areturn();
            }),
        Mutant.of(
            "resume from the beginning",
            "core.recovery.Resuming",
            "begin",
            Mutant.turnTo("Gathering", "begin")),
        Mutant.of(
            "hand over before the target has all",
            "core.recovery.Takeover",
            "isComplete",
            Mutant::yes),
        Mutant.of("never close", "core.recovery.Closing", "advance", Mutant::nothing),
        Mutant.of("tell nobody", "core.recovery.Promoting", "publication", Mutant::noElements));
  }

  /** Of what the simulation plays in place of the engine's threads and adapters. */
  private static Stream<Mutant> shell() {
    return Stream.of(
        Mutant.of("skip the quorum", "simulation.SimGroup", "hasLease", Mutant::yes),
        Mutant.of("act without the lead", "simulation.RecoveryPlayer", "isOver", Mutant::no));
  }

  /** They break what matters when replicas are behind, or one has more than the others. */
  private static Stream<Mutant> ofBacklogs() {
    return Stream.of(
        Mutant.of("move whatever replica", "core.recovery.MoveObstacle", "beyond", Mutant::noValue),
        Mutant.of("move replicas too early", "core.recovery.Moving", "mayGo", Mutant::yes),
        Mutant.of(
            "compare GTID sets as text",
            "core.gtid.OracleGtidSet",
            "contains",
            code -> {
              var object = java.lang.constant.ClassDesc.of("java.lang.Object");
              var text = java.lang.constant.ClassDesc.of("java.lang.String");
              var toText = java.lang.constant.MethodTypeDesc.of(text);
              code.aload(0).invokevirtual(object, "toString", toText);
              code.aload(1).invokevirtual(object, "toString", toText);
              code.invokevirtual(
                  text,
                  "compareTo",
                  java.lang.constant.MethodTypeDesc.of(
                      java.lang.constant.ClassDesc.ofDescriptor("I"), text));
              code.bipush(31).iushr().iconst_1().ixor().ireturn();
            }),
        Mutant.of(
            "ignore relay logs",
            "core.recovery.Survivors",
            "raw",
            code -> {
              var instance = java.lang.constant.ClassDesc.of("orchestrator.core.topology.Instance");
              var gtid = java.lang.constant.ClassDesc.of("orchestrator.core.topology.Gtid");
              var optional = java.lang.constant.ClassDesc.of("java.util.Optional");
              code.aload(0)
                  .invokevirtual(instance, "gtid", java.lang.constant.MethodTypeDesc.of(gtid))
                  .invokevirtual(gtid, "executed", java.lang.constant.MethodTypeDesc.of(optional))
                  .invokevirtual(
                      optional,
                      "get",
                      java.lang.constant.MethodTypeDesc.of(
                          java.lang.constant.ClassDesc.of("java.lang.Object")))
                  .checkcast(java.lang.constant.ClassDesc.of("orchestrator.core.gtid.GtidSet"))
                  .areturn();
            }));
  }

  /** They break what matters without GTIDs. */
  private static Stream<Mutant> ofPlaces() {
    return Stream.of(
        Mutant.of(
            "compare positions as text",
            "core.gtid.BinlogCoordinates",
            "compareTo",
            code -> {
              var object = java.lang.constant.ClassDesc.of("java.lang.Object");
              var text = java.lang.constant.ClassDesc.of("java.lang.String");
              var toText = java.lang.constant.MethodTypeDesc.of(text);
              code.aload(0).invokevirtual(object, "toString", toText);
              code.aload(1).invokevirtual(object, "toString", toText);
              code.invokevirtual(
                  text,
                  "compareTo",
                  java.lang.constant.MethodTypeDesc.of(
                      java.lang.constant.ClassDesc.ofDescriptor("I"), text));
              code.ireturn();
            }));
  }

  /** They break what matters when a statement arrives after it was given up. */
  private static Stream<Mutant> ofLateStatements() {
    return Stream.of(
        Mutant.of(
            "abandon without proof",
            "core.recovery.Promoting",
            "makeReadOnlyAgain",
            code -> {
              var turn = java.lang.constant.ClassDesc.of("orchestrator.core.recovery.Turn");
              var text = java.lang.constant.ClassDesc.of("java.lang.String");
              code.aload(0)
                  .ldc("never mind")
                  .invokestatic(
                      java.lang.constant.ClassDesc.of("orchestrator.core.recovery.Promoting"),
                      "abandon",
                      java.lang.constant.MethodTypeDesc.of(
                          java.lang.constant.ClassDesc.ofDescriptor("V"), turn, text))
                  .return_();
            }),
        Mutant.of("drop the fence", "simulation.Fleet", "isFenced", Mutant::no));
  }

  @Tag("long")
  @ParameterizedTest
  @MethodSource("bugs")
  void eachIsFound(Mutant bug) {
    String found = bug.hunt(SEEDS);
    assertThat(found).as(bug.name()).matches("\\d+ seeds, I\\d+ .*");
    System.out.println("| " + bug.name() + " | " + found + " |");
  }

  @Test
  void aGlaringOneIsFoundAtOnce() {
    Mutant bug =
        bugs().stream().filter(b -> b.name().equals("never close")).findFirst().orElseThrow();
    assertThat(bug.hunt(50)).contains("I6");
  }
}
