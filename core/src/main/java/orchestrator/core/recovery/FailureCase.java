package orchestrator.core.recovery;

import java.util.List;
import java.util.Optional;
import orchestrator.core.facts.Detection;
import orchestrator.core.facts.RecoveryKind;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.topology.InstanceKey;

/**
 * The failure that a recovery answers, as hooks and the record tell it.
 *
 * @param analysis the diagnosis code, e.g. {@code DeadMaster}
 * @param description one sentence for people
 * @param clusterAlias empty when it has none
 * @param clusterDomain empty when it has none
 * @param instanceType {@code master}, {@code co-master}, {@code intermediate-master} or {@code
 *     group-member}
 * @param replicas the servers that replicate directly from the failed one
 * @param downtimed whether the failed server is downtimed
 * @param autoMasterRecovery whether {@code RecoverMasterClusterFilters} cover the cluster
 * @param autoIntermediateMasterRecovery whether {@code RecoverIntermediateMasterClusterFilters} do
 * @param actionable whether the evidence suffices to act
 * @param evidence who saw what, for people
 */
public record FailureCase(
    InstanceKey failed,
    String analysis,
    String description,
    String clusterName,
    String clusterAlias,
    String clusterDomain,
    String instanceType,
    List<InstanceKey> replicas,
    boolean downtimed,
    boolean autoMasterRecovery,
    boolean autoIntermediateMasterRecovery,
    boolean actionable,
    String evidence) {

  public FailureCase {
    replicas = replicas.stream().sorted().toList();
  }

  /** What the record of an open recovery still tells, after a restart. */
  public static FailureCase ofTicket(
      RecoveryTicket ticket, boolean autoMasterRecovery, boolean autoIntermediateMasterRecovery) {
    return new FailureCase(
        ticket.failed(),
        ticket.analysis(),
        ticket.description(),
        ticket.clusterName(),
        ticket.clusterAlias(),
        ticket.clusterDomain(),
        instanceTypeOf(ticket.analysis()),
        List.copyOf(ticket.fates().keySet()),
        false,
        autoMasterRecovery,
        autoIntermediateMasterRecovery,
        true,
        "recovery " + ticket.uid() + " was begun at " + ticket.started());
  }

  /** What the record of a detection still tells, after a restart. */
  public static FailureCase ofDetection(
      Detection detection, boolean autoMasterRecovery, boolean autoIntermediateMasterRecovery) {
    return new FailureCase(
        detection.key(),
        detection.analysis(),
        detection.description(),
        detection.clusterName(),
        detection.clusterAlias(),
        "",
        instanceTypeOf(detection.analysis()),
        detection.replicas(),
        false,
        autoMasterRecovery,
        autoIntermediateMasterRecovery,
        detection.actionable(),
        "it was detected at " + detection.detected());
  }

  /** What the failed server was, by what was found wrong with it. */
  private static String instanceTypeOf(String analysis) {
    if (analysis.contains("CoMaster")) {
      return "co-master";
    }
    if (analysis.contains("IntermediateMaster")) {
      return "intermediate-master";
    }
    return analysis.contains("ReplicationGroupMember") ? "group-member" : "master";
  }

  /** The same under another description. */
  public FailureCase describedAs(String newDescription) {
    return new FailureCase(
        failed,
        analysis,
        newDescription,
        clusterName,
        clusterAlias,
        clusterDomain,
        instanceType,
        replicas,
        downtimed,
        autoMasterRecovery,
        autoIntermediateMasterRecovery,
        actionable,
        evidence);
  }

  public boolean isMaster() {
    return instanceType.equals("master");
  }

  public boolean isCoMaster() {
    return instanceType.equals("co-master");
  }

  /** The kind of recovery that answers it; empty when none does. */
  public Optional<RecoveryKind> kind() {
    return RecoveryKind.ofAnalysis(analysis);
  }

  /** The alias, or the cluster's name when it has none. */
  public String aliasOrName() {
    return clusterAlias.isEmpty() ? clusterName : clusterAlias;
  }

  /** The domain, or the cluster's name when it has none. */
  public String domainOrName() {
    return clusterDomain.isEmpty() ? clusterName : clusterDomain;
  }
}
