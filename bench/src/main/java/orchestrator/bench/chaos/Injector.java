package orchestrator.bench.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import orchestrator.bench.chaos.Fault.Cast;
import orchestrator.sandbox.SandboxException;
import orchestrator.sandbox.history.Masters.Right;

/** Lets happen what the schedule says, and makes it good again. */
final class Injector {
  private static final Duration HEALED_WITHIN = Duration.ofMinutes(3);

  /** Until the next look at a server. */
  private static final Duration AFTERWARDS = Duration.ofSeconds(3);

  private final World world;
  private final History history;
  private final Supplier<Cast> cast;
  private final Map<String, Member> members;
  private final Map<Fault, Set<String>> active = new HashMap<>();
  private final List<Thread> running = new ArrayList<>();
  private int happened;

  Injector(World world, History history, Supplier<Cast> cast) {
    this.world = world;
    this.history = history;
    this.cast = cast;
    this.members = world.members().stream().collect(Collectors.toMap(Member::name, m -> m));
  }

  /** Returns when all faults have begun, and all have been made good. */
  void play(List<Fault> schedule) throws InterruptedException {
    long start = history.clock().now();
    for (Fault fault : schedule) {
      while (history.clock().now() - start < fault.start().toNanos()) {
        LockSupport.parkNanos(fault.start().toNanos() - (history.clock().now() - start));
      }
      begin(fault);
    }
    for (Thread thread : running) {
      if (!thread.join(HEALED_WITHIN)) {
        throw new IllegalStateException(thread.getName() + " is not made good");
      }
    }
  }

  /** A member that something is wrong with already is left alone. */
  private void begin(Fault fault) {
    Cast now = cast.get();
    List<String> hit = fault.target().among(now, fault.pick());
    synchronized (this) {
      if (hit().stream().anyMatch(hit::contains)) {
        history.tell(fault + ": left out, " + hit + " is hit already");
        return;
      }
      active.put(fault, Set.copyOf(hit));
    }
    happened++;
    history.tell("%s: %s".formatted(fault, described(hit, now)));
    Optional<String> comesBackWritable =
        now.master().filter(master -> fault.comesBackWritable() && hit.contains(master));
    running.add(
        Thread.ofVirtual().name(fault.toString()).start(() -> live(fault, hit, comesBackWritable)));
  }

  private static String described(List<String> hit, Cast cast) {
    return hit.stream()
        .map(name ->
            cast.leader().filter(name::equals).isPresent()
                ? name + " (leader)"
                : cast.master().filter(name::equals).isPresent() ? name + " (master)" : name)
        .collect(Collectors.joining(", "));
  }

  private void live(Fault fault, List<String> hit, Optional<String> comesBackWritable) {
    try {
      if (fault.kind().isOfLinks()) {
        degradeLinks();
      } else {
        hit.forEach(name -> harm(fault.kind(), member(name)));
      }
      Thread.sleep(fault.lasting());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      makeGood(fault, hit, comesBackWritable);
    }
  }

  private Member member(String name) {
    return Optional.ofNullable(members.get(name)).orElseThrow();
  }

  private static void harm(Fault.Kind kind, Member member) {
    switch (kind) {
      case KILL -> member.kill();
      case FREEZE -> member.freeze();
      case STOP -> member.stop();
      case CUT, DEAFEN, MUTE, LOSE, SLOW -> throw new IllegalArgumentException("of links: " + kind);
    }
  }

  private void makeGood(Fault fault, List<String> hit, Optional<String> comesBackWritable) {
    switch (fault.kind()) {
      case KILL, STOP -> hit.forEach(name -> member(name).start());
      case FREEZE -> hit.forEach(name -> member(name).resume());
      case CUT, DEAFEN, MUTE, LOSE, SLOW -> {}
    }
    comesBackWritable.ifPresent(this::makeWritable);
    synchronized (this) {
      active.remove(fault);
    }
    if (fault.kind().isOfLinks()) {
      degradeLinks();
    }
    history.tell("#%d is over".formatted(fault.number()));
  }

  /** As a service manager may leave it: whether or not it was replaced meanwhile. */
  private void makeWritable(String name) {
    long from = history.clock().now();
    try {
      world.server(name).sql("SET GLOBAL read_only=0");
      history.tell(name + " is back, and takes writes");
    } catch (SandboxException e) {
      history.tell(name + " is back: " + e.getMessage());
    }
    history.rights.add(new Right(name, from, history.clock().now() + AFTERWARDS.toNanos()));
  }

  private synchronized void degradeLinks() {
    world.network().degrade(BadLinks.of(world.names(), active));
    world.network().throttle(BadLinks.slow(active));
  }

  /** Names of those that something is wrong with. */
  synchronized Set<String> hit() {
    return active.values().stream().flatMap(Set::stream).collect(Collectors.toSet());
  }

  /** Names of those whose links are bad. */
  synchronized Set<String> badLinks() {
    Set<String> names = new HashSet<>();
    active.forEach((fault, hit) -> {
      if (fault.kind().isOfLinks()) {
        names.addAll(hit);
      }
    });
    return names;
  }

  /** How many faults there were. */
  int happened() {
    return happened;
  }
}
