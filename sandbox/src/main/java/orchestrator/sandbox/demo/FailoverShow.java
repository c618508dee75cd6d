package orchestrator.sandbox.demo;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import orchestrator.sandbox.SandboxServer;
import tools.jackson.databind.JsonNode;

/** Kills the master and shows what follows, as it follows. */
final class FailoverShow implements AutoCloseable {
  /** Longer than any recovery that ends well. */
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private static final Duration LOOK_EVERY = Duration.ofMillis(10);

  /** Something seen, and when. */
  private record Sight(Duration sinceKill, String text) {}

  private final Stage stage;
  private final Screen screen;
  private final CompletableFuture<ReplicaWatch.Promoted> promotion = new CompletableFuture<>();
  private final List<ReplicaWatch> watches = new ArrayList<>();

  private final List<Sight> sights = new ArrayList<>();
  private final List<SandboxServer> repointedShown = new ArrayList<>();
  private Optional<Duration> detected = Optional.empty();
  private Optional<JsonNode> recovery = Optional.empty();
  private String analysis = "";
  private int stepsShown;
  private boolean promotionShown;

  /** Opens the connections that it will look through. */
  FailoverShow(Stage stage, Load load, Screen screen) throws SQLException {
    this.stage = stage;
    this.screen = screen;
    for (SandboxServer replica : stage.sandbox().replicas()) {
      watches.add(new ReplicaWatch(replica, load, promotion));
    }
  }

  /** Kills the master; returns when the recovery has ended and all replicas have settled. */
  Failover killMaster() throws InterruptedException {
    Stopwatch sinceKill = Stopwatch.start();
    watches.forEach(watch -> watch.begin(sinceKill));
    Optional<ManagerProcess> leader =
        stage.managers().isGroup() ? stage.managers().leader() : Optional.empty();
    CompletableFuture<Optional<Duration>> successor = new CompletableFuture<>();
    Thread leaderKiller = Thread.ofVirtual().start(() -> killLeader(leader, sinceKill, successor));
    Thread killer = Thread.ofVirtual().start(stage.master()::kill);
    while (!isOver() && !sinceKill.isPast(LIMIT)) {
      lookAtManager(sinceKill);
      lookAtServers();
      show();
      Thread.sleep(LOOK_EVERY);
    }
    killer.join();
    leaderKiller.join();
    return outcome(successor.getNow(Optional.empty()));
  }

  private void killLeader(
      Optional<ManagerProcess> leader,
      Stopwatch sinceKill,
      CompletableFuture<Optional<Duration>> successor) {
    leader.ifPresent(manager -> {
      manager.kill();
      try {
        successor.complete(stage.managers().awaitSuccessor(manager, sinceKill, LIMIT));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
  }

  private boolean isOver() {
    return recovery.filter(FailoverShow::hasEnded).isPresent()
        && (!promotion.isDone() || repointedShown.size() == watches.size() - 1);
  }

  private static boolean hasEnded(JsonNode recovery) {
    return !recovery.path("RecoveryEndTimestamp").asString("").isEmpty();
  }

  private void lookAtManager(Stopwatch sinceKill) {
    ManagerApi api = stage.api();
    if (detected.isEmpty()) {
      api.analysisOf(stage.master()).ifPresent(found -> noteAnalysis(found, sinceKill));
      api.detectionOf(stage.master()).ifPresent(found -> noteDetection(found, sinceKill));
    }
    if (detected.isPresent() && recovery.filter(FailoverShow::hasEnded).isEmpty()) {
      // Read before its steps, so that a recovery that has ended has all its steps shown.
      recovery = api.recoveryOf(stage.master());
      recovery.ifPresent(found -> noteSteps(api.stepsOf(found), sinceKill));
    }
  }

  private void noteAnalysis(JsonNode found, Stopwatch sinceKill) {
    String code = found.path("Analysis").asString("");
    if (!code.equals(analysis) && !code.equals("NoProblem")) {
      analysis = code;
      sights.add(new Sight(sinceKill.elapsed(), "analysis: " + code));
    }
  }

  private void noteDetection(JsonNode found, Stopwatch sinceKill) {
    Duration now = sinceKill.elapsed();
    detected = Optional.of(now);
    String code = found.path("AnalysisEntry").path("Analysis").asString("");
    sights.add(new Sight(now, "DETECTED: " + code));
  }

  private void noteSteps(List<JsonNode> steps, Stopwatch sinceKill) {
    for (JsonNode step : steps.subList(Math.min(stepsShown, steps.size()), steps.size())) {
      sights.add(new Sight(sinceKill.elapsed(), step.path("Message").asString("")));
    }
    stepsShown = Math.max(stepsShown, steps.size());
  }

  private void lookAtServers() {
    if (!promotion.isDone()) {
      return;
    }
    ReplicaWatch.Promoted promoted = promotion.join();
    if (!promotionShown) {
      promotionShown = true;
      String text = "WRITABLE: " + Stage.name(promoted.server()) + " has taken a row";
      sights.add(new Sight(promoted.sinceKill(), text));
    }
    for (ReplicaWatch watch : watches) {
      if (watch.repointed().isDone() && !repointedShown.contains(watch.server())) {
        repointedShown.add(watch.server());
        noteRepointed(watch);
      }
    }
  }

  private void noteRepointed(ReplicaWatch watch) {
    if (!watch.repointed().isCompletedExceptionally()) {
      String text = "REPOINTED: " + Stage.name(watch.server()) + " replicates from it";
      sights.add(new Sight(watch.repointed().join(), text));
    }
  }

  private void show() {
    sights.sort(Comparator.comparing(Sight::sinceKill));
    sights.forEach(sight -> screen.at(sight.sinceKill(), sight.text()));
    sights.clear();
  }

  private Failover outcome(Optional<Duration> newLeader) {
    Optional<ReplicaWatch.Promoted> promoted =
        promotion.isDone() ? Optional.of(promotion.join()) : Optional.empty();
    List<ReplicaWatch> others =
        watches.stream()
            .filter(watch -> promoted.filter(p -> p.server() == watch.server()).isEmpty())
            .toList();
    List<SandboxServer> straying =
        others.stream()
            .filter(watch ->
                !watch.repointed().isDone() || watch.repointed().isCompletedExceptionally())
            .map(ReplicaWatch::server)
            .toList();
    Optional<Duration> last =
        straying.isEmpty()
            ? others.stream().map(watch -> watch.repointed().join()).max(Comparator.naturalOrder())
            : Optional.empty();
    return new Failover(newLeader, detected, promoted, last, straying, recovery);
  }

  @Override
  public void close() {
    watches.forEach(ReplicaWatch::close);
  }
}
