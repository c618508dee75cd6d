package orchestrator.core.recovery;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import orchestrator.core.gtid.BinlogCoordinates;
import orchestrator.core.topology.InstanceKey;

/**
 * The values that operators' processes get: as placeholders in their text, and as environment.
 *
 * @param placeholders by name without braces
 * @param environment by name
 */
public record HookVariables(Map<String, String> placeholders, Map<String, String> environment) {

  public HookVariables {
    placeholders = Map.copyOf(placeholders);
    environment = Map.copyOf(environment);
  }

  /** The server that was, or will be, promoted. */
  public record Successor(InstanceKey key, String alias, Optional<BinlogCoordinates> coordinates) {}

  /**
   * @param recoveryUid the same from detection to the end
   * @param commandHint what a person asked for; empty for an automatic recovery
   * @param lost replicas that could not be carried over
   * @param repeated whether the process may have run before for the same moment of this recovery
   */
  public static HookVariables of(
      FailureCase failure,
      String recoveryUid,
      String commandHint,
      Optional<Successor> successor,
      List<InstanceKey> lost,
      ActingNode node,
      boolean repeated) {
    Builder values = new Builder();
    values.put("failureType", "ORC_FAILURE_TYPE", failure.analysis());
    values.put("instanceType", "ORC_INSTANCE_TYPE", failure.instanceType());
    values.put("isMaster", "ORC_IS_MASTER", failure.isMaster());
    values.put("isCoMaster", "ORC_IS_CO_MASTER", failure.isCoMaster());
    values.put("failureDescription", "ORC_FAILURE_DESCRIPTION", failure.description());
    values.put("command", "ORC_COMMAND", commandHint);
    values.put("failedHost", "ORC_FAILED_HOST", failure.failed().hostname());
    values.put("failedPort", "ORC_FAILED_PORT", failure.failed().port());
    values.put("failureCluster", "ORC_FAILURE_CLUSTER", failure.clusterName());
    values.put("failureClusterAlias", "ORC_FAILURE_CLUSTER_ALIAS", failure.aliasOrName());
    values.put("failureClusterDomain", "ORC_FAILURE_CLUSTER_DOMAIN", failure.domainOrName());
    values.put("countReplicas", "ORC_COUNT_REPLICAS", failure.replicas().size());
    values.placeholders.put("countSlaves", Integer.toString(failure.replicas().size()));
    values.put("replicaHosts", "ORC_REPLICA_HOSTS", list(failure.replicas()));
    values.placeholders.put("slaveHosts", list(failure.replicas()));
    values.put("isDowntimed", "ORC_IS_DOWNTIMED", failure.downtimed());
    values.put("autoMasterRecovery", "ORC_AUTO_MASTER_RECOVERY", failure.autoMasterRecovery());
    values.put(
        "autoIntermediateMasterRecovery",
        "ORC_AUTO_INTERMEDIATE_MASTER_RECOVERY",
        failure.autoIntermediateMasterRecovery());
    values.put("orchestratorHost", "ORC_ORCHESTRATOR_HOST", node.hostname());
    values.put("recoveryUID", "ORC_RECOVERY_UID", recoveryUid);
    values.put("isSuccessful", "ORC_IS_SUCCESSFUL", successor.isPresent());
    values.put("lostReplicas", "ORC_LOST_REPLICAS", list(lost));
    values.placeholders.put("lostSlaves", list(lost));
    values.placeholders.put("countLostReplicas", Integer.toString(lost.size()));
    values.environment.put("ORC_RAFT_TERM", Long.toString(node.term()));
    values.environment.put("ORC_HOOK_REPEATED", Boolean.toString(repeated));
    successor.ifPresent(values::put);
    return new HookVariables(values.placeholders, values.environment);
  }

  private static String list(List<InstanceKey> keys) {
    return keys.stream().sorted().map(InstanceKey::displayString).collect(Collectors.joining(","));
  }

  private static final class Builder {
    private final Map<String, String> placeholders = new TreeMap<>();
    private final Map<String, String> environment = new TreeMap<>();

    void put(String placeholder, String variable, Object value) {
      placeholders.put(placeholder, value.toString());
      environment.put(variable, value.toString());
    }

    void put(Successor successor) {
      put("successorHost", "ORC_SUCCESSOR_HOST", successor.key().hostname());
      put("successorPort", "ORC_SUCCESSOR_PORT", successor.key().port());
      put("successorAlias", "ORC_SUCCESSOR_ALIAS", successor.alias());
      successor
          .coordinates()
          .ifPresent(coordinates ->
              put(
                  "successorBinlogCoordinates",
                  "ORC_SUCCESSOR_BINLOG_COORDINATES",
                  coordinates.logFile() + ":" + coordinates.logPos()));
    }
  }
}
