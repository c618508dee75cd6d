package orchestrator.sandbox.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import orchestrator.sandbox.SandboxServer;
import tools.jackson.databind.JsonNode;

/**
 * Whether a failover was right.
 *
 * @param faults what was wrong with it; none when it was right
 */
record Verdict(List<String> faults) {
  Verdict {
    faults = List.copyOf(faults);
  }

  boolean isRight() {
    return faults.isEmpty();
  }

  /**
   * Judges by what the servers say now.
   *
   * @param isGroup whether the leading manager was killed as well
   * @param writable the running servers that are not read-only
   * @param loss empty when no server was promoted
   */
  static Verdict of(
      Failover failover,
      boolean isGroup,
      List<SandboxServer> writable,
      Optional<LossAccount> loss) {
    List<String> faults =
        new ArrayList<>(
            Bounds.faults(
                isGroup,
                failover.newLeader(),
                failover.promoted().map(ReplicaWatch.Promoted::sinceKill)));
    failover
        .promoted()
        .filter(promoted -> !writable.equals(List.of(promoted.server())))
        .ifPresent(promoted ->
            faults.add(
                "not exactly the promoted server "
                    + Stage.name(promoted.server())
                    + " is writable, but: "
                    + writable));
    if (failover.detected().isEmpty()) {
      faults.add("the manager announced no failure");
    }
    failover
        .straying()
        .forEach(replica ->
            faults.add(Stage.name(replica) + " does not replicate from the promoted server"));
    faults.addAll(faultsOfRecord(failover));
    loss.filter(account -> !account.isAdmitted())
        .ifPresent(account ->
            faults.add("transactions were lost that the manager's report does not admit"));
    return new Verdict(faults);
  }

  private static List<String> faultsOfRecord(Failover failover) {
    if (failover.recovery().isEmpty()) {
      return List.of("the manager recorded no recovery");
    }
    List<String> faults = new ArrayList<>();
    JsonNode recovery = failover.recovery().get();
    if (!recovery.path("IsSuccessful").asBoolean(false)) {
      faults.add("the manager recorded no success; its errors: " + recovery.path("AllErrors"));
    }
    failover
        .promoted()
        .filter(promoted -> !ManagerApi.isKeyOf(recovery.path("SuccessorKey"), promoted.server()))
        .ifPresent(promoted ->
            faults.add("the manager recorded another successor: " + recovery.path("SuccessorKey")));
    return faults;
  }
}
