package orchestrator.sandbox.demo;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import orchestrator.sandbox.SandboxServer;
import tools.jackson.databind.JsonNode;

/**
 * What was seen of a failover. Durations begin before the kill.
 *
 * @param newLeader when another manager led; empty where only one manager was
 * @param detected when the manager's list of failures held it
 * @param promoted which server accepted a write, and when
 * @param repointed when the last of the other replicas replicated from the promoted server; empty
 *     if not all did
 * @param straying replicas that did not
 * @param recovery the manager's record of it
 */
record Failover(
    Optional<Duration> newLeader,
    Optional<Duration> detected,
    Optional<ReplicaWatch.Promoted> promoted,
    Optional<Duration> repointed,
    List<SandboxServer> straying,
    Optional<JsonNode> recovery) {
  Failover {
    straying = List.copyOf(straying);
  }
}
