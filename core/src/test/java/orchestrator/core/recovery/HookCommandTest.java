package orchestrator.core.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import orchestrator.core.gtid.BinlogCoordinates;
import orchestrator.core.topology.InstanceKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What operators' processes get, as hooks-and-kv of the incumbent says it. */
class HookCommandTest {
  private static final InstanceKey FAILED = new InstanceKey("db1", 3306);
  private static final InstanceKey OTHER = new InstanceKey("db2", 3307);
  private static final InstanceKey THIRD = new InstanceKey("db3", 3308);

  private static HookVariables variables(Optional<HookVariables.Successor> successor) {
    return variables(successor, "main", "It is dead");
  }

  private static HookVariables variables(
      Optional<HookVariables.Successor> successor, String alias, String description) {
    FailureCase failure =
        new FailureCase(
            FAILED,
            "DeadMaster",
            description,
            "db1:3306",
            alias,
            "",
            "master",
            List.of(THIRD, OTHER),
            false,
            true,
            false,
            true,
            "");
    return HookVariables.of(
        failure,
        "1:ab",
        "force-master-failover",
        successor,
        List.of(THIRD),
        new ActingNode("n1", "manager", 7),
        false);
  }

  private static final Optional<HookVariables.Successor> SUCCESSOR =
      Optional.of(
          new HookVariables.Successor(
              OTHER, "two", Optional.of(BinlogCoordinates.binary("mysql-bin.000007", 4711))));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{failureType} | DeadMaster | ORC_FAILURE_TYPE",
        "{instanceType} | master | ORC_INSTANCE_TYPE",
        "{isMaster} | true | ORC_IS_MASTER",
        "{isCoMaster} | false | ORC_IS_CO_MASTER",
        "{failureDescription} | It is dead | ORC_FAILURE_DESCRIPTION",
        "{command} | force-master-failover | ORC_COMMAND",
        "{failedHost} | db1 | ORC_FAILED_HOST",
        "{failedPort} | 3306 | ORC_FAILED_PORT",
        "{failureCluster} | db1:3306 | ORC_FAILURE_CLUSTER",
        "{failureClusterAlias} | main | ORC_FAILURE_CLUSTER_ALIAS",
        "{failureClusterDomain} | db1:3306 | ORC_FAILURE_CLUSTER_DOMAIN",
        "{countReplicas} | 2 | ORC_COUNT_REPLICAS",
        "{countSlaves} | 2 | ORC_COUNT_REPLICAS",
        "{replicaHosts} | db2:3307,db3:3308 | ORC_REPLICA_HOSTS",
        "{slaveHosts} | db2:3307,db3:3308 | ORC_REPLICA_HOSTS",
        "{isDowntimed} | false | ORC_IS_DOWNTIMED",
        "{autoMasterRecovery} | true | ORC_AUTO_MASTER_RECOVERY",
        "{autoIntermediateMasterRecovery} | false | ORC_AUTO_INTERMEDIATE_MASTER_RECOVERY",
        "{orchestratorHost} | manager | ORC_ORCHESTRATOR_HOST",
        "{recoveryUID} | 1:ab | ORC_RECOVERY_UID",
        "{isSuccessful} | true | ORC_IS_SUCCESSFUL",
        "{lostReplicas} | db3:3308 | ORC_LOST_REPLICAS",
        "{lostSlaves} | db3:3308 | ORC_LOST_REPLICAS",
        "{successorHost} | db2 | ORC_SUCCESSOR_HOST",
        "{successorPort} | 3307 | ORC_SUCCESSOR_PORT",
        "{successorAlias} | two | ORC_SUCCESSOR_ALIAS",
        "{successorBinlogCoordinates} | mysql-bin.000007:4711 | ORC_SUCCESSOR_BINLOG_COORDINATES",
      })
  void placeholdersAndVariablesHaveTheSameValues(
      String placeholder, String value, String variable) {
    HookCommand command = HookCommand.of("run " + placeholder, variables(SUCCESSOR));
    assertThat(command.text()).isEqualTo("run " + value);
    assertThat(command.environment()).containsEntry(variable, value);
  }

  @Test
  void countsLostReplicasInThePlaceholderOnly() {
    HookCommand command = HookCommand.of("{countLostReplicas}", variables(SUCCESSOR));
    assertThat(command.text()).isEqualTo("1");
    assertThat(command.environment()).hasSize(26);
  }

  @Test
  void processesAreToldTheTicketTheTermAndWhetherTheyAreRepeated() {
    assertThat(HookCommand.of("x", variables(SUCCESSOR)).environment())
        .containsEntry("ORC_RECOVERY_UID", "1:ab")
        .containsEntry("ORC_RAFT_TERM", "7")
        .containsEntry("ORC_HOOK_REPEATED", "false");
  }

  @Test
  void withoutASuccessorItsPlaceholdersStay() {
    String text = "{successorHost} {successorPort} {successorAlias} {successorBinlogCoordinates}";
    HookCommand command = HookCommand.of(text, variables(Optional.empty()));
    assertThat(command.text()).isEqualTo(text);
    assertThat(command.environment().keySet()).noneMatch(name -> name.contains("SUCCESSOR"));
    assertThat(command.environment()).containsEntry("ORC_IS_SUCCESSFUL", "false");
  }

  @Test
  void withoutAnAliasTheClusterNameStandsIn() {
    HookCommand command =
        HookCommand.of("{failureClusterAlias}", variables(SUCCESSOR, "", "It is dead"));
    assertThat(command.text()).isEqualTo("db1:3306");
  }

  @ParameterizedTest
  @ValueSource(strings = {"`", "$", "\\", "\"", "'", ";", "&", "|", "<", ">", "(", ")", "\n"})
  void charactersThatAShellActsUponDoNotGetIntoTheText(String unsafe) {
    HookCommand command =
        HookCommand.of("x {failureDescription}", variables(SUCCESSOR, "main", "a" + unsafe + "b"));
    assertThat(command.text()).isEqualTo("x a_b");
    assertThat(command.environment()).containsEntry("ORC_FAILURE_DESCRIPTION", "a" + unsafe + "b");
  }

  @Test
  void whatTheOperatorWroteIsLeftAlone() {
    String text = "echo \"$HOME\" | tee -a '/tmp/x' && (true; {unknown} {failedHost})";
    assertThat(HookCommand.of(text, variables(SUCCESSOR)).text())
        .isEqualTo("echo \"$HOME\" | tee -a '/tmp/x' && (true; {unknown} db1)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"run &", "run&", " run && ", "run & & "})
  void aTrailingAmpersandMakesItAsynchronous(String entry) {
    HookCommand command = HookCommand.of(entry, variables(SUCCESSOR));
    assertThat(command.asynchronous()).isTrue();
    assertThat(command.text()).isEqualTo("run");
  }

  @Test
  void withoutOneItIsWaitedFor() {
    assertThat(HookCommand.of(" a && b ", variables(SUCCESSOR)).asynchronous()).isFalse();
  }

  @Test
  void aValueThatLooksLikeAPlaceholderIsNotReplacedAgain() {
    HookCommand command =
        HookCommand.of(
            "{failureDescription}", variables(SUCCESSOR, "main", "{failedHost} is dead"));
    assertThat(command.text()).isEqualTo("{failedHost} is dead");
  }
}
