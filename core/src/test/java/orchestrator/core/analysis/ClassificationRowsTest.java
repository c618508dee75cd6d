package orchestrator.core.analysis;

import static orchestrator.core.analysis.AnalysisCode.*;
import static orchestrator.core.testing.TopologyBuilder.NOW;
import static orchestrator.core.testing.TopologyBuilder.key;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import orchestrator.core.gtid.BinlogCoordinates;
import orchestrator.core.testing.InstanceBuilder;
import orchestrator.core.testing.States;
import orchestrator.core.testing.TopologyBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every row of the list of verdicts, with the rows beside it that must not win. In all of them
 * {@code m} is a master with replicas {@code r1} …, {@code i} an intermediate master below {@code
 * top}, {@code a} and {@code b} co-masters.
 */
class ClassificationRowsTest {
  private static final AnalysisPolicy POLICY =
      AnalysisPolicy.DEFAULT
          .withEnforceExactSemiSyncReplicas(true)
          .withRecoverNonWriteableMaster(true);

  /** A topology, the server that is judged, and the verdict. */
  record Row(String name, String subject, AnalysisCode expected, TopologyBuilder servers) {
    @Override
    public String toString() {
      return name + " → " + expected.displayName();
    }
  }

  private static Row master(
      String name, AnalysisCode expected, int replicas, Consumer<TopologyBuilder> change) {
    TopologyBuilder servers = TopologyBuilder.masterWithReplicas(replicas);
    change.accept(servers);
    return new Row("master: " + name, "m", expected, servers);
  }

  private static Row intermediate(
      String name, AnalysisCode expected, int replicas, Consumer<TopologyBuilder> change) {
    TopologyBuilder servers =
        new TopologyBuilder().with("top").with("i", i -> i.replicatesFrom("top"));
    for (int n = 1; n <= replicas; n++) {
      servers.with("r" + n, r -> r.replicatesFrom("i"));
    }
    change.accept(servers);
    return new Row("intermediate master: " + name, "i", expected, servers);
  }

  /** Co-master {@code a} is judged; its replicas are {@code b} and {@code r1} …. */
  private static Row coMaster(
      String name, AnalysisCode expected, int more, Consumer<TopologyBuilder> change) {
    TopologyBuilder servers =
        new TopologyBuilder()
            .with("a", a -> a.replicatesFrom("b"))
            .with("b", b -> b.replicatesFrom("a"));
    for (int n = 1; n <= more; n++) {
      servers.with("r" + n, r -> r.replicatesFrom("a"));
    }
    change.accept(servers);
    return new Row("co-master: " + name, "a", expected, servers);
  }

  private static void dead(TopologyBuilder servers, String... names) {
    for (String name : names) {
      servers.with(name, InstanceBuilder::unreachable);
    }
  }

  private static void stopped(TopologyBuilder servers, String... names) {
    for (String name : names) {
      servers.with(name, InstanceBuilder::ioThreadStopped);
    }
  }

