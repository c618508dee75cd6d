package orchestrator.core.recovery;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import orchestrator.core.facts.DemotedMaster;
import orchestrator.core.facts.Downtime;
import orchestrator.core.facts.KeptReadOnly;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.gtid.GtidDifference;
import orchestrator.core.relocation.CanReplicate;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.state.Command;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.Replication;
import orchestrator.core.topology.ThreadState;
import orchestrator.core.topology.Topology;

/**
 * What is to be done when a demoted master was read. Asked each second, until the watch is released
 * by it or by a person.
 */
public final class DemotedMasterWatch {
  private DemotedMasterWatch() {}

  /**
   * What is to be done now.
   *
   * @param actions to be performed in this order, each if the one before was
   * @param commands to be committed
   * @param findings for the audit; none when there is nothing to say
   */
  public record Verdict(
      List<ServerAction> actions, List<Command> commands, List<Finding> findings) {
    public static final Verdict NOTHING = new Verdict(List.of(), List.of(), List.of());

    public Verdict {
      actions = List.copyOf(actions);
      commands = List.copyOf(commands);
      findings = List.copyOf(findings);
    }
  }

  /** What a look at a demoted master found. */
  public sealed interface Finding {
    /** In words. */
    String text();

    /** It takes writes. */
    record Writable(String text) implements Finding {}

    /**
     * It was compared with its successor.
     *
     * @param lossless whether the successor has all of it
     */
    record Compared(String text, boolean lossless) implements Finding {}

    /** It replicates again, and needs no look each second. */
    record Rejoined(String text) implements Finding {}
  }

  /**
   * What is done by itself.
   *
   * @param replication who may replicate from whom
   */
  public record Rules(
      boolean useSuperReadOnly, SafetyPolicy safety, CanReplicate.Policy replication) {}

  /**
   * @param read the demoted server as it answered just now
   * @param topology holds the successor as last read
   */
  public static Verdict judge(
      DemotedMaster demoted,
      Instance read,
      Topology topology,
      ReplicatedState state,
      Rules rules,
      Instant now) {
    ReturnedMaster returned = new ReturnedMaster(demoted, read, topology, state);
    if (!read.readOnly()) {
      return writable(demoted, returned.successor(), rules);
    }
    if (mayStayMaster(returned)) {
      return new Verdict(List.of(), List.of(), List.of());
    }
    List<Command> commands = new ArrayList<>();
    List<Finding> findings = new ArrayList<>();
    if (hasRejoined(demoted, read, topology) && hasNothingOfItsOwn(read, returned)) {
      returned.onlyHere().ifPresent(lost -> tellLoss(demoted, returned, lost, commands, findings));
      commands.add(new Command.ReleaseDemotedMaster(demoted.key()));
      commands.add(
          new Command.KeepReadOnly(new KeptReadOnly(demoted.key(), demoted.recoveryUid(), now)));
      findings.add(
          new Finding.Rejoined(
              demoted.key()
                  + " replicates within its cluster again and is watched as a replica only: it is"
                  + " kept read-only until set-writeable"));
      return new Verdict(List.of(), commands, findings);
    }
    returned
        .onlyHere()
        .ifPresent(lost -> {
          tellLoss(demoted, returned, lost, commands, findings);
          note(demoted, returned, lost, now, commands, findings);
          quarantine(demoted, lost, state, now, commands);
        });
    boolean attaches =
        rules.safety().reattachReturned() && returned.obstacle(rules.replication()).isEmpty();
    List<ServerAction> actions = attaches ? List.of(returned.reattachment()) : List.of();
    return new Verdict(actions, commands, findings);
  }

  /** Nobody has replaced it yet: it is not lost if its recovery gives the promotion up. */
  private static boolean mayStayMaster(ReturnedMaster returned) {
    return returned
        .ticket()
        .filter(ticket -> ticket.isOpen() && ticket.promoted().isEmpty())
        .isPresent();
  }

  private static Verdict writable(DemotedMaster demoted, InstanceKey successor, Rules rules) {
    List<ServerAction> actions = new ArrayList<>();
    actions.add(new ServerAction.SetReadOnly(demoted.key(), true, rules.useSuperReadOnly()));
    if (rules.safety().endClients()) {
      actions.add(new ServerAction.EndClients(demoted.key()));
    }
    return new Verdict(
        actions,
        List.of(),
        List.of(
            new Finding.Writable(
                demoted.key()
                    + " was replaced by "
                    + successor
                    + " and is writable: it is set read-only")));
  }

