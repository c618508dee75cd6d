package orchestrator.core.recovery.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import orchestrator.core.facts.HookPoint;
import orchestrator.core.facts.JournalEntry;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.gtid.OracleGtidSet;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.topology.InstanceKey;

/** What happened in a run, in order, and how it ended. */
final class History {
  /** One thing that happened. */
  sealed interface Fact {
    /** The control wants a server changed. */
    record Asked(ServerAction action) implements Fact {}

    /** A server executed it, with this set at that moment. */
    record Done(ServerAction action, OracleGtidSet executed) implements Fact {}

    /** A statement that makes a server writable is under way and may still be executed. */
    record Threat(InstanceKey server, long statement) implements Fact {}

    /** That statement will not be executed any more, or was. */
    record ThreatOver(long statement) implements Fact {}

    record Crashed(InstanceKey server) implements Fact {}

    record Returned(InstanceKey server, boolean writable) implements Fact {}

    record Journaled(JournalEntry entry) implements Fact {}

    record Refused(String reason) implements Fact {}

    record HookRan(HookPoint point, int index) implements Fact {}

    record ManagerDied() implements Fact {}

    record ManagerBack() implements Fact {}
  }

  /** How a server is at the end. */
  record FinalServer(
      boolean well, boolean readOnly, Optional<InstanceKey> source, boolean disturbed) {}

  final InstanceKey failed;
  final Set<InstanceKey> replicas;
  final List<Fact> facts = new ArrayList<>();
  final Map<InstanceKey, FinalServer> servers = new TreeMap<>();
  ReplicatedState state = ReplicatedState.EMPTY;
  Optional<RecoveryTicket> ticket = Optional.empty();

  /** Whether it ended by itself within the time allowed. */
  boolean ended;

  /** What clients were told is committed. */
  OracleGtidSet acknowledged = OracleGtidSet.EMPTY;

  /** What the servers have at the end. */
  final Map<InstanceKey, OracleGtidSet> executed = new TreeMap<>();

  /** What no reason exists to lose; empty when a loss may be excused. */
  OracleGtidSet mustSurvive = OracleGtidSet.EMPTY;

  History(InstanceKey failed, Set<InstanceKey> replicas) {
    this.failed = failed;
    this.replicas = Set.copyOf(replicas);
  }

  void add(Fact fact) {
    facts.add(fact);
  }
}
