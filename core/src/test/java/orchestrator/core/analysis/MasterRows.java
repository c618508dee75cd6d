package orchestrator.core.analysis;

import static orchestrator.core.analysis.AnalysisCode.*;
import static orchestrator.core.analysis.ClassificationRow.*;

import java.time.Duration;
import java.util.stream.Stream;
import orchestrator.core.testing.InstanceBuilder;

/** Verdicts on masters. */
final class MasterRows {
  private MasterRows() {}

  static Stream<ClassificationRow> silent() {
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
        master("silent to all its replicas too", DEAD_MASTER, 2, s -> hung(s, "m")),
        master(
            "silent to its replicas, of which all lag",
            DEAD_MASTER,
            2,
            s -> {
              hung(s, "m");
              s.withReplicasOf("m", r -> r.lagSeconds(11));
            }),
        master(
            "silent to a replica, another one is stopped, the last is dead",
            DEAD_MASTER_AND_SOME_REPLICAS,
            3,
            s -> {
              hung(s, "m");
              stopped(s, "r2");
              dead(s, "r3");
            }),
        master(
            "silent, one replica hears it",
            UNREACHABLE_MASTER,
            3,
            s -> {
              dead(s, "m");
              s.with("r1", InstanceBuilder::deaf).with("r2", InstanceBuilder::deaf);
            }),
        master(
            "silent, and busy before: replicas never got a heartbeat",
            DEAD_MASTER,
            2,
            s -> {
              dead(s, "m");
              s.withReplicasOf("m", r -> r.deaf(0));
            }),
        master(
            "silent, of a version that sends no heartbeats",
            UNREACHABLE_MASTER,
            2,
            s -> {
              s.with("m", m -> m.version("5.1.73"));
              dead(s, "m");
              s.withReplicasOf("m", r -> r.deaf(0));
            }),
        master(
            "silent, of another version that sent one",
            DEAD_MASTER,
            2,
            s -> {
              s.with("m", m -> m.version("5.1.73"));
              dead(s, "m");
              s.withReplicasOf("m", r -> r.deaf(1));
            }),
        master(
            "answers in part, replicas hear nothing",
            NO_PROBLEM,
            2,
            s -> {
              s.with("m", InstanceBuilder::unreachableWithPartialSuccess);
              s.withReplicasOf("m", InstanceBuilder::deaf);
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

  static Stream<ClassificationRow> live() {
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
}
