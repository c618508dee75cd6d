package orchestrator.core.recovery;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import orchestrator.core.facts.HookPoint;
import orchestrator.core.facts.RecoveryOrigin;
import orchestrator.core.topology.InstanceKey;

/** Whether the servers of a takeover can be changed, by what they told of themselves. */
public final class SurveyGates {
  private final InstanceKey master;
  private final RecoveryOrigin origin;
  private final List<TakeoverSurvey> surveys;
  private final SafetyPolicy policy;

  private SurveyGates(
      InstanceKey master,
      RecoveryOrigin origin,
      List<TakeoverSurvey> surveys,
      SafetyPolicy policy) {
    this.master = master;
    this.origin = origin;
    this.surveys = surveys;
    this.policy = policy;
  }

  /**
   * @param surveys of the master and of its replicas
   */
  public static List<Gate> of(
      InstanceKey master,
      RecoveryOrigin origin,
      List<TakeoverSurvey> surveys,
      SafetyPolicy policy) {
    SurveyGates gates = new SurveyGates(master, origin, surveys, policy);
    return List.of(gates.privileges(), gates.clients(), gates.transactions(), gates.login());
  }

  /**
   * Whether what operators have configured for a takeover is there.
   *
   * @param obstacle why a command certainly cannot be run; empty when it perhaps can
   */
  public static Gate programs(RecoveryPolicy policy, Function<String, Optional<String>> obstacle) {
    List<String> missing = new ArrayList<>();
    for (HookPoint point : TakeoverGates.POINTS) {
      List<String> commands = policy.hooksAt(point);
      for (int index = 0; index < commands.size(); index++) {
        String name = point.configurationKey() + " #" + index + ": ";
        obstacle.apply(commands.get(index)).map(name::concat).ifPresent(missing::add);
      }
    }
    return missing.isEmpty()
        ? new Gate("programs", true, false, "none that is configured is known to be missing")
        : new Gate("programs", false, false, String.join("; ", missing));
  }

  /** Never closed: a read-only server takes no writes of most clients either way. */
  private Gate clients() {
    String missing =
        surveys.stream()
            .filter(survey -> survey.server().equals(master))
            .map(TakeoverSurvey::missingToEndClients)
            .collect(Collectors.joining());
    String text =
        !policy.endClients()
            ? "their connections are left to them (EndClientConnections is off)"
            : missing.isEmpty()
                ? "their connections are ended once " + master + " is read-only"
                : "warning: their connections cannot be ended at "
                    + master
                    + ", as the manager's user lacks "
                    + missing;
    return new Gate("clients", true, false, text);
  }

  private Gate privileges() {
    String missing =
        surveys.stream()
            .filter(survey -> !survey.missingPrivileges().isEmpty())
            .map(survey -> survey.server() + " " + String.join(", ", survey.missingPrivileges()))
            .collect(Collectors.joining("; "));
    String unknown =
        surveys.stream()
            .filter(survey -> !survey.failure().isEmpty())
            .map(survey -> "; not known of " + survey.server() + ": " + survey.failure())
            .collect(Collectors.joining());
    return missing.isEmpty()
        ? new Gate("privileges", true, false, "none is known to be missing" + unknown)
        : new Gate("privileges", false, false, "the manager's user lacks: " + missing);
  }

  private Gate transactions() {
    Map<Boolean, List<TakeoverSurvey>> split =
        surveys.stream().collect(Collectors.partitioningBy(s -> s.server().equals(master)));
    String open =
        split.getOrDefault(true, List.of()).stream()
            .flatMap(survey -> survey.longTransactions().stream())
            .collect(Collectors.joining("; "));
    return open.isEmpty()
        ? new Gate("long transactions", true, false, "none at " + master)
        : new Gate(
            "long transactions",
            false,
            false,
            "they would hold up the change or be rolled back: " + open + ". Wait, or end them");
  }

  private Gate login() {
    Optional<TakeoverSurvey> teller =
        surveys.stream().filter(TakeoverSurvey::tellsReplicationLogin).findFirst();
    String without =
        "no server tells how a replica logs in, so "
            + master
            + " cannot be made a replica: set ReplicationCredentialsQuery";
    boolean needed = origin.startsOldMaster();
    return new Gate(
        "replication login",
        teller.isPresent() || !needed,
        teller.isEmpty() && !needed,
        teller.map(survey -> "can be read at " + survey.server()).orElse(without));
  }
}
