package orchestrator.server.engine;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.server.observe.AuditSink;

/**
 * This node's own store: the picture last seen, and what happened. Nothing here is agreed on with
 * other nodes, and losing it loses no fact. Writes return at once and are done soon, in batches;
 * one that fails is logged, and shows in {@link #failure}.
 */
public interface Backend extends History, AuditSink, AutoCloseable {

  /** Servers as they were read last, by whichever run of the program: not verified. */
  List<Instance> loadInstances();

  /** The newest picture of a server replaces older ones, also those still waiting. */
  void saveInstances(Collection<Instance> instances);

  void forgetInstances(Collection<InstanceKey> keys);

  /** The diagnosis of a server changed. */
  void recordAnalysis(AnalysisChange change);

  /** Replaces what {@link #blockedRecoveries} shows; kept in memory only. */
  void showBlocked(List<BlockedRecovery> blocked);

  /**
   * Deletes, in small steps, what is older: audit, detections, closed recoveries and their steps
   * before {@code historyBefore}, changes of diagnoses before {@code analysisBefore}.
   */
  void purge(Instant historyBefore, Instant analysisBefore);

  /** Why the latest write failed; empty while writing works. */
  Optional<String> failure();

  /** Writes what is waiting, and closes. */
  @Override
  void close();
}