  static Stream<Row> masterRows() {
    return Stream.of(
        master("well", NO_PROBLEM, 2, s -> {}),
        master("dead, alone", DEAD_MASTER_WITHOUT_REPLICAS, 0, s -> dead(s, "m")),
        master(
            "dead, replicas stopped",
            DEAD_MASTER,
            2,
            s -> {
              dead(s, "m");
              stopped(s, "r1", "r2");
            }),
        master(
            "dead, its only replica stopped",
            DEAD_MASTER,
            1,
            s -> {
              dead(s, "m");
              stopped(s, "r1");
            }),
        master(
            "dead, stopped replicas lag",
            DEAD_MASTER,
            2,
            s -> {
              dead(s, "m");
              stopped(s, "r1", "r2");
              s.withReplicasOf("m", r -> r.lagSeconds(600));
            }),
        master(
            "answers in part, replicas stopped",
            DEAD_MASTER,
            2,
            s -> {
              s.with("m", InstanceBuilder::unreachableWithPartialSuccess);
              stopped(s, "r1", "r2");
            }),
        master(
            "dead with all replicas", DEAD_MASTER_AND_REPLICAS, 2, s -> dead(s, "m", "r1", "r2")),
        master(
            "dead with some replicas",
            DEAD_MASTER_AND_SOME_REPLICAS,
            2,
            s -> {
              dead(s, "m", "r1");
              stopped(s, "r2");
            }),
        master(
            "silent, all replicas lag",
            UNREACHABLE_MASTER_WITH_LAGGING_REPLICAS,
            2,
            s -> {
              dead(s, "m");
              s.withReplicasOf("m", r -> r.lagSeconds(11));
            }),
        master(
            "silent, dead replicas count as lagging",
            UNREACHABLE_MASTER_WITH_LAGGING_REPLICAS,
            2,
            s -> {
              dead(s, "m", "r1");
              s.withReplicasOf("m", r -> r.lagSeconds(11));
            }),
        master(
            "silent, lag at the limit",
            UNREACHABLE_MASTER,
            2,
            s -> {
              dead(s, "m");
              s.withReplicasOf("m", r -> r.lagSeconds(10));
            }),
        master(
            "silent, lag unknown",
            UNREACHABLE_MASTER,
            1,
            s -> {
              dead(s, "m");
              s.with("r1", r -> r.replication(row -> row.lagUnknown()));
            }),
        master(
            "silent, one delayed replica does not lag",
            UNREACHABLE_MASTER,
            2,
            s -> {
              dead(s, "m");
              s.with("r1", r -> r.lagSeconds(60));
              s.with("r2", r -> r.delaySeconds(60));
            }),
        master(
            "silent, all replicas lag and are delayed",
            UNREACHABLE_MASTER,
            2,
            s -> {
              dead(s, "m");
              s.withReplicasOf("m", r -> r.delaySeconds(60).lagSeconds(60));
            }),
        master("silent", UNREACHABLE_MASTER, 2, s -> dead(s, "m")),
        master(
            "silent, one of the replicas stopped",
            UNREACHABLE_MASTER,
            2,
            s -> {
              dead(s, "m");
              stopped(s, "r1");
            }),
        master(
            "never seen, replicas well",
            UNREACHABLE_MASTER,
            2,
            s -> s.with("m", InstanceBuilder::neverSeen)),
        master(
            "answers in part",
            NO_PROBLEM,
            2,
            s -> s.with("m", InstanceBuilder::unreachableWithPartialSuccess)),
        master(
            "answers in part, a replica cannot connect",
            UNREACHABLE_MASTER,
            2,
            s -> {
              s.with("m", InstanceBuilder::unreachableWithPartialSuccess);
              s.with("r1", InstanceBuilder::failingToConnect);
            }),
        master(
            "hangs a little, its replica stopped",
            MASTER_SINGLE_REPLICA_NOT_REPLICATING,
            1,
            s -> {
              s.with("m", m -> m.hangingFor(Duration.ofSeconds(6)));
              stopped(s, "r1");
            }),
        master(
            "hangs for too long, its replica stopped",
            DEAD_MASTER,
            1,
            s -> {
              s.with("m", m -> m.hangingFor(Duration.ofMillis(6001)));
              stopped(s, "r1");
            }),
        master(
            "hangs for too long, its replica well: its last answer was complete",
            NO_PROBLEM,
            1,
            s -> s.with("m", m -> m.hangingFor(Duration.ofMillis(6001)))));
  }

  static Stream<Row> liveMasterRows() {
    return Stream.of(
        master(
            "waits for semi-sync",
            LOCKED_SEMI_SYNC_MASTER_HYPOTHESIS,
            2,
            s -> s.with("m", m -> m.semiSyncMaster(true, 2, 1))),
        master(
            "waits for semi-sync and answers in part",
            LOCKED_SEMI_SYNC_MASTER_HYPOTHESIS,
            2,
            s -> s.with("m", m -> m.semiSyncMaster(true, 2, 1).unreachableWithPartialSuccess())),
        master(
            "semi-sync waits for nobody",
            NO_PROBLEM,
            2,
            s -> s.with("m", m -> m.semiSyncMaster(true, 0, 0))),
        master(
            "semi-sync has enough",
            NO_PROBLEM,
            2,
            s -> s.with("m", m -> m.semiSyncMaster(true, 2, 2))),
        master(
            "too much semi-sync",
            MASTER_WITH_TOO_MANY_SEMI_SYNC_REPLICAS,
            2,
            s -> s.with("m", m -> m.semiSyncMaster(true, 1, 2))),
        master(
            "too much semi-sync before read-only",
            MASTER_WITH_TOO_MANY_SEMI_SYNC_REPLICAS,
            2,
            s -> s.with("m", m -> m.semiSyncMaster(true, 1, 2).readOnly())),
        master("read-only", NO_WRITEABLE_MASTER, 2, s -> s.with("m", InstanceBuilder::readOnly)),
        master(
            "read-only without working replicas",
            ALL_MASTER_REPLICAS_NOT_REPLICATING,
            2,
            s -> {
              s.with("m", InstanceBuilder::readOnly);
              stopped(s, "r1", "r2");
            }),
        master(
            "its only replica stopped",
            MASTER_SINGLE_REPLICA_NOT_REPLICATING,
            1,
            s -> stopped(s, "r1")),
        master("its only replica dead", MASTER_SINGLE_REPLICA_DEAD, 1, s -> dead(s, "r1")),
        master(
            "all replicas stopped",
            ALL_MASTER_REPLICAS_NOT_REPLICATING,
            2,
            s -> stopped(s, "r1", "r2")),
        master(
            "replicas connecting are not replicating",
            ALL_MASTER_REPLICAS_NOT_REPLICATING,
            2,
            s -> s.withReplicasOf("m", InstanceBuilder::failingToConnect)),
        master(
            "replicas stopped or dead",
            ALL_MASTER_REPLICAS_NOT_REPLICATING_OR_DEAD,
            2,
            s -> {
              stopped(s, "r1");
              dead(s, "r2");
            }),
        master("all replicas dead", NO_PROBLEM, 2, s -> dead(s, "r1", "r2")));
  }