  /** The loss report becomes exact: once, and of a recovery that ended with this successor. */
  private static void tellLoss(
      DemotedMaster demoted,
      ReturnedMaster returned,
      GtidDifference lost,
      List<Command> commands,
      List<Finding> findings) {
    Optional<RecoveryTicket> ticket =
        returned
            .ticket()
            .filter(t -> t.promoted().equals(Optional.of(demoted.successor())))
            .filter(t -> t.loss().exact().isEmpty());
    if (ticket.isPresent()) {
      commands.add(
          new Command.ReviseLoss(demoted.recoveryUid(), ticket.get().loss().comparedWith(lost)));
      findings.add(compared(demoted, returned, lost));
    }
  }

  /** What it has for itself is remembered, and told whenever it has become another set. */
  private static void note(
      DemotedMaster demoted,
      ReturnedMaster returned,
      GtidDifference lost,
      Instant now,
      List<Command> commands,
      List<Finding> findings) {
    boolean isKnown =
        demoted.compared().filter(before -> before.onlyHere().equals(lost)).isPresent();
    if (isKnown) {
      return;
    }
    commands.add(
        new Command.CompareDemotedMaster(
            demoted.key(), demoted.recoveryUid(), new DemotedMaster.Comparison(lost, now)));
    if (findings.isEmpty()) {
      findings.add(compared(demoted, returned, lost));
    }
  }

  /** Whoever ended its downtime did so without knowing what it has. */
  private static void quarantine(
      DemotedMaster demoted,
      GtidDifference lost,
      ReplicatedState state,
      Instant now,
      List<Command> commands) {
    boolean isFound = commands.stream().anyMatch(Command.CompareDemotedMaster.class::isInstance);
    Downtime downtime = state.downtimes().get(demoted.key());
    boolean isDowntimed = downtime != null && downtime.isActive(now);
    if (isFound && !lost.isEmpty() && !isDowntimed) {
      commands.add(Closing.lostInRecovery(demoted.key(), now));
    }
  }

  private static Finding compared(
      DemotedMaster demoted, ReturnedMaster returned, GtidDifference lost) {
    String text =
        lost.isEmpty()
            ? "Nothing that "
                + demoted.key()
                + " has is missing on "
                + returned.successor()
                + ": it can be made its replica with reattach-demoted-master"
            : "Only "
                + demoted.key()
                + " has "
                + lost
                + ": it is kept read-only and in downtime, until it was rebuilt or released";
    return new Finding.Compared(text, lost.isEmpty());
  }

  /**
   * Whether it was compared just now, and is a replica in good standing. MySQL lets it fetch from
   * its successor all the same, as a co-master does by itself: it stays watched, since as a replica
   * like others it could be promoted one day, with what it has. One that counts nothing by GTID is
   * nothing to compare, and is promoted by nobody.
   */
  private static boolean hasNothingOfItsOwn(Instance read, ReturnedMaster returned) {
    return read.gtid().executed().filter(set -> !set.isEmpty()).isEmpty()
        || returned.onlyHere().filter(GtidDifference::isEmpty).isPresent();
  }

  private static boolean hasRejoined(DemotedMaster demoted, Instance read, Topology topology) {
    boolean fetches =
        read.replication()
            .map(Replication::ioThread)
            .filter(thread -> thread == ThreadState.RUNNING)
            .isPresent();
    Optional<InstanceKey> source = read.sourceKey();
    return fetches
        && source.isPresent()
        && (leadsTo(demoted.successor(), source.get(), topology)
            || isSameCluster(demoted.successor(), source.get(), topology));
  }

  private static boolean isSameCluster(
      InstanceKey successor, InstanceKey source, Topology topology) {
    Optional<String> cluster = topology.clusterNameOf(successor);
    return cluster.isPresent() && cluster.equals(topology.clusterNameOf(source));
  }

  private static boolean leadsTo(InstanceKey successor, InstanceKey from, Topology topology) {
    Set<InstanceKey> seen = new HashSet<>();
    Optional<InstanceKey> next = Optional.of(from);
    while (next.isPresent() && seen.add(next.get())) {
      if (next.get().equals(successor)) {
        return true;
      }
      next = topology.find(next.get()).flatMap(Instance::sourceKey);
    }
    return false;
  }
}
