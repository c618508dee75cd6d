package orchestrator.simulation;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import orchestrator.core.facts.Acknowledgement;
import orchestrator.core.facts.Candidate;
import orchestrator.core.facts.Downtime;
import orchestrator.core.facts.RecoveryPause;
import orchestrator.core.recovery.Effect;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.state.Command;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.PromotionRule;
import orchestrator.simulation.SimServer.Health;
import orchestrator.simulation.judge.Fact;

/** Brings faults about, and ends them. */
final class Misfortune {
  private final World world;

  /** A fault that waits for a step, and how many effects are before it. */
  private static final class Waiting {
    final Fault fault;
    int left;

    Waiting(Fault fault) {
      this.fault = fault;
      this.left = fault.amount();
    }
  }

  private final List<Waiting> waiting = new ArrayList<>();

  /** What ends the faults that go on. */
  private final List<Runnable> mending = new ArrayList<>();

  Misfortune(World world) {
    this.world = world;
  }

  /** Everything is repaired now. */
  void mendAll() {
    world.tell(() -> "ALL IS MENDED");
    waiting.clear();
    List.copyOf(mending).forEach(Runnable::run);
    mending.clear();
  }

  void strike(Fault fault) {
    world.tell(() -> "FAULT " + fault);
    SimServer server = fault.one() < 0 ? world.publishedMaster() : world.servers.get(fault.one());
    int second = fault.other() % world.servers.size();
    int node = fault.other() % world.managers.size();
    int leader = world.group.leader().orElse(node);
    long end = Math.min(world.now() + fault.lasts(), World.MENDED);
    switch (fault.kind()) {
      case CRASH -> crash(server, Health.DEAD, false, end);
      case CRASH_LOSING_TAIL -> crash(server, Health.DEAD, true, end);
      case HOST_DOWN -> crash(server, Health.GONE, false, end);
      case HANG -> hang(server, end);
      case REFUSE -> on(server, end, () -> server.refusing = true, () -> server.refusing = false);
      case SLOW ->
          on(
              server,
              end,
              () -> server.latencyMillis = 50 + fault.amount() * 4L,
              () -> server.latencyMillis = 0);
      case DISK_FULL ->
          on(server, end, () -> server.diskFull = true, () -> server.diskFull = false);
      case APPLY_SLOWLY -> {
        SimServer replica = world.servers.get(second);
        on(
            replica,
            end,
            () -> replica.applyMillis = 100 + fault.amount() * 3L,
            () -> replica.applyMillis = 1);
      }
      case APPLY_ERROR -> applyError(world.servers.get(second), end);
      case ERRANT -> errant(world.servers.get(second));
      case CUT_SERVERS -> cut(server.index, second, fault, end);
      case CUT_MANAGER_FROM_SERVER -> cut(world.siteOf(leader), server.index, fault, end);
      case CUT_MANAGERS_FROM_MASTER ->
          world.managers.forEach(
              manager -> cut(world.siteOf(manager.node), server.index, fault, end));
      case CUT_MANAGERS -> cut(world.siteOf(leader), world.siteOf(node), fault, end);
      case ISOLATE_MANAGER -> isolate(world.siteOf(node), fault, end);
      case ISOLATE_LEADER -> isolate(world.siteOf(leader), fault, end);
      case ISOLATE_SERVER -> isolate(server.index, fault, end);
      case LOSS -> loss(server.index, world.siteOf(leader), 10 + fault.amount() / 20, end);
      case DELAY -> delay(world.siteOf(leader), server.index, 100 + fault.amount() * 8L, end);
      case MANAGER_CRASH -> crash(node, end);
      case LEADER_CRASH -> crash(leader, end);
      case LEADER_PAUSE -> pause(leader, end);
      case HAND_OVER -> world.group.handOver();
      case COMMIT_ANSWERS_LOST -> loseAnswers(end);
      case STEP_LEADER_CRASH,
          STEP_LEADER_ISOLATED,
          STEP_LEADER_PAUSE,
          STEP_HAND_OVER,
          STEP_COMMIT_ANSWER_LOST,
          STEP_TARGET_CRASH,
          STEP_TARGET_HANG,
          STEP_TARGET_CUT,
          OPENING_DOWNTIME,
          OPENING_SWITCH_OFF,
          OPENING_PAUSE,
          OPENING_HAND_OVER ->
          waiting.add(new Waiting(fault));
      case PROMOTION_CRASH, PROMOTION_LATE -> waiting.add(new Waiting(fault));
      case STALL -> world.servers.get(second).stalledUntil = end;
      case HOOK_FAILS -> until(end, () -> world.hooksFail = true, () -> world.hooksFail = false);
      case HOOK_HANGS -> until(end, () -> world.hooksHang = true, () -> world.hooksHang = false);
      case DOWNTIME -> downtime(server, end);
      case SWITCH_OFF -> switchOff(end);
      case PAUSE_CLUSTER -> pauseCluster(end);
      case MUST_NOT -> mustNot(world.servers.get(second), end);
      case ACKNOWLEDGE -> acknowledge();
      case TAKEOVER ->
          ask(requests -> requests.takeOver(world.publishedMaster().key, named(fault, server)));
      case FORCE ->
          ask(requests -> requests.force(world.publishedMaster().key, named(fault, server)));
      case RECOVER -> ask(requests -> requests.recover(server.key));
    }
  }

