package orchestrator.core.analysis;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import orchestrator.core.facts.Downtime;

/**
 * Whether a failure is to be announced and recovered from, by whoever looks. What the evidence must
 * say is {@link Evidence}; what holds a recovery back is for the recoveries to tell.
 */
public final class Reacting {
  /**
   * Verdicts that do not say that a server is dead are announced when they have stood for this
   * long: for a moment after the death of a master it is merely unreachable.
   */
  public static final Duration STEADY = Duration.ofSeconds(1);

  private Reacting() {}

  /**
   * The one who looks, and when.
   *
   * @param leads whether it is the one to act
   * @param actsFrom before that its picture may not be complete
   * @param standsSince since when it has given this verdict; empty if it has not before
   */
  public record Looker(
      boolean leads, Instant actsFrom, Optional<Instant> standsSince, Instant now) {}

  /** Every condition, in the order in which they are told to people. */
  public static List<Condition> conditions(Diagnosis diagnosis, Looker looker) {
    return List.of(
        failure(diagnosis),
        downtime(diagnosis),
        steady(diagnosis, looker),
        new Condition(
            "start delay",
            !looker.now().isBefore(looker.actsFrom()),
            () -> "this manager acts from " + looker.actsFrom() + " on, when its picture is whole"),
        new Condition(
            "leader",
            looker.leads(),
            () -> looker.leads() ? "this manager leads" : "this manager does not lead"));
  }

  /** Whether all of them are met. */
  public static boolean mayReact(Diagnosis diagnosis, Looker looker) {
    return conditions(diagnosis, looker).stream().allMatch(Condition::met);
  }

  private static Condition failure(Diagnosis diagnosis) {
    RecoveryFunction function = diagnosis.code().recoveryFunction();
    return new Condition(
        "failure",
        function.detects(),
        () -> {
          if (diagnosis.code() == AnalysisCode.NO_PROBLEM) {
            return "the server is not found to have failed";
          }
          String what = diagnosis.code().displayName() + ": " + diagnosis.description();
          return function.detects() ? what : what + "; this is shown and is no failure";
        });
  }

  private static Condition downtime(Diagnosis diagnosis) {
    return new Condition(
        "not in downtime",
        !diagnosis.isSkippableDueToDowntime(),
        () ->
            diagnosis
                .downtime()
                .map(Reacting::describe)
                .orElseGet(() ->
                    diagnosis.areReplicasDowntimed()
                        ? "all its replicas are downtimed"
                        : "neither the server nor all its replicas are downtimed"));
  }

  private static String describe(Downtime downtime) {
    return "the server is downtimed until "
        + downtime.end()
        + " by "
        + downtime.owner()
        + ": "
        + downtime.reason();
  }

  private static Condition steady(Diagnosis diagnosis, Looker looker) {
    boolean dead = diagnosis.code().meansServerIsDead();
    Optional<Instant> since = looker.standsSince();
    return new Condition(
        "steady",
        dead || since.filter(at -> !looker.now().isBefore(at.plus(STEADY))).isPresent(),
        () ->
            (dead
                    ? "the verdict is judged by its evidence"
                    : "the verdict must stand for " + STEADY.toMillis() + " ms")
                + since.map(at -> "; it stands since " + at).orElse(""));
  }
}
