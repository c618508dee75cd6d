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

  /**
   * What was found of one server.
   *
   * @param master beside which it takes writes; empty where none is certain
   */
  public record Verdict(KeptReadOnly server, Finding finding, Optional<InstanceKey> master) {
    /** For the audit. */
    public String text() {
      String beginning =
          "%s, kept read-only as a replica since recovery %s, "
              .formatted(server.key(), server.recoveryUid());
      return beginning
          + switch (finding) {
            case TAKES_WRITES ->
                "takes writes beside %s: it is set read-only"
                    .formatted(master.map(InstanceKey::toString).orElse("its master"));
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
    List<Verdict> verdicts =
        state.keptReadOnly().values().stream()
            .filter(
                kept -> !state.demoted().containsKey(kept.key())) // it is looked at more closely
            .filter(kept -> !replicas.isInMaintenance(kept.key()))
            .sorted(Comparator.comparing(KeptReadOnly::key))
            .flatMap(kept -> replicas.verdict(kept).stream())
            .toList();
    return verdicts.stream().map(verdict -> replicas.besideAnother(verdict, verdicts)).toList();
  }

  /**
   * Two that replicate from the same master cannot both be meant, and neither is it: their
   * configuration files say so, and that master has not been made writable yet since it restarted.
   */
  private Verdict besideAnother(Verdict verdict, List<Verdict> all) {
    if (verdict.finding() != Finding.UNCLEAR) {
      return verdict;
    }
    Optional<InstanceKey> source = followed(verdict);
    return all.stream()
        .filter(
            other -> other.finding() == Finding.UNCLEAR && !other.server().equals(verdict.server()))
        .filter(other -> source.isPresent() && followed(other).equals(source))
        .findFirst()
        .map(other ->
            new Verdict(verdict.server(), Finding.TAKES_WRITES, Optional.of(other.server().key())))
        .orElse(verdict);
  }

  private Optional<InstanceKey> followed(Verdict verdict) {
    return topology
        .find(verdict.server().key())
        .filter(server -> server.replication().filter(WritableReplicas::isWell).isPresent())
        .flatMap(topology::sourceOf)
        .filter(Instance::isLastCheckValid)
        .map(Instance::key);
  }

  private Optional<Verdict> verdict(KeptReadOnly kept) {
    return topology
        .find(kept.key())
        .filter(WritableReplicas::takesWrites)
        .map(server -> judge(kept, server));
  }

  private boolean isInMaintenance(InstanceKey key) {
    Maintenance maintenance = state.maintenances().get(key);
    return maintenance != null && maintenance.isActive(now);
  }

  private static boolean takesWrites(Instance server) {
    return server.isLastCheckValid() && !server.readOnly();
  }

  private Verdict judge(KeptReadOnly kept, Instance server) {
    // One that was given up has no source, or is in a ring, since the recovery made that so.
    List<Instance> ring = wasGivenUp(kept) ? List.of() : ringOf(server);
    boolean isPerhapsMeant = !ring.isEmpty() || (sourceOf(server).isEmpty() && !wasGivenUp(kept));
    Optional<InstanceKey> master =
        isPerhapsMeant
            ? Optional.empty()
            : masterAbove(server).or(() -> masterInstead(kept, server));
    if (master.isPresent()) {
      return new Verdict(kept, Finding.TAKES_WRITES, master);
    }
    // Who is to take writes is not settled as long as anything is being recovered.
    boolean isSettled = state.recoveries().values().stream().noneMatch(RecoveryTicket::isOpen);
    boolean isAlone = ring.stream().noneMatch(WritableReplicas::takesWrites);
    // A recovery that could not promote it has perhaps moved the others below it already.
    boolean isOnTop = !ring.isEmpty() || (server.upstreamKey().isEmpty() && !wasGivenUp(kept));
    boolean isMaster = isOnTop && isSettled && isAlone && hasReplica(server);
    return new Verdict(kept, isMaster ? Finding.IS_MASTER : Finding.UNCLEAR, Optional.empty());
  }

  /** The source that it names. A recovery that detaches a lost replica makes it no master. */
  private static Optional<InstanceKey> sourceOf(Instance server) {
    return server.upstreamKey().or(() -> server.claimedSource().map(InstanceKey::reattached));
  }

  /**
   * Whether the recovery has tried to promote it, and not replaced it: then the recovery has taken
   * its source away, or let it fetch from a replica that then followed it. Neither says anything of
   * what people mean it to be.
   */
  private boolean wasGivenUp(KeptReadOnly kept) {
    return Optional.ofNullable(state.recoveries().get(kept.recoveryUid()))
        .filter(ticket -> !ticket.failed().equals(kept.key()))
        .isPresent();
  }

  /**
   * The master that the server which the recovery made the master, or left it (or that has replaced
   * the source of this one), is still, or follows: whoever was replaced or given up then may come
   * back with a source that is dead, or with none, and takes writes beside it.
   */
  private Optional<InstanceKey> masterInstead(KeptReadOnly kept, Instance server) {
    // One that promoted nobody leaves the failed master what it was.
    Stream<InstanceKey> promoted =
        Optional.ofNullable(state.recoveries().get(kept.recoveryUid()))
            .flatMap(ticket ->
                ticket
                    .promoted()
                    .or(ticket::intended)
                    .or(() -> Optional.of(ticket.failed()).filter(key -> !ticket.isOpen())))
            .stream();
    Stream<InstanceKey> replacing =
        sourceOf(server).filter(key -> state.replacementOf(key).isPresent()).stream();
    return Stream.concat(promoted, replacing)
        .map(this::successorInForce)
        .filter(key -> !key.equals(kept.key()))
        .flatMap(key -> topology.find(key).stream())
        .filter(Instance::isLastCheckValid)
        .flatMap(successor -> masterOf(successor).stream())
        .findFirst();
  }

  private InstanceKey successorInForce(InstanceKey master) {
    Set<InstanceKey> seen = new HashSet<>();
    InstanceKey present = state.inForce(master);
    Optional<InstanceKey> next = followedInstead(present);
    while (next.isPresent() && seen.add(present)) {
      present = state.inForce(next.get());
      next = followedInstead(present);
    }
    return present;
  }

  /** Whom a replaced master follows that is not watched any more, only kept read-only. */
  private Optional<InstanceKey> followedInstead(InstanceKey former) {
    return Optional.ofNullable(state.keptReadOnly().get(former))
        .flatMap(kept -> Optional.ofNullable(state.recoveries().get(kept.recoveryUid())))
        .filter(ticket -> ticket.failed().equals(former))
        .flatMap(RecoveryTicket::promoted);
  }

  private Optional<InstanceKey> masterOf(Instance successor) {
    return takesWrites(successor) && !successor.isReplica()
        ? Optional.of(successor.key())
        : masterAbove(successor);
  }

  /**
   * The others in whose ring it is, whether they replicate or not; empty for no ring. Whoever was
   * replaced is in none: what it says of its source may be older than that.
   */
  private List<Instance> ringOf(Instance server) {
    List<Instance> above = new ArrayList<>();
    Set<InstanceKey> passed = new HashSet<>();
    Optional<Instance> next = sourceInForce(server);
    while (next.isPresent() && passed.add(next.get().key())) {
      if (next.get().key().equals(server.key())) {
        return above;
      }
      above.add(next.get());
      next = sourceInForce(next.get());
    }
    return List.of();
  }

  private Optional<Instance> sourceInForce(Instance server) {
    return topology.sourceOf(server).filter(source -> state.replacementOf(source.key()).isEmpty());
  }

  private boolean hasReplica(Instance server) {
    return topology.replicasOf(server.key()).stream()
        .filter(Instance::isLastCheckValid)
        .flatMap(replica -> replica.replication().stream())
        .anyMatch(row -> row.ioThread() == ThreadState.RUNNING && !row.isDeaf());
  }

  /** The server from which it gets what it gets, and which answers and takes writes rightfully. */
  private Optional<InstanceKey> masterAbove(Instance server) {
    Set<InstanceKey> passed = new HashSet<>();
    Instance below = server;
    while (passed.add(below.key())) {
      Optional<Instance> source = topology.sourceOf(below).filter(Instance::isLastCheckValid);
      if (source.isEmpty() || below.replication().filter(WritableReplicas::isWell).isEmpty()) {
        return Optional.empty();
      }
      if (takesWrites(source.get())) {
        return source
            .map(Instance::key)
            .filter(key -> !state.demoted().containsKey(key))
            .filter(key -> !key.equals(server.key())); // the ring that it is in
      }
      below = source.get();
    }
    return Optional.empty();
  }

  private static boolean isWell(Replication row) {
    return row.isRunning() && !row.isDeaf();
  }
}
