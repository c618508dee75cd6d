package orchestrator.simulation.judge;

import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.facts.ReplicaFate;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.topology.InstanceKey;

/**
 * I16: when all is mended, every server that runs gets what the published master writes, directly
 * or through others; or people are told that it does not, by a downtime, the watch of former
 * masters or the recovery that had to do with it last.
 */
public final class NobodyIsLeftBehind implements Invariant {
  private static final long CALM_MILLIS = 60_000;

  private ReplicatedState state = ReplicatedState.EMPTY;
  private final Map<String, RecoveryTicket> tickets = new HashMap<>();

  @Override
  public String name() {
    return "I16 nobody is left behind";
  }

  @Override
  public Optional<String> see(Fact fact, Truth truth) {
    switch (fact) {
      case Fact.Committed entry -> {
        state = entry.after();
        tickets.putAll(state.recoveries());
      }
      case Fact.Ended ignored -> {
        return atTheEnd(truth);
      }
      default -> {}
    }
    return Optional.empty();
  }

  private Optional<String> atTheEnd(Truth truth) {
    return Commits.published(state)
        .filter(truth::isWell)
        .flatMap(master ->
            truth.servers().stream()
                .filter(server -> isAbandoned(server, master, truth))
                .findFirst()
                .map(server ->
                    "%s, which is to follow %s, does not get what %s writes, and nobody is told"
                        .formatted(
                            server,
                            truth.sourceOf(server).map(InstanceKey::toString).orElse("nobody"),
                            master)));
  }

  private boolean isAbandoned(InstanceKey server, InstanceKey master, Truth truth) {
    return truth.isWell(server)
        && truth.calmSince(server) <= truth.now() - CALM_MILLIS
        && !isTold(server)
        && isUnexplained(ends(server, master, truth), truth);
  }

  private boolean isUnexplained(Set<InstanceKey> ends, Truth truth) {
    return !ends.isEmpty()
        && ends.stream().noneMatch(end -> isTold(end) || hasForgotten(end, truth));
  }

  /**
   * Its source forgot in a crash what it has, and so does not serve it; real ones do not either.
   * Without GTIDs markers count as well: the source's log has no such place any more.
   */
  private static boolean hasForgotten(InstanceKey replica, Truth truth) {
    boolean hasNoPlace =
        !truth.usesGtid()
            && truth
                .sourceOf(replica)
                .filter(source -> !truth.forgottenBy(source).isEmpty())
                .isPresent();
    return hasNoPlace || truth.hasForgotten(replica);
  }

  /**
   * Where the way from the server up to the master ends before that: the last on it, or all of a
   * ring; nobody when it does not end.
   */
  private static Set<InstanceKey> ends(InstanceKey server, InstanceKey master, Truth truth) {
    Set<InstanceKey> seen = new LinkedHashSet<>();
    InstanceKey present = server;
    while (!present.equals(master)) {
      if (!seen.add(present)) {
        return ringFrom(present, seen);
      }
      Optional<InstanceKey> source = truth.sourceOf(present).filter(truth.servers()::contains);
      if (source.isEmpty() || !truth.isReplicating(present, source.get())) {
        return Set.of(present);
      }
      present = source.get();
    }
    return Set.of();
  }

  private static Set<InstanceKey> ringFrom(InstanceKey first, Set<InstanceKey> way) {
    return way.stream()
        .dropWhile(server -> !server.equals(first))
        .collect(Collectors.toUnmodifiableSet());
  }

  private boolean isTold(InstanceKey server) {
    return state.downtimes().containsKey(server)
        || state.demoted().containsKey(server)
        || tickets.values().stream()
            .filter(ticket -> ticket.fates().containsKey(server))
            .max(Comparator.comparingLong(RecoveryTicket::id))
            .filter(ticket -> isToldBy(ticket, server))
            .isPresent();
  }

  private static boolean isToldBy(RecoveryTicket ticket, InstanceKey server) {
    ReplicaFate.Kind fate = ticket.fates().getOrDefault(server, ReplicaFate.UNSETTLED).kind();
    return fate == ReplicaFate.Kind.LOST
        || fate == ReplicaFate.Kind.UNREACHABLE
        || !ticket.successful()
        || ticket.errors().stream().anyMatch(error -> error.contains(server.toString()));
  }
}
