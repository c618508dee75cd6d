package orchestrator.core.testing;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import orchestrator.core.facts.Candidate;
import orchestrator.core.facts.DemotedMaster;
import orchestrator.core.facts.Detection;
import orchestrator.core.facts.Downtime;
import orchestrator.core.facts.KeptReadOnly;
import orchestrator.core.facts.Maintenance;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.PromotionRule;

/** A replicated state in the making: nothing said, recoveries enabled. */
public final class States {
  private static final Duration LONG = Duration.ofHours(1);

  private final Instant now;
  private final Map<InstanceKey, Downtime> downtimes = new HashMap<>();
  private final Map<InstanceKey, Maintenance> maintenances = new HashMap<>();
  private final Map<InstanceKey, Candidate> candidates = new HashMap<>();
  private final Map<InstanceKey, Map<String, String>> tags = new HashMap<>();
  private final Map<String, String> clusterAliases = new HashMap<>();
  private final Map<Long, Detection> detections = new TreeMap<>();
  private final Map<String, RecoveryTicket> recoveries = new LinkedHashMap<>();
  private final Map<InstanceKey, DemotedMaster> demoted = new HashMap<>();
  private final Map<InstanceKey, KeptReadOnly> keptReadOnly = new HashMap<>();
  private boolean recoveriesEnabled = true;

  public States() {
    this(TopologyBuilder.NOW);
  }

  public States(Instant now) {
    this.now = now;
  }

  /** From now for an hour. */
  public States downtime(String server) {
    return downtime(server, "test", LONG);
  }

  /** From now, or for a negative duration until some time ago. */
  public States downtime(String server, String reason, Duration length) {
    InstanceKey key = TopologyBuilder.key(server);
    downtimes.put(key, new Downtime(key, "tester", reason, now.minus(LONG), now.plus(length)));
    return this;
  }

  /** From now for an hour. */
  public States maintenance(String server) {
    InstanceKey key = TopologyBuilder.key(server);
    maintenances.put(key, new Maintenance(key, "tester", "test", now, now.plus(LONG)));
    return this;
  }

  public States candidate(String server, PromotionRule rule) {
    InstanceKey key = TopologyBuilder.key(server);
    candidates.put(key, new Candidate(key, rule, now, now.plus(LONG)));
    return this;
  }

  public States tag(String server, String name, String value) {
    tags.computeIfAbsent(TopologyBuilder.key(server), key -> new TreeMap<>()).put(name, value);
    return this;
  }

  public States clusterAlias(String clusterName, String alias) {
    clusterAliases.put(clusterName, alias);
    return this;
  }

  public States detection(Detection detection) {
    detections.put(detection.id(), detection);
    return this;
  }

  public States recovery(RecoveryTicket ticket) {
    recoveries.put(ticket.uid(), ticket);
    return this;
  }

  public States endDowntime(String server) {
    downtimes.remove(TopologyBuilder.key(server));
    return this;
  }

  public States demoted(DemotedMaster master) {
    demoted.put(master.key(), master);
    return this;
  }

  public States keptReadOnly(KeptReadOnly server) {
    keptReadOnly.put(server.key(), server);
    return this;
  }

  public States recoveriesDisabled() {
    recoveriesEnabled = false;
    return this;
  }

  public ReplicatedState build() {
    ReplicatedState none = ReplicatedState.EMPTY;
    return new ReplicatedState(
        none.known(),
        none.names(),
        downtimes,
        maintenances,
        candidates,
        tags,
        clusterAliases,
        none.clusterLineage(),
        none.unresolves(),
        none.pools(),
        none.keyValues(),
        recoveriesEnabled,
        none.brake(),
        none.pauses(),
        detections,
        recoveries,
        demoted,
        keptReadOnly,
        none.nodes(),
        none.pseudoGtid(),
        detections.size() + recoveries.size() + 1L);
  }
}
