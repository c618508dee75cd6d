package orchestrator.bench.chaos;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import orchestrator.sandbox.SandboxException;
import orchestrator.sandbox.SandboxServer;
import orchestrator.sandbox.history.Digests.Digest;

/** Whether everything is well again: liveness, once nothing is wrong any more. */
final class Convergence {
  static final Duration LIMIT = Duration.ofSeconds(90);
  private static final Duration PAUSE = Duration.ofMillis(500);
  private static final Duration CAUGHT_UP_LIMIT = Duration.ofSeconds(1);

  private final World world;
  private final Api api;
  private final Observer observer;
  private final Operator operator;

  Convergence(World world, Api api, Observer observer, Operator operator) {
    this.world = world;
    this.api = api;
    this.observer = observer;
    this.operator = operator;
  }

  /** Waits; what is still wrong at the end, empty when nothing is. */
  Optional<String> await() {
    long end = System.nanoTime() + LIMIT.toNanos();
    Optional<String> problem = problem();
    while (problem.isPresent() && System.nanoTime() - end < 0) {
      LockSupport.parkNanos(PAUSE.toNanos());
      problem = problem();
    }
    return problem;
  }

  private Optional<String> problem() {
    try {
      return problemOfNodes().or(this::problemOfServers).or(this::differentStates);
    } catch (SandboxException e) {
      return Optional.of(e.getMessage() + "");
    }
  }

  private Optional<String> problemOfNodes() {
    Optional<ManagerNode> unhealthy =
        world.nodes().stream().filter(node -> !api.answersOk(node, "raft-health")).findFirst();
    if (unhealthy.isPresent()) {
      return Optional.of(unhealthy.get() + " is not healthy");
    }
    List<ManagerNode> leaders =
        world.nodes().stream().filter(node -> api.answersOk(node, "leader-check")).toList();
    return leaders.size() == 1 ? Optional.empty() : Optional.of("leaders: " + leaders);
  }

  private Optional<String> problemOfServers() {
    SandboxServer master = operator.master();
    Set<String> writable = observer.writable();
    if (!writable.equals(Set.of(master.name()))) {
      return Optional.of(master.name() + " is the master, and these take writes: " + writable);
    }
    for (SandboxServer server : world.servers()) {
      if (server != master) {
        if (!Operator.follows(server, master)) {
          return Optional.of(server.name() + " does not replicate from " + master.name());
        }
        server.awaitCaughtUpWith(master, CAUGHT_UP_LIMIT);
      }
    }
    return Optional.empty();
  }

  private Optional<String> differentStates() {
    List<Digest> digests =
        world.nodes().stream().flatMap(node -> observer.digest(node).stream()).toList();
    boolean equal =
        digests.size() == world.nodes().size()
            && digests.stream().map(Digest::index).distinct().count() == 1
            && digests.stream().map(digest -> Objects.toString(digest.hash())).distinct().count()
                == 1;
    return equal ? Optional.empty() : Optional.of("states differ: " + digests);
  }
}
