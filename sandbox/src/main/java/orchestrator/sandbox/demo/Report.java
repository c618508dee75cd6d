package orchestrator.sandbox.demo;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import orchestrator.sandbox.Account;
import orchestrator.sandbox.SandboxServer;

/** The account at the end. */
final class Report {
  private final Screen screen;
  private final Stage stage;

  Report(Screen screen, Stage stage) {
    this.screen = screen;
    this.stage = stage;
  }

  void times(Failover failover) {
    if (stage.managers().isGroup()) {
      time("new leader", failover.newLeader(), Optional.of(Bounds.NEW_LEADER));
    }
    time("detected", failover.detected(), Optional.empty());
    time(
        "writable",
        failover.promoted().map(ReplicaWatch.Promoted::sinceKill),
        Optional.of(Bounds.WRITABLE));
    time("all repointed", failover.repointed(), Optional.empty());
  }

  private void time(String what, Optional<Duration> sinceKill, Optional<Duration> bound) {
    String value =
        sinceKill
            .map(duration -> String.format(Locale.ROOT, "%6d ms", duration.toMillis()))
            .orElse("  never");
    String limit = bound.map(most -> ", at most " + most.toMillis() + " for RIGHT").orElse("");
    screen.print(String.format(Locale.ROOT, "  kill -9 to %-14s%s%s", what, value, limit));
  }

  void loss(LossAccount loss) {
    screen.print("");
    screen.say("transactions", loss.inWords());
    screen.say("loss report", loss.reportInWords());
  }

  void verdict(Verdict verdict) {
    screen.print("");
    if (verdict.isRight()) {
      screen.say(
          "RIGHT",
          "one writable master in time, all other replicas below it, the recovery recorded as successful");
    }
    verdict.faults().forEach(fault -> screen.say("WRONG", fault));
    screen.print("");
  }

  /** Where to look further. */
  void directions(Failover failover, boolean keepData) {
    String api = stage.managers().spokesman().address() + "/api";
    SandboxServer master =
        failover.promoted().map(ReplicaWatch.Promoted::server).orElse(stage.master());
    String path = master.host() + "/" + master.port();
    screen.say("manager", api + "/clusters-info");
    screen.say("record", api + "/audit-recovery");
    screen.say("tree", "curl -s " + api + "/topology/" + path + " | jq -r .Details");
    screen.say("dry run", "curl -s " + api + "/recovery-plan/" + path + " | jq .");
    screen.say(
        "servers",
        "mysql -h %s -P %d -u %s -p%s"
            .formatted(
                master.host(), master.port(), Account.ADMIN.user(), Account.ADMIN.password()));
    screen.say("read", "docs/failure-detection.md, docs/recovery.md");
    if (keepData) {
      screen.say("kept", stage.sandbox().folder().toString());
    }
  }
}
