package orchestrator.core.analysis;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import orchestrator.core.topology.InstanceKey;
import org.jspecify.annotations.Nullable;

/**
 * When emergency operations were last done, so that they are not done too often. Immutable.
 *
 * <p>Restarted IO threads start a time of grace for the server above: its replicas need a moment to
 * connect again, in which it looks dead.
 */
public final class EmergencyMemory {
  public static final EmergencyMemory NONE = new EmergencyMemory(Map.of(), Map.of(), Map.of());

  private static final Duration BETWEEN_PROBES = Duration.ofSeconds(1);
  private static final Duration BETWEEN_RESTARTS = Duration.ofSeconds(30);
  private static final Duration GRACE = Duration.ofSeconds(5);

  private final Map<InstanceKey, Instant> probed;

  /** Of replicas and of the servers above them alike. */
  private final Map<InstanceKey, Instant> restarted;

  private final Map<InstanceKey, Instant> graceBegan;

  private EmergencyMemory(
      Map<InstanceKey, Instant> probed,
      Map<InstanceKey, Instant> restarted,
      Map<InstanceKey, Instant> graceBegan) {
    this.probed = Map.copyOf(probed);
    this.restarted = Map.copyOf(restarted);
    this.graceBegan = Map.copyOf(graceBegan);
  }

  /**
   * What may be done now, and the memory of it.
   *
   * @param operation the operation for the servers that are due; empty when none is
   */
  public record Permit(EmergencyMemory memory, Optional<EmergencyOperation> operation) {}

  /** Lets pass what of an operation was not done just before. */
  public Permit permit(EmergencyOperation operation, Instant now) {
    return switch (operation) {
      case EmergencyOperation.Reprobe probe -> permitProbe(probe, now);
      case EmergencyOperation.RestartIoThreads restart -> permitRestart(restart, now);
      case EmergencyOperation.RecordStaleCoordinates note -> new Permit(this, Optional.of(note));
    };
  }

  private Permit permitProbe(EmergencyOperation.Reprobe probe, Instant now) {
    List<InstanceKey> due = due(probe.keys(), probed, BETWEEN_PROBES, now);
    if (due.isEmpty()) {
      return new Permit(this, Optional.empty());
    }
    return new Permit(
        new EmergencyMemory(with(probed, due, BETWEEN_PROBES, now), restarted, graceBegan),
        Optional.of(new EmergencyOperation.Reprobe(due, probe.because())));
  }

  private Permit permitRestart(EmergencyOperation.RestartIoThreads restart, Instant now) {
    List<InstanceKey> due = due(restart.keys(), restarted, BETWEEN_RESTARTS, now);
    List<InstanceKey> subject = List.of(restart.subject());
    if (due.isEmpty() || due(subject, restarted, BETWEEN_RESTARTS, now).isEmpty()) {
      return new Permit(this, Optional.empty());
    }
    List<InstanceKey> touched = new ArrayList<>(due);
    touched.add(restart.subject());
    return new Permit(
        new EmergencyMemory(
            probed,
            with(restarted, touched, BETWEEN_RESTARTS, now),
            with(graceBegan, subject, GRACE, now)),
        Optional.of(
            new EmergencyOperation.RestartIoThreads(restart.subject(), due, restart.because())));
  }

  /** Whether the IO threads of the server's replicas were restarted a moment ago. */
  public boolean isInGrace(InstanceKey subject, Instant now) {
    return !isOver(graceBegan.get(subject), GRACE, now);
  }

  private static List<InstanceKey> due(
      List<InstanceKey> keys, Map<InstanceKey, Instant> last, Duration pause, Instant now) {
    return keys.stream().filter(key -> isOver(last.get(key), pause, now)).toList();
  }

  private static boolean isOver(@Nullable Instant last, Duration pause, Instant now) {
    return last == null || !now.isBefore(last.plus(pause));
  }

  /** Adds the keys, and forgets what does not matter any more. */
  private static Map<InstanceKey, Instant> with(
      Map<InstanceKey, Instant> last, List<InstanceKey> keys, Duration pause, Instant now) {
    Map<InstanceKey, Instant> changed = new TreeMap<>(last);
    changed.values().removeIf(at -> isOver(at, pause, now));
    keys.forEach(key -> changed.put(key, now));
    return changed;
  }
}