  /** A manager has found that it may open a recovery, and is about to. */
  void onOpening(InstanceKey failed) {
    for (int i = waiting.size() - 1; i >= 0; i--) {
      Fault fault = waiting.get(i).fault;
      if (fault.kind().isOfOpening()) {
        waiting.remove(i);
        world.tell(() -> "NOW " + fault);
        long end = Math.min(world.now() + fault.lasts(), World.MENDED);
        switch (fault.kind()) {
          case OPENING_DOWNTIME -> downtime(world.server(failed), end);
          case OPENING_SWITCH_OFF -> switchOff(end);
          case OPENING_PAUSE -> pauseCluster(end);
          case OPENING_HAND_OVER -> world.group.handOver();
          default -> throw new IllegalArgumentException("waits for no opening: " + fault);
        }
      }
    }
  }

  /** A manager is about to play an effect of a recovery. */
  void onEffect(Manager manager, Effect effect) {
    for (int i = waiting.size() - 1; i >= 0; i--) {
      Waiting next = waiting.get(i);
      Fault.Kind kind = next.fault.kind();
      boolean due =
          kind.isOfPromotion() ? isStepOf(kind, effect) : !kind.isOfOpening() && next.left-- <= 0;
      if (due) {
        waiting.remove(i);
        world.tell(() -> "NOW " + next.fault);
        strikeStep(next.fault, manager, effect);
      }
    }
  }

  private static boolean isStepOf(Fault.Kind kind, Effect effect) {
    return effect instanceof Effect.Perform perform
        && switch (perform.action()) {
          case ServerAction.ResetReplication ignored -> kind == Fault.Kind.PROMOTION_CRASH;
          case ServerAction.SetReadOnly set -> kind == Fault.Kind.PROMOTION_LATE && !set.readOnly();
          default -> false;
        };
  }

  private void promoteLate(SimServer server, Fault fault) {
    world.fleet.delayPromotion(server.key, fault.amount());
    world.truth.troubled(server.index, world.now() + fault.amount());
    world.queue.after(
        4800,
        () ->
            on(
                server,
                Math.min(world.now() + fault.lasts(), World.MENDED),
                () -> server.refusing = true,
                () -> server.refusing = false));
  }

  private void strikeStep(Fault fault, Manager manager, Effect effect) {
    long end = Math.min(world.now() + fault.lasts(), World.MENDED);
    int node = manager.node;
    Optional<SimServer> target =
        switch (effect) {
          case Effect.Perform perform -> Optional.of(world.server(perform.action().target()));
          case Effect.Probe probe -> Optional.of(world.server(probe.key()));
          default -> Optional.empty();
        };
    switch (fault.kind()) {
      case STEP_LEADER_CRASH -> crash(node, end);
      case STEP_LEADER_ISOLATED -> isolate(world.siteOf(node), fault, end);
      case STEP_LEADER_PAUSE -> pause(node, end);
      case STEP_HAND_OVER -> world.group.handOver();
      case STEP_COMMIT_ANSWER_LOST -> loseAnswers(end);
      case PROMOTION_LATE -> target.ifPresent(server -> promoteLate(server, fault));
      case PROMOTION_CRASH, STEP_TARGET_CRASH ->
          target.ifPresent(server -> crash(server, Health.DEAD, false, end));
      case STEP_TARGET_HANG -> target.ifPresent(server -> hang(server, end));
      case STEP_TARGET_CUT ->
          target.ifPresent(server -> cut(world.siteOf(node), server.index, fault, end));
      default -> throw new IllegalArgumentException("waits for no step: " + fault);
    }
  }

  private void loseAnswers(long end) {
    until(end, () -> world.group.losesAnswers = true, () -> world.group.losesAnswers = false);
  }

  private void until(long end, Runnable begin, Runnable over) {
    begin.run();
    Runnable once =
        new Runnable() {
          private boolean done;

          @Override
          public void run() {
            if (!done) {
              done = true;
              over.run();
            }
          }
        };
    mending.add(once);
    world.queue.at(end, once);
  }

  private void on(SimServer server, long end, Runnable begin, Runnable over) {
    world.truth.troubled(server.index, end);
    until(end, begin, over);
  }

  private void crash(SimServer server, Health how, boolean losingTail, long end) {
    if (!server.isWell()) {
      return;
    }
    List<Transaction> before = List.copyOf(server.log);
    world.fleet.dropStuck(server);
    world.replicator.upToDate(server);
    server.die(how, losingTail);
    world.replicator.sourceDied(server);
    before.stream().filter(t -> !server.has(t)).forEach(t -> world.truth.forgot(server.key, t));
    world.note(new Fact.Crashed(world.now(), server.key));
    if (how == Health.DEAD) {
      for (Manager manager : world.managers) {
        if (world.network.passes(server.index, world.siteOf(manager.node))) {
          manager.after(40 + world.random.nextInt(40), () -> manager.connectionLost(server.key));
        }
      }
    }
    on(
        server,
        end,
        () -> {},
        () -> {
          server.restart(world.now());
          world.tell(
              () -> server.key + " runs again, " + (server.readOnly ? "read-only" : "writable"));
        });
  }

