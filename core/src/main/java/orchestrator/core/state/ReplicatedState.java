package orchestrator.core.state;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import orchestrator.core.facts.Candidate;
import orchestrator.core.facts.DemotedMaster;
import orchestrator.core.facts.Detection;
import orchestrator.core.facts.Downtime;
import orchestrator.core.facts.Maintenance;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.topology.InstanceKey;

/**
 * All that the managers agree on: small and live. Equal on every node at the same log index.
 *
 * @param known servers that are to be polled
 * @param tags tag values by name, by server
 * @param clusterAliases aliases set by people, by cluster name
 * @param detections by id: active ones, and those that an open or blocking recovery answers
 * @param recoveries by uid: open ones, and closed ones until {@link Command.Expire}
 * @param demoted former masters that are watched
 * @param nextId the id that the next detection or recovery gets
 */
public record ReplicatedState(
    Set<InstanceKey> known,
    Map<InstanceKey, Downtime> downtimes,
    Map<InstanceKey, Maintenance> maintenances,
    Map<InstanceKey, Candidate> candidates,
    Map<InstanceKey, Map<String, String>> tags,
    Map<String, String> clusterAliases,
    Map<String, Pool> pools,
    Map<String, String> keyValues,
    boolean recoveriesEnabled,
    Map<Long, Detection> detections,
    Map<String, RecoveryTicket> recoveries,
    Map<InstanceKey, DemotedMaster> demoted,
    long nextId) {

  /** Servers that share a name, until {@code expires}. */
  public record Pool(List<InstanceKey> members, Instant expires) {
    public Pool {
      members = List.copyOf(members);
    }
  }

  public static final ReplicatedState EMPTY =
      new ReplicatedState(
          Set.of(), Map.of(), Map.of(), Map.of(), Map.of(), Map.of(), Map.of(), Map.of(), true,
          Map.of(), Map.of(), Map.of(), 1);
}
