package orchestrator.core.recovery;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import orchestrator.core.facts.DemotedMaster;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.topology.InstanceKey;

/**
 * Masters that were replaced and are watched still. One of them may replicate again, as a co-master
 * does by itself when it comes back, and have transactions that nobody else has; or it has come
 * back while its successor was dying, and lacks all that was written since. It is nobody's
 * successor before it was compared, and found to have nothing of its own.
 */
final class FormerMasters {
  private FormerMasters() {}

  /** Those that may not be promoted, and why. */
  static Map<InstanceKey, String> unfit(ReplicatedState state) {
    Map<InstanceKey, String> reasons = new TreeMap<>();
    for (DemotedMaster demoted : state.demoted().values()) {
      if (demoted.isQuarantined()) {
        reasons.put(
            demoted.key(),
            told(
                demoted,
                "has transactions that "
                    + state.inForce(demoted.successor())
                    + " lacks (it is quarantined)"));
      } else if (!demoted.canFollow() && !wasTakenOver(demoted, state)) {
        reasons.put(
            demoted.key(),
            told(demoted, "was not compared yet with " + state.inForce(demoted.successor())));
      }
    }
    return reasons;
  }

  /** Its successor had all that it had, and it has taken no writes since. */
  private static boolean wasTakenOver(DemotedMaster demoted, ReplicatedState state) {
    return Optional.ofNullable(state.recoveries().get(demoted.recoveryUid()))
        .filter(RecoveryTicket::successful)
        .filter(ticket -> ticket.origin().isTakeover())
        .isPresent();
  }

  private static String told(DemotedMaster demoted, String why) {
    return "it is a former master that %s: release-demoted-master/%s/%d first if it is to be promoted all the same"
        .formatted(why, demoted.key().hostname(), demoted.key().port());
  }
}
