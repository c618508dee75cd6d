package orchestrator.server.backend;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import orchestrator.core.facts.Detection;
import orchestrator.core.facts.RecoveryOrigin;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.topology.InstanceKey;

/** Detections and recoveries for tests. */
final class Recorded {
  static final Instant NOON = Instant.parse("2026-01-02T12:00:00.123456789Z");
  static final InstanceKey A = new InstanceKey("a", 3306);
  static final InstanceKey B = new InstanceKey("b", 3306);

  private Recorded() {}

  static Detection detection(String uid, InstanceKey key) {
    return new Detection(
        0,
        uid,
        key,
        "DeadMaster",
        "",
        key.displayString(),
        "",
        List.of(B),
        true,
        NOON,
        Optional.empty(),
        "node1");
  }

  static RecoveryTicket answering(RecoveryTicket ticket, long detectionId) {
    return ticketOf(ticket.uid(), ticket.failed(), detectionId);
  }

  static RecoveryTicket ticket(String uid, InstanceKey failed) {
    return ticketOf(uid, failed, 0);
  }

  private static RecoveryTicket ticketOf(String uid, InstanceKey failed, long detectionId) {
    return RecoveryTicket.begun(
        uid,
        failed,
        "DeadMaster",
        "",
        failed.displayString(),
        "alias-" + failed.hostname(),
        "",
        RecoveryOrigin.AUTOMATIC,
        NOON,
        NOON.plusSeconds(3600),
        detectionId,
        "node1",
        List.of());
  }
}
