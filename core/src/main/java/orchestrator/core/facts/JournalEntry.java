package orchestrator.core.facts;

import java.util.List;
import java.util.Optional;
import orchestrator.core.gtid.BinlogCoordinates;
import orchestrator.core.gtid.GtidSet;
import orchestrator.core.topology.InstanceKey;

/**
 * One committed step of a recovery. The journal is what a manager that was restarted, or a new
 * leader, knows of it: {@link RecoveryTicket#with} folds it.
 */
public sealed interface JournalEntry {
  /** For people only: changes nothing. */
  record Noted(String message) implements JournalEntry {}

  /**
   * Another run of the recovery goes on with it: after a restart, or in a new term.
   *
   * @param node the name of the manager that does
   */
  record Resumed(String node, long term) implements JournalEntry {}

  /** The process at {@code index} of the list is about to run: after this it may have run. */
  record HookStarted(HookPoint point, int index, String command) implements JournalEntry {}

  record HookFinished(
      HookPoint point, int index, boolean successful, long durationMillis, String output)
      implements JournalEntry {}

  /** The server that is to be promoted, and why. Nothing irrevocable has been sent. */
  record CandidateChosen(InstanceKey candidate, String reason) implements JournalEntry {}

  /** Where no GTIDs tell it: from where on others can replicate from the server to be promoted. */
  record BaseTaken(PromotionBase base) implements JournalEntry {}

  /**
   * Where GTIDs tell it: what the server to be promoted had applied. One that has less later has
   * forgotten it in a crash.
   */
  record ExecutedTaken(InstanceKey candidate, GtidSet executed) implements JournalEntry {}

  /**
   * From here on the server may be writable: no other server may be chosen until {@link
   * PromotionAbandoned} for it is committed.
   */
  record PromotionIntended(InstanceKey candidate) implements JournalEntry {}

  /**
   * @param proof how it is known that the server is not writable
   */
  record PromotionAbandoned(InstanceKey candidate, String proof) implements JournalEntry {}

  /** The server was read after the change, and is writable. */
  record Promoted(InstanceKey candidate, String alias, Optional<BinlogCoordinates> coordinates)
      implements JournalEntry {}

  /**
   * The server that does from now on what the failed one did, without having been made writable.
   */
  record Succeeded(InstanceKey successor, String alias, Optional<BinlogCoordinates> coordinates)
      implements JournalEntry {}

  record ReplicaSettled(InstanceKey replica, ReplicaFate fate) implements JournalEntry {}

  record LossAssessed(LossReport loss) implements JournalEntry {}

  /**
   * Applications were told: the key-values and the cluster's alias now name the promoted server.
   */
  record Published(InstanceKey master) implements JournalEntry {}

  record Closed(boolean successful, List<String> errors) implements JournalEntry {
    public Closed {
      errors = List.copyOf(errors);
    }
  }
}
