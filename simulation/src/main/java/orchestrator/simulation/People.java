package orchestrator.simulation;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import orchestrator.core.facts.Acknowledgement;
import orchestrator.core.facts.Downtime;
import orchestrator.core.facts.RecoveryBrake;
import orchestrator.core.facts.RecoveryKind;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.state.Command;
import orchestrator.core.state.ReplicatedState;
import orchestrator.simulation.judge.Fact;

/** Those who clear up when the faults are over, as an operator would by the documentation. */
final class People {
  private static final long EVERY = 5000;
  private static final Duration LONG = Duration.ofHours(1);

  private final World world;
  private long readOnlySince = -1;

  People(World world) {
    this.world = world;
  }

  void start() {
    world.queue.at(World.MENDED + 1000, this::clearUp);
  }

  private void clearUp() {
    ReplicatedState state = world.group.latest();
    if (!state.recoveriesEnabled()) {
      say(new Command.SwitchGlobalRecoveries(true));
    }
    if (state.brake().filter(RecoveryBrake::isOn).isPresent()) {
      say(new Command.ReleaseBrake(seen()));
    }
    if (state.recoveries().values().stream().anyMatch(this::isToBeAcknowledged)) {
      say(new Command.AcknowledgeRecoveries(new Command.Selector.All(), seen()));
    }
    makeWritable(state);
    world.queue.after(EVERY, this::clearUp);
  }

  private Acknowledgement seen() {
    return new Acknowledgement("somebody", "seen", world.instant());
  }

  private boolean isToBeAcknowledged(RecoveryTicket ticket) {
    return !ticket.isOpen() && ticket.acknowledgement().isEmpty();
  }

  /**
   * A master that came back read-only, and was not replaced, is made writable by a person. So is
   * one that a recovery could not promote and left as it is, which asks for that; applications are
   * told of it.
   */
  private void makeWritable(ReplicatedState state) {
    SimServer published = world.publishedMaster();
    SimServer master = leftAsItIs(state, published).orElse(published);
    boolean open = state.recoveries().values().stream().anyMatch(RecoveryTicket::isOpen);
    boolean waits =
        master.isWell()
            && (master.readOnly || master != published)
            && !open
            && Optional.ofNullable(state.demoted().get(master.key)).isEmpty();
    if (!waits) {
      readOnlySince = -1;
      return;
    }
    readOnlySince = readOnlySince < 0 ? world.now() : readOnlySince;
    if (world.now() - readOnlySince >= 2 * EVERY) {
      world.tell(() -> "somebody makes " + master.key + " writable");
      world.servers.stream().filter(other -> other != master).forEach(this::stopWrites);
      if (master.source.isPresent()) {
        master.execute(new ServerAction.ResetReplication(master.key), world.now());
      }
      say(new Command.EndReadOnly(master.key));
      master.readOnly = false;
      world.note(new Fact.ChangedByPerson(world.now(), master.key, false));
      if (master != published) {
        World.publishing(master).forEach(this::say);
        say(new Command.BeginDowntime(aside(published)));
      }
    }
  }

  private Downtime aside(SimServer former) {
    Instant now = world.instant();
    return new Downtime(former.key, "somebody", "to be made anew", now, now.plus(LONG));
  }

  /**
   * The only server that might be promoted, by the last failover of the master. When that is back,
   * and alone takes writes, people leave it at that.
   */
  private Optional<SimServer> leftAsItIs(ReplicatedState state, SimServer published) {
    return state.recoveries().values().stream()
        .filter(ticket ->
            ticket.failed().equals(published.key)
                || ticket.promoted().equals(Optional.of(published.key)))
        .filter(ticket -> ticket.kind().brake() == RecoveryKind.Brake.FAILOVER)
        .max(Comparator.comparingLong(RecoveryTicket::id))
        .filter(ticket -> !ticket.isOpen() && ticket.promoted().isEmpty())
        .flatMap(RecoveryTicket::intended)
        .map(world::server)
        .filter(server -> !server.readOnly || !published.isWell() || published.readOnly);
  }

  /** After a promotion of which it was never known whether it came about. */
  private void stopWrites(SimServer other) {
    if (other.isWell()) {
      world.fleet.endStatements(other);
      if (!other.readOnly) {
        other.readOnly = true;
        world.note(new Fact.ChangedByPerson(world.now(), other.key, true));
      }
    }
  }

  private void say(Command command) {
    for (Manager manager : world.managers) {
      if (manager.leadership().isPresent()) {
        manager.submit(List.of(command), submission -> {});
        return;
      }
    }
  }
}