  static Stream<Row> coMasterRows() {
    return Stream.of(
        coMaster("well", NO_PROBLEM, 1, s -> {}),
        coMaster(
            "dead",
            DEAD_CO_MASTER,
            1,
            s -> {
              dead(s, "a");
              stopped(s, "b", "r1");
            }),
        coMaster(
            "dead with some replicas",
            DEAD_CO_MASTER_AND_SOME_REPLICAS,
            1,
            s -> {
              dead(s, "a", "r1");
              stopped(s, "b");
            }),
        coMaster(
            "dead with all replicas",
            DEAD_INTERMEDIATE_MASTER_AND_REPLICAS,
            1,
            s -> dead(s, "a", "b", "r1")),
        coMaster("silent", UNREACHABLE_CO_MASTER, 1, s -> dead(s, "a")),
        coMaster(
            "answers in part",
            NO_PROBLEM,
            1,
            s -> s.with("a", InstanceBuilder::unreachableWithPartialSuccess)),
        coMaster(
            "silent, all lag",
            UNREACHABLE_CO_MASTER,
            1,
            s -> {
              dead(s, "a");
              s.withReplicasOf("a", r -> r.lagSeconds(60));
            }),
        coMaster(
            "answers in part, all lag",
            UNREACHABLE_INTERMEDIATE_MASTER_WITH_LAGGING_REPLICAS,
            1,
            s -> {
              s.with("a", InstanceBuilder::unreachableWithPartialSuccess);
              s.withReplicasOf("a", r -> r.lagSeconds(60));
            }),
        coMaster(
            "replicas stopped",
            ALL_CO_MASTER_REPLICAS_NOT_REPLICATING,
            1,
            s -> stopped(s, "b", "r1")),
        coMaster(
            "all replicas dead",
            ALL_CO_MASTER_REPLICAS_NOT_REPLICATING,
            1,
            s -> dead(s, "b", "r1")),
        // The other one is detached: it looks like a master, and this one like its replica.
        new Row(
            "co-master with a detached source: a master",
            "a",
            DEAD_MASTER,
            new TopologyBuilder()
                .with("a", a -> a.replicatesFrom(key("b").detached()).unreachable())
                .with("b", b -> b.replicatesFrom("a").ioThreadStopped())));
  }

