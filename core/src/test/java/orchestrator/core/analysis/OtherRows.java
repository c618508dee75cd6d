package orchestrator.core.analysis;

import static orchestrator.core.analysis.AnalysisCode.*;
import static orchestrator.core.analysis.ClassificationRow.*;
import static orchestrator.core.testing.TopologyBuilder.key;

import java.util.stream.Stream;
import orchestrator.core.testing.InstanceBuilder;
import orchestrator.core.testing.TopologyBuilder;

/** Verdicts on co-masters, intermediate masters, replicas and members of groups. */
final class OtherRows {
  private OtherRows() {}

  static Stream<ClassificationRow> coMasterRows() {
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
        coMaster("silent to its replicas too", DEAD_CO_MASTER, 1, s -> hung(s, "a")),
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
        new ClassificationRow(
            "co-master with a detached source: a master",
            "a",
            DEAD_MASTER,
            new TopologyBuilder()
                .with("a", a -> a.replicatesFrom(key("b").detached()).unreachable())
                .with("b", b -> b.replicatesFrom("a").ioThreadStopped())));
  }

  static Stream<ClassificationRow> intermediateMasterRows() {
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
        intermediate("silent to its replicas too", DEAD_INTERMEDIATE_MASTER, 2, s -> hung(s, "i")),
        intermediate(
            "silent to its only replica too",
            DEAD_INTERMEDIATE_MASTER_WITH_SINGLE_REPLICA_FAILING_TO_CONNECT,
            1,
            s -> hung(s, "i")),
        intermediate(
            "well, though its replicas hear nothing",
            NO_PROBLEM,
            2,
            s -> s.withReplicasOf("i", InstanceBuilder::deaf)),
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

  static Stream<ClassificationRow> replicaRows() {
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

  static Stream<ClassificationRow> groupRows() {
    return Stream.of(
        new ClassificationRow(
            "group primary: dead",
            "p",
            DEAD_REPLICATION_GROUP_MEMBER_WITH_REPLICAS,
            group("PRIMARY", "ONLINE").with("p", InstanceBuilder::unreachable)),
        new ClassificationRow(
            "group secondary: dead",
            "p",
            DEAD_REPLICATION_GROUP_MEMBER_WITH_REPLICAS,
            group("SECONDARY", "ERROR").with("p", InstanceBuilder::unreachable)),
        new ClassificationRow(
            "group member: alone",
            "p",
            NO_PROBLEM,
            group("PRIMARY", "ONLINE").with("p", InstanceBuilder::unreachable).without("r1")),
        new ClassificationRow(
            "group member: alive, replica stopped", "p", NO_PROBLEM, group("PRIMARY", "ONLINE")),
        new ClassificationRow(
            "left the group: a master like any other",
            "p",
            DEAD_MASTER,
            group("PRIMARY", "OFFLINE").with("p", InstanceBuilder::unreachable)));
  }
}
