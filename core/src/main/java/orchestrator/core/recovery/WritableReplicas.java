package orchestrator.core.recovery;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import orchestrator.core.facts.KeptReadOnly;
import orchestrator.core.facts.Maintenance;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.Replication;
import orchestrator.core.topology.ThreadState;
import orchestrator.core.topology.Topology;

/**
 * Servers that are kept read-only as replicas, and take writes: their configuration files, written
 * when they were masters, may say so, and so may a person who made one of them a master. Replicas
 * that no recovery knows of are none of them.
 */
public final class WritableReplicas {
  /** What such a server is. */
  public enum Finding {
    /** Not the master, of which it is certain that it takes writes: it is set read-only. */
    TAKES_WRITES,
    /** A master, alone or of a ring in which no other takes writes: it is kept no longer. */
    IS_MASTER,
    /** Perhaps the only server that takes writes: it is left as it is. */
    UNCLEAR
  }

  /** What was found of one server. */
  public record Verdict(KeptReadOnly server, Finding finding) {
    /** For the audit. */
    public String text() {
      String beginning =
          "%s, kept read-only as a replica since recovery %s, "
              .formatted(server.key(), server.recoveryUid());
      return beginning
          + switch (finding) {
            case TAKES_WRITES -> "takes writes beside its master: it is set read-only";
            case IS_MASTER -> "takes writes as a master: it is not kept read-only any more";
            case UNCLEAR ->
                "takes writes, and does not replicate from a master that does, or not for certain:"
                    + " it is left as it is. It is to take writes: set-writeable. It is not:"
                    + " set-read-only";
          };
    }
  }

  private final Topology topology;
  private final ReplicatedState state;
  private final Instant now;

  private WritableReplicas(Topology topology, ReplicatedState state, Instant now) {
    this.topology = topology;
    this.state = state;
    this.now = now;
  }

  /**
   * Those that answer and are in nobody's maintenance, by key.
   *
   * @param topology the servers as last read
   */
  public static List<Verdict> among(Topology topology, ReplicatedState state, Instant now) {
    if (state.keptReadOnly().isEmpty()) {
      return List.of(); // as it mostly is, each second
    }
    WritableReplicas replicas = new WritableReplicas(topology, state, now);
    return state.keptReadOnly().values().stream()
        .filter(kept -> !state.demoted().containsKey(kept.key())) // it is looked at more closely
        .filter(kept -> !replicas.isInMaintenance(kept.key()))
        .sorted(Comparator.comparing(KeptReadOnly::key))
        .flatMap(kept -> replicas.verdict(kept).stream())
        .toList();
  }

  private Optional<Verdict> verdict(KeptReadOnly kept) {
    return topology
        .find(kept.key())
        .filter(WritableReplicas::takesWrites)
        .map(server -> new Verdict(kept, judge(kept, server)));
  }

  private boolean isInMaintenance(InstanceKey key) {
    Maintenance maintenance = state.maintenances().get(key);
    return maintenance != null && maintenance.isActive(now);
  }

  private static boolean takesWrites(Instance server) {
    return server.isLastCheckValid() && !server.readOnly();
  }

  private Finding judge(KeptReadOnly kept, Instance server) {
    List<Instance> ring = ringOf(server);
    if (!ring.isEmpty() || server.upstreamKey().isEmpty()) {
      // Who is to take writes is not settled as long as anything is being recovered.
      boolean isSettled = state.recoveries().values().stream().noneMatch(RecoveryTicket::isOpen);
      boolean isAlone = ring.stream().noneMatch(WritableReplicas::takesWrites);
      return isSettled && isAlone && hasReplica(server) ? Finding.IS_MASTER : Finding.UNCLEAR;
    }
    return followsMaster(server) || successorTakesWrites(kept, server)
        ? Finding.TAKES_WRITES
        : Finding.UNCLEAR;
  }

  /**
   * Whether the server that the recovery made the master, or that has replaced the source of this
   * one, is a master still, or follows one: whoever was replaced or given up then may come back
   * with a source that is dead, and takes writes beside it.
   */
  private boolean successorTakesWrites(KeptReadOnly kept, Instance server) {
    Stream<InstanceKey> promoted =
        Optional.ofNullable(state.recoveries().get(kept.recoveryUid()))
            .flatMap(RecoveryTicket::promoted)
            .stream();
    Stream<InstanceKey> replacing =
        server.upstreamKey().filter(key -> state.replacementOf(key).isPresent()).stream();
    return Stream.concat(promoted, replacing)
        .map(state::inForce)
        .filter(key -> !key.equals(kept.key()))
        .flatMap(key -> topology.find(key).stream())
        .anyMatch(successor ->
            (takesWrites(successor) && !successor.isReplica())
                || (successor.isLastCheckValid() && followsMaster(successor)));
  }

  /** The others in whose ring it is, whether they replicate or not; empty for no ring. */
  private List<Instance> ringOf(Instance server) {
    List<Instance> above = new ArrayList<>();
    Set<InstanceKey> passed = new HashSet<>();
    Optional<Instance> next = topology.sourceOf(server);
    while (next.isPresent() && passed.add(next.get().key())) {
      if (next.get().key().equals(server.key())) {
        return above;
      }
      above.add(next.get());
      next = topology.sourceOf(next.get());
    }
    return List.of();
  }

  private boolean hasReplica(Instance server) {
    return topology.replicasOf(server.key()).stream()
        .filter(Instance::isLastCheckValid)
        .flatMap(replica -> replica.replication().stream())
        .anyMatch(row -> row.ioThread() == ThreadState.RUNNING && !row.isDeaf());
  }

  /** Whether what it gets comes from a server that answers and takes writes rightfully. */
  private boolean followsMaster(Instance server) {
    Set<InstanceKey> passed = new HashSet<>();
    Instance below = server;
    while (passed.add(below.key())) {
      Optional<Instance> source = topology.sourceOf(below).filter(Instance::isLastCheckValid);
      if (source.isEmpty() || below.replication().filter(WritableReplicas::isWell).isEmpty()) {
        return false;
      }
      if (takesWrites(source.get())) {
        return !state.demoted().containsKey(source.get().key());
      }
      below = source.get();
    }
    return false;
  }

  private static boolean isWell(Replication row) {
    return row.isRunning() && !row.isDeaf();
  }
}