  static Stream<Row> intermediateMasterRows() {
    return Stream.of(
        intermediate("well", NO_PROBLEM, 2, s -> {}),
        intermediate(
            "dead, its only replica cannot connect",
            DEAD_INTERMEDIATE_MASTER_WITH_SINGLE_REPLICA_FAILING_TO_CONNECT,
            1,
            s -> {
              dead(s, "i");
              s.with("r1", InstanceBuilder::failingToConnect);
            }),
        intermediate(
            "dead, its only replica stopped",
            DEAD_INTERMEDIATE_MASTER_WITH_SINGLE_REPLICA,
            1,
            s -> {
              dead(s, "i");
              stopped(s, "r1");
            }),
        intermediate(
            "dead, replicas stopped",
            DEAD_INTERMEDIATE_MASTER,
            2,
            s -> {
              dead(s, "i");
              stopped(s, "r1", "r2");
            }),
        intermediate(
            "dead with some replicas",
            DEAD_INTERMEDIATE_MASTER_AND_SOME_REPLICAS,
            2,
            s -> {
              dead(s, "i", "r1");
              stopped(s, "r2");
            }),
        intermediate(
            "dead with all replicas",
            DEAD_INTERMEDIATE_MASTER_AND_REPLICAS,
            2,
            s -> dead(s, "i", "r1", "r2")),
        intermediate(
            "dead with its only replica",
            DEAD_INTERMEDIATE_MASTER_AND_REPLICAS,
            1,
            s -> dead(s, "i", "r1")),
        intermediate(
            "silent, all replicas lag",
            UNREACHABLE_INTERMEDIATE_MASTER_WITH_LAGGING_REPLICAS,
            2,
            s -> {
              dead(s, "i");
              s.withReplicasOf("i", r -> r.lagSeconds(60));
            }),
        intermediate("silent", UNREACHABLE_INTERMEDIATE_MASTER, 2, s -> dead(s, "i")),
        intermediate(
            "answers in part, a replica cannot connect",
            NO_PROBLEM,
            2,
            s -> {
              s.with("i", InstanceBuilder::unreachableWithPartialSuccess);
              s.with("r1", InstanceBuilder::failingToConnect);
            }),
        intermediate(
            "replicas cannot connect",
            ALL_INTERMEDIATE_MASTER_REPLICAS_FAILING_TO_CONNECT_OR_DEAD,
            2,
            s -> s.withReplicasOf("i", InstanceBuilder::failingToConnect)),
        intermediate(
            "replicas cannot connect or are dead",
            ALL_INTERMEDIATE_MASTER_REPLICAS_FAILING_TO_CONNECT_OR_DEAD,
            2,
            s -> {
              s.with("r1", InstanceBuilder::failingToConnect);
              dead(s, "r2");
            }),
        intermediate(
            "only some cannot connect",
            ALL_INTERMEDIATE_MASTER_REPLICAS_NOT_REPLICATING,
            2,
            s -> {
              s.with("r1", InstanceBuilder::failingToConnect);
              stopped(s, "r2");
            }),
        intermediate(
            "its only replica cannot connect",
            ALL_INTERMEDIATE_MASTER_REPLICAS_NOT_REPLICATING,
            1,
            s -> s.with("r1", InstanceBuilder::failingToConnect)),
        intermediate("all replicas dead", NO_PROBLEM, 2, s -> dead(s, "r1", "r2")));
  }

  static Stream<Row> replicaRows() {
    return Stream.of(
        intermediate("a leaf that is dead", NO_PROBLEM, 0, s -> dead(s, "i")),
        intermediate("a leaf that is stopped", NO_PROBLEM, 0, s -> stopped(s, "i")),
        intermediate(
            "a first-tier replica that cannot connect",
            FIRST_TIER_REPLICA_FAILING_TO_CONNECT_TO_MASTER,
            0,
            s -> s.with("i", InstanceBuilder::failingToConnect)),
        intermediate(
            "dead when it last could not connect",
            FIRST_TIER_REPLICA_FAILING_TO_CONNECT_TO_MASTER,
            0,
            s -> s.with("i", i -> i.failingToConnect().unreachable())),
        intermediate(
            "of the second tier",
            NO_PROBLEM,
            0,
            s -> {
              s.with("top", t -> t.replicatesFrom("topmost")).with("topmost");
              s.with("i", InstanceBuilder::failingToConnect);
            }),
        intermediate(
            "a binlog server that cannot connect",
            BINLOG_SERVER_FAILING_TO_CONNECT_TO_MASTER,
            0,
            s -> s.with("i", i -> i.binlogServer().failingToConnect())),
        intermediate(
            "SQL thread stopped as well",
            NO_PROBLEM,
            0,
            s -> s.with("i", i -> i.failingToConnect().sqlThreadStopped())));
  }

  private static TopologyBuilder group(String role, String state) {
    return new TopologyBuilder()
        .with("p", p -> p.group("g", role, state, role.equals("PRIMARY") ? "p" : "q"))
        .with("q", q -> q.group("g", "PRIMARY", "ONLINE", "q"))
        .with("r1", r -> r.replicatesFrom("p").ioThreadStopped());
  }

