package orchestrator.core.recovery;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import orchestrator.core.facts.DemotedMaster;
import orchestrator.core.facts.LossReport;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.gtid.GtidDifference;
import orchestrator.core.gtid.OracleGtidSet;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.state.Command;
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
   * @param actions to be performed
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

    /** It replicates again, and needs no watch. */
    record Rejoined(String text) implements Finding {}
  }

  /**
   * @param read the demoted server as it answered just now
   * @param topology holds the successor as last read
   * @param ticket the recovery by which it was demoted, while it is remembered
   */
  public static Verdict judge(
      DemotedMaster demoted,
      Instance read,
      Topology topology,
      Optional<RecoveryTicket> ticket,
      boolean useSuperReadOnly) {
    if (!read.readOnly()) {
      return new Verdict(
          List.of(new ServerAction.SetReadOnly(demoted.key(), true, useSuperReadOnly)),
          List.of(),
          List.of(
              new Finding.Writable(
                  demoted.key()
                      + " was replaced by "
                      + demoted.successor()
                      + " and is writable: it is set read-only")));
    }
    List<Command> commands = new ArrayList<>();
    List<Finding> findings = new ArrayList<>();
    Optional<GtidDifference> lost = lost(demoted, read, topology, ticket);
    if (lost.isPresent() && ticket.isPresent()) {
      LossReport exact = ticket.get().loss().comparedWith(lost.get());
      commands.add(new Command.ReviseLoss(demoted.recoveryUid(), exact));
      findings.add(compared(demoted, lost.get()));
    }
    if (hasRejoined(demoted, read, topology)) {
      commands.add(new Command.ReleaseDemotedMaster(demoted.key()));
      findings.add(
          new Finding.Rejoined(
              demoted.key() + " replicates within its cluster again and is not watched any more"));
    }
    return new Verdict(List.of(), commands, findings);
  }

  private static Finding compared(DemotedMaster demoted, GtidDifference lost) {
    String text =
        lost.isEmpty()
            ? "Nothing that " + demoted.key() + " has is missing on " + demoted.successor()
            : "Only " + demoted.key() + " has " + lost;
    return new Finding.Compared(text, lost.isEmpty());
  }

  /** What only the old master has: asked once, while it is read-only and the successor is seen. */
  private static Optional<GtidDifference> lost(
      DemotedMaster demoted, Instance read, Topology topology, Optional<RecoveryTicket> ticket) {
    boolean isOpenQuestion =
        ticket
            .filter(t -> t.promoted().equals(Optional.of(demoted.successor())))
            .filter(t -> t.loss().exact().isEmpty())
            .isPresent();
    if (!isOpenQuestion || read.gtid().executed().isEmpty()) {
      return Optional.empty();
    }
    Optional<Instance> successor =
        topology.find(demoted.successor()).filter(Instance::isLastCheckValid);
    return successor
        .flatMap(s -> s.gtid().executed())
        .map(executed -> read.gtid().executed().get().missingFrom(executed))
        .map(lost -> withoutWritesOf(successor.get(), lost));
  }

  /** The old master may have fetched what the successor wrote after it was last read. */
  private static GtidDifference withoutWritesOf(Instance successor, GtidDifference lost) {
    return lost instanceof OracleGtidSet set
        ? set.without(successor.identity().serverUuid())
        : lost;
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
