package orchestrator.sandbox.demo;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import orchestrator.sandbox.SandboxServer;
import orchestrator.sandbox.ServerKind;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** The demo from the first server to the account of what the failover cost. */
final class Play {
  /** A manager that has just started announces no failure for three polls of five seconds. */
  private static final Duration STARTUP_DELAY = Duration.ofMillis(15_500);

  private static final Duration LOOK_EVERY = Duration.ofMillis(250);

  private final ServerKind kind;
  private final int nodes;
  private final boolean keepData;
  private final Cleanup cleanup;
  private final Screen screen;
  private Optional<Stage> built = Optional.empty();

  /**
   * @param cleanup is told of everything that is started
   */
  Play(ServerKind kind, int nodes, boolean keepData, Cleanup cleanup, Screen screen) {
    this.kind = kind;
    this.nodes = nodes;
    this.keepData = keepData;
    this.cleanup = cleanup;
    this.screen = screen;
  }

  /**
   * Plays; returns whether the failover was right.
   *
   * @throws DemoException or SandboxException when it cannot be played to the end
   */
  boolean perform() throws InterruptedException {
    screen.print("");
    String managers = nodes == 1 ? "a manager" : nodes + " managers, which form a raft group,";
    screen.say(
        "demo", "a master and three replicas, " + title() + ", and " + managers + " over them");
    Stage stage = Stage.set(kind, nodes, keepData, cleanup, screen);
    built = Optional.of(stage);
    try (Load load = Load.start(stage.master())) {
      awaitReadiness(stage, load);
      Failover failover;
      try (FailoverShow show = new FailoverShow(stage, load, screen)) {
        screen.print("");
        screen.say("kill -9", Stage.name(stage.master()) + ", the master");
        if (stage.managers().isGroup()) {
          screen.say(
              "kill -9", stage.managers().spokesman().name() + ", the leader, at the same time");
        }
        screen.print("");
        failover = show.killMaster();
      }
      load.close();
      return conclude(stage, failover, load.ledger());
    } catch (SQLException e) {
      throw new DemoException("A server did not answer as it should: " + e.getMessage(), e);
    }
  }

  /** What the managers said last: the one that has ended by itself, which is why; else all. */
  Optional<String> lastWords() {
    return built.map(Stage::managers).map(Play::lastWords);
  }

  private static String lastWords(Managers managers) {
    List<ManagerProcess> told = managers.ended().map(List::of).orElseGet(managers::all);
    return told.stream()
        .map(manager ->
            manager.name()
                + (manager.isAlive() ? " runs" : " ended")
                + ". The end of its log:\n"
                + manager.logTail())
        .collect(Collectors.joining("\n"));
  }

  private String title() {
    return (kind.isMariaDb() ? "MariaDB " : "MySQL ") + kind.version();
  }

  /** Looks at the manager meanwhile, so that later no first look, which is slow, is timed. */
  private void awaitReadiness(Stage stage, Load load) throws InterruptedException {
    screen.say("load", "one connection inserts rows; a ledger keeps what the master acknowledged");
    screen.say("waiting", "15 s: a manager that has just started looks before it acts");
    screen.during(
        "",
        () ->
            String.format(
                Locale.ROOT,
                "%d s left, %d rows acknowledged",
                Math.max(0, STARTUP_DELAY.minus(stage.managerAge().elapsed()).toSeconds()),
                load.ledger().size()),
        () -> {
          while (!stage.managerAge().isPast(STARTUP_DELAY)) {
            stage.api().analysisOf(stage.master());
            stage.api().detectionOf(stage.master());
            stage.api().recoveryOf(stage.master());
            Thread.sleep(LOOK_EVERY);
          }
          return load;
        });
    if (load.hasEnded()) {
      throw new DemoException("The load broke off before the master was killed");
    }
    screen.say("load", load.ledger().size() + " rows acknowledged, and going on");
  }

  private boolean conclude(Stage stage, Failover failover, Ledger ledger)
      throws SQLException, InterruptedException {
    Optional<LossAccount> loss = Optional.empty();
    if (failover.promoted().isPresent()) {
      SandboxServer promoted = failover.promoted().get().server();
      loss = Optional.of(lossOf(promoted, failover, ledger));
      showNewTree(stage, promoted);
    }
    List<SandboxServer> writable = stage.running().stream().filter(Play::isWritable).toList();
    Verdict verdict = Verdict.of(failover, stage.managers().isGroup(), writable, loss);
    Report report = new Report(screen, stage);
    report.times(failover);
    loss.ifPresent(report::loss);
    report.verdict(verdict);
    report.directions(failover, keepData);
    return verdict.isRight();
  }

  private static LossAccount lossOf(SandboxServer promoted, Failover failover, Ledger ledger)
      throws SQLException {
    Set<Long> rows = Load.rowsOn(promoted);
    JsonNode report =
        failover
            .recovery()
            .map(recovery -> recovery.path("Loss"))
            .orElseGet(JsonNodeFactory.instance::objectNode);
    return new LossAccount(ledger.size(), ledger.missingFrom(rows), report);
  }

  private void showNewTree(Stage stage, SandboxServer promoted) throws InterruptedException {
    try {
      stage.awaitView(promoted);
    } catch (DemoException e) {
      screen.say("", e.getMessage() + ""); // shown as the manager sees it; the verdict follows
    }
    screen.block(stage.api().tree(promoted));
  }

  private static boolean isWritable(SandboxServer server) {
    return server.value("SELECT @@global.read_only").filter(ReplicaWatch::isOff).isPresent();
  }
}
