package orchestrator.server.http;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import orchestrator.core.facts.Acknowledgement;
import orchestrator.core.facts.RecoveryPause;
import orchestrator.core.state.Brakes;
import orchestrator.core.state.Command;
import orchestrator.server.engine.Operations;

/** What people do so that the managers recover less by themselves, or again. */
final class BrakeEndpoints {
  private final Operations operations;

  BrakeEndpoints(Operations operations) {
    this.operations = operations;
  }

  void register(RouteTable routes) {
    routes.command("disable-global-recoveries", call -> globalRecoveries(call, false));
    routes.command("enable-global-recoveries", call -> globalRecoveries(call, true));
    routes.read("check-global-recoveries", this::checkGlobalRecoveries);
    routes.read("recovery-brakes", call -> Answer.value(BrakeView.of(call.picture())));
    routes.command("release-recovery-brake", this::release);
    for (String duration : List.of("", "/:duration")) {
      routes.command("pause-recoveries/:clusterHint/:owner/:reason" + duration, this::pause);
    }
    routes.command("resume-recoveries/:clusterHint", this::resume);
  }

  private Answer globalRecoveries(Call call, boolean enabled) {
    return Answer.of(
        operations.submit(new Command.SwitchGlobalRecoveries(enabled), call.requester()),
        "Globally " + word(enabled) + " recoveries",
        done -> Body.text(word(enabled)));
  }

  private Answer checkGlobalRecoveries(Call call) {
    String word = word(call.picture().state().recoveriesEnabled());
    return Answer.done("Global recoveries " + word, Body.text(word));
  }

  private static String word(boolean enabled) {
    return enabled ? "enabled" : "disabled";
  }

  private Answer release(Call call) {
    Acknowledgement by =
        new Acknowledgement(
            call.requester().name(), call.parameter("comment").orElse(""), call.picture().now());
    return Answer.of(
        operations.submit(new Command.ReleaseBrake(by), call.requester()),
        done ->
            done.id() == 0
                ? "The mass-failure brake was not on"
                : "The mass-failure brake is released: failures are recovered again",
        done -> BrakeView.of(call.renewed(operations)));
  }

  private Answer pause(Call call) {
    String cluster = call.lookup().exactCluster(call.argument("clusterHint"));
    Instant now = call.picture().now();
    RecoveryPause pause =
        new RecoveryPause(
            cluster,
            call.picture().aliasOf(cluster).orElse(""),
            call.trimmed("owner"),
            call.trimmed("reason"),
            now,
            now.plus(call.lasting()));
    return Answer.of(
        operations.submit(new Command.PauseRecoveries(pause), call.requester(pause.owner())),
        "Recoveries of cluster %s are paused until %s"
            .formatted(cluster, Json.timestamp(pause.end())),
        done -> Body.text(cluster));
  }

  /** Also of a cluster that has no members any more. */
  private Answer resume(Call call) {
    String hint = call.argument("clusterHint");
    String cluster =
        Optional.of(hint)
            .filter(call.picture().state().pauses()::containsKey)
            .orElseGet(() -> pausedAs(call, call.lookup().exactCluster(hint)));
    return Answer.of(
        operations.submit(new Command.ResumeRecoveries(cluster), call.requester()),
        "Recoveries of cluster " + cluster + " are not paused any more",
        done -> Body.text(cluster));
  }

  /** The name under which a cluster is paused: of one with another master perhaps the former. */
  private static String pausedAs(Call call, String cluster) {
    String alias = call.picture().aliasOf(cluster).orElse("");
    return Brakes.pauseOf(call.picture().state(), cluster, alias, call.picture().now())
        .map(RecoveryPause::clusterName)
        .orElse(cluster);
  }
}