  private void hang(SimServer server, long end) {
    if (server.isWell()) {
      on(server, end, () -> server.health = Health.HUNG, () -> world.fleet.thaw(server));
    }
  }

  private void applyError(SimServer replica, long end) {
    if (replica.isWell() && replica.source.isPresent() && replica.sqlRunning) {
      on(
          replica,
          end,
          () -> {
            replica.sqlRunning = false;
            replica.sqlError = "Duplicate entry";
          },
          () -> {
            // Somebody repairs it.
            if (replica.isWell() && replica.source.isPresent() && !replica.sqlError.isEmpty()) {
              replica.sqlError = "";
              replica.sqlRunning = true;
              replica.appliedUntil = world.now();
            }
          });
    }
  }

  private void errant(SimServer server) {
    if (server.isWell() && server.source.isPresent() && !server.mariaDb) {
      Transaction written = world.clients.commit(server, true);
      world.tell(() -> server.key + " has the errant " + written);
    }
  }

  /** In one direction or both. */
  private void cut(int one, int other, Fault fault, long end) {
    if (one == other) {
      return;
    }
    world.truth.troubled(one, other, end);
    int directions = fault.amount() % 4;
    until(
        end,
        () -> {
          cut(one, other, directions, true);
        },
        () -> cut(one, other, directions, false));
  }

  private void cut(int one, int other, int directions, boolean begins) {
    if (directions != 1) {
      world.network.cut(one, other, begins);
    }
    if (directions != 2) {
      world.network.cut(other, one, begins);
    }
  }

  private void isolate(int site, Fault fault, long end) {
    for (int other = 0; other <= world.clientSite(); other++) {
      cut(site, other, fault, end);
    }
  }

  private void loss(int one, int other, int percent, long end) {
    world.truth.troubled(one, other, end);
    until(
        end,
        () -> {
          world.network.lose(one, other, percent);
          world.network.lose(other, one, percent);
        },
        () -> {
          world.network.lose(one, other, 0);
          world.network.lose(other, one, 0);
        });
  }

  private void delay(int from, int to, long millis, long end) {
    world.truth.troubled(from, to, end);
    until(end, () -> world.network.delay(from, to, millis), () -> world.network.delay(from, to, 0));
  }

  private void crash(int node, long end) {
    Manager manager = world.managers.get(node);
    if (manager.isUp()) {
      world.truth.troubled(world.siteOf(node), end);
      until(
          end,
          () -> {
            manager.crash();
            world.group.crashed(node);
          },
          manager::start);
    }
  }

  private void pause(int node, long end) {
    long until = Math.min(end, world.now() + 6000);
    world.truth.troubled(world.siteOf(node), until);
    world.managers.get(node).pause(until);
  }

  // What people say, to whoever leads

  private void say(Command command) {
    world.tell(() -> "somebody says " + command);
    for (Manager manager : world.managers) {
      if (manager.leadership().isPresent()) {
        manager.submit(List.of(command), submission -> {});
        return;
      }
    }
  }

  private static Optional<InstanceKey> named(Fault fault, SimServer server) {
    return fault.one() < 0 ? Optional.empty() : Optional.of(server.key);
  }

  /** Whoever leads is asked. */
  private void ask(Consumer<Requests> request) {
    world.managers.stream()
        .filter(manager -> manager.isAwake() && manager.leadership().isPresent())
        .findFirst()
        .ifPresent(manager -> request.accept(manager.requests));
  }

  private void switchOff(long end) {
    say(new Command.SwitchGlobalRecoveries(false));
    world.queue.at(end, () -> say(new Command.SwitchGlobalRecoveries(true)));
  }

  private void downtime(SimServer server, long end) {
    Instant until = EventQueue.BEGINNING.plusMillis(end);
    say(
        new Command.BeginDowntime(
            new Downtime(server.key, "somebody", "works on it", world.instant(), until)));
  }

  private void pauseCluster(long end) {
    Instant until = EventQueue.BEGINNING.plusMillis(end);
    String cluster =
        world.group.latest().currentClusterName(world.servers.getFirst().key.displayString());
    say(
        new Command.PauseRecoveries(
            new RecoveryPause(
                cluster, Reading.ALIAS, "somebody", "works on it", world.instant(), until)));
  }

  private void mustNot(SimServer server, long end) {
    Instant until = EventQueue.BEGINNING.plusMillis(end);
    say(
        new Command.RegisterCandidate(
            new Candidate(server.key, PromotionRule.MUST_NOT, world.instant(), until)));
  }

  void acknowledge() {
    say(
        new Command.AcknowledgeRecoveries(
            new Command.Selector.All(), new Acknowledgement("somebody", "seen", world.instant())));
  }
}