  static Stream<Row> groupRows() {
    return Stream.of(
        new Row(
            "group primary: dead",
            "p",
            DEAD_REPLICATION_GROUP_MEMBER_WITH_REPLICAS,
            group("PRIMARY", "ONLINE").with("p", InstanceBuilder::unreachable)),
        new Row(
            "group secondary: dead",
            "p",
            DEAD_REPLICATION_GROUP_MEMBER_WITH_REPLICAS,
            group("SECONDARY", "ERROR").with("p", InstanceBuilder::unreachable)),
        new Row(
            "group member: alone",
            "p",
            NO_PROBLEM,
            group("PRIMARY", "ONLINE").with("p", InstanceBuilder::unreachable).without("r1")),
        new Row(
            "group member: alive, replica stopped", "p", NO_PROBLEM, group("PRIMARY", "ONLINE")),
        new Row(
            "left the group: a master like any other",
            "p",
            DEAD_MASTER,
            group("PRIMARY", "OFFLINE").with("p", InstanceBuilder::unreachable)));
  }

  static Stream<Row> rows() {
    return Stream.of(
            masterRows(),
            liveMasterRows(),
            coMasterRows(),
            intermediateMasterRows(),
            replicaRows(),
            groupRows())
        .flatMap(rows -> rows);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("rows")
  void theFirstRowThatHoldsIsTheVerdict(Row row) {
    Diagnosis diagnosis =
        Analysis.diagnose(
                key(row.subject),
                row.servers.build(),
                new States().build(),
                StaleCoordinates.NONE,
                POLICY,
                NOW)
            .orElseThrow();

    assertThat(diagnosis.code()).isEqualTo(row.expected);
    assertThat(diagnosis.description().isEmpty()).isEqualTo(row.expected == NO_PROBLEM);
  }

  @Test
  void everyVerdictIsReached() {
    Set<AnalysisCode> reached = rows().map(Row::expected).collect(Collectors.toSet());
    reached.add(LOCKED_SEMI_SYNC_MASTER); // below: it needs coordinates

    assertThat(EnumSet.complementOf(EnumSet.copyOf(reached)))
        .containsExactly(MASTER_WITHOUT_REPLICAS);
  }

  @Test
  void aWaitingMasterThatHasNotMovedForLongIsLocked() {
    TopologyBuilder servers =
        TopologyBuilder.masterWithReplicas(2).with("m", m -> m.semiSyncMaster(true, 2, 1));
    BinlogCoordinates here = servers.instance("m").binlog().position().orElseThrow();
    StaleCoordinates atLimit = StaleCoordinates.NONE.with(key("m"), here, NOW.minusSeconds(10));
    StaleCoordinates beyond = StaleCoordinates.NONE.with(key("m"), here, NOW.minusSeconds(11));

    assertThat(code(servers, atLimit)).isEqualTo(LOCKED_SEMI_SYNC_MASTER_HYPOTHESIS);
    assertThat(code(servers, beyond)).isEqualTo(LOCKED_SEMI_SYNC_MASTER);
    servers.with("m", m -> m.binlogPosition(here.logFile(), here.logPos() + 1));
    assertThat(code(servers, beyond)).isEqualTo(LOCKED_SEMI_SYNC_MASTER_HYPOTHESIS);
  }

  @Test
  void optionalVerdictsNeedTheirKeys() {
    TopologyBuilder tooMany =
        TopologyBuilder.masterWithReplicas(2).with("m", m -> m.semiSyncMaster(true, 1, 2));
    TopologyBuilder readOnly =
        TopologyBuilder.masterWithReplicas(2).with("m", InstanceBuilder::readOnly);

    assertThat(codeByDefault(tooMany)).isEqualTo(NO_PROBLEM);
    assertThat(codeByDefault(readOnly)).isEqualTo(NO_PROBLEM);
  }

  private static AnalysisCode code(TopologyBuilder servers, StaleCoordinates stale) {
    return Analysis.diagnose(key("m"), servers.build(), new States().build(), stale, POLICY, NOW)
        .orElseThrow()
        .code();
  }

  private static AnalysisCode codeByDefault(TopologyBuilder servers) {
    return Analysis.diagnose(
            key("m"),
            servers.build(),
            new States().build(),
            StaleCoordinates.NONE,
            AnalysisPolicy.DEFAULT,
            NOW)
        .orElseThrow()
        .code();
  }
}
