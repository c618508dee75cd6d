package orchestrator.core.recovery;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import orchestrator.core.analysis.Condition;
import orchestrator.core.facts.Detection;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.topology.InstanceKey;

/**
 * Why the failure of a server is, was, or is not recovered from.
 *
 * @param failed whether the server is found to have failed
 * @param gates every condition with its present value, in the order in which they are asked: from
 *     the analysis to what holds a recovery back
 * @param detection its latest announcement that is still known
 * @param recovery the open one, else the last one that is still known
 */
public record Explanation(
    InstanceKey server,
    Instant at,
    boolean failed,
    List<Gate> gates,
    Optional<Detection> detection,
    Optional<RecoveryTicket> recovery) {
  public Explanation {
    gates = List.copyOf(gates);
  }

  /** By what is agreed on. */
  public static Explanation of(
      InstanceKey server, Instant at, boolean failed, List<Gate> gates, ReplicatedState state) {
    Optional<Detection> detection =
        state.detections().values().stream()
            .filter(found -> found.key().equals(server))
            .max(Comparator.comparingLong(Detection::id));
    Optional<RecoveryTicket> recovery =
        state
            .openRecoveryOf(server)
            .or(() ->
                state.recoveries().values().stream()
                    .filter(ticket -> ticket.failed().equals(server))
                    .max(Comparator.comparingLong(RecoveryTicket::id)));
    return new Explanation(server, at, failed, gates, detection, recovery);
  }

  /** A condition of the analysis as a gate. */
  public static Gate gate(Condition condition) {
    return new Gate(condition.name(), condition.met(), false, condition.explanation().get());
  }

  /** With a recovery that only the history knows. */
  public Explanation withRecovery(Optional<RecoveryTicket> known) {
    return new Explanation(server, at, failed, gates, detection, recovery.or(() -> known));
  }

  /** One sentence. */
  public String verdict() {
    Optional<RecoveryTicket> open = recovery.filter(RecoveryTicket::isOpen);
    if (open.isPresent()) {
      return server + " is being recovered from: recovery " + open.get().uid();
    }
    if (!failed) {
      return "No failure of "
          + server
          + " is to be recovered from"
          + recovery.map(ticket -> "; the last one " + outcomeOf(ticket)).orElse("");
    }
    return gates.stream()
        .filter(gate -> !gate.open())
        .findFirst()
        .map(gate ->
            "%s is not recovered from: %s: %s".formatted(server, gate.name(), gate.explanation()))
        .orElse("Nothing keeps " + server + " from being recovered from");
  }

  /** All of it, for people: the verdict, each gate, the latest detection and recovery. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(verdict());
    gates.forEach(gate ->
        lines.add(
            "%s: %s: %s".formatted(gate.name(), gate.open() ? "yes" : "NO", gate.explanation())));
    detection.ifPresent(found ->
        lines.add(
            "detected: %s at %s, as detection %d, %s"
                .formatted(
                    found.analysis(),
                    found.detected(),
                    found.id(),
                    found.ended().map(end -> "ended at " + end).orElse("active"))));
    recovery.ifPresent(ticket ->
        lines.add(
            "recovery %d (uid %s) of %s, begun at %s: %s"
                .formatted(
                    ticket.id(),
                    ticket.uid(),
                    ticket.analysis(),
                    ticket.started(),
                    ticket.isOpen() ? "open" : outcomeOf(ticket))));
    return lines;
  }

  private static String outcomeOf(RecoveryTicket ticket) {
    String end = ticket.ended().map(at -> " at " + at).orElse("");
    String promoted = ticket.promoted().map(key -> ", " + key + " was promoted").orElse("");
    String errors = ticket.errors().isEmpty() ? "" : ": " + String.join("; ", ticket.errors());
    String seen = ticket.acknowledgement().map(by -> "; acknowledged by " + by.by()).orElse("");
    return "ended "
        + (ticket.successful() ? "well" : "without success")
        + end
        + promoted
        + errors
        + seen;
  }
}
