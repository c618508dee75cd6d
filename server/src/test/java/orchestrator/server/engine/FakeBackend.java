package orchestrator.server.engine;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.server.observe.AuditRecord;

/** A backend that remembers servers, and nothing of the history. */
public final class FakeBackend implements Backend {
  private final Map<InstanceKey, Instance> instances = new HashMap<>();

  @Override
  public synchronized List<Instance> loadInstances() {
    return new ArrayList<>(instances.values());
  }

  @Override
  public synchronized void saveInstances(Collection<Instance> saved) {
    saved.forEach(instance -> instances.put(instance.key(), instance));
  }

  @Override
  public synchronized void forgetInstances(Collection<InstanceKey> keys) {
    instances.keySet().removeAll(keys);
  }

  @Override
  public void recordAnalysis(AnalysisChange change) {}

  @Override
  public void showBlocked(List<BlockedRecovery> blocked) {}

  @Override
  public void purge(Instant historyBefore, Instant analysisBefore) {}

  @Override
  public Optional<String> failure() {
    return Optional.empty();
  }

  @Override
  public void close() {}

  @Override
  public void audit(AuditRecord entry) {}

  @Override
  public List<RecoveryTicket> recoveries(Selection selection) {
    return List.of();
  }

  @Override
  public List<RecoveryStep> recoverySteps(String recoveryUid) {
    return List.of();
  }

  @Override
  public List<DetectionEntry> detections(Selection selection) {
    return List.of();
  }

  @Override
  public List<BlockedRecovery> blockedRecoveries(Optional<String> clusterName) {
    return List.of();
  }

  @Override
  public List<AuditEntry> audit(Optional<InstanceKey> key, int page) {
    return List.of();
  }

  @Override
  public List<AnalysisChange> analysisChanges() {
    return List.of();
  }
}
