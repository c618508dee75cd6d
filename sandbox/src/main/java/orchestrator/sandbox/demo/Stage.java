package orchestrator.sandbox.demo;

import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import orchestrator.sandbox.Sandbox;
import orchestrator.sandbox.SandboxServer;
import orchestrator.sandbox.SandboxSpec;
import orchestrator.sandbox.ServerKind;
import orchestrator.sandbox.install.Cache;
import tools.jackson.databind.JsonNode;

/**
 * What the demo plays on.
 *
 * @param sandbox a master and three replicas
 * @param managers that have discovered them
 * @param managerAge since one of them could act
 */
record Stage(Sandbox sandbox, Managers managers, Stopwatch managerAge) {
  private static final int REPLICAS = 3;
  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final Duration VIEW_LIMIT = Duration.ofSeconds(60);
  private static final Duration LOOK_EVERY = Duration.ofMillis(50);

  /**
   * Starts the servers, then the manager, and lets it discover them.
   *
   * @param cleanup is told of everything that was started, as soon as it was
   */
  static Stage set(ServerKind kind, int nodes, boolean keepData, Cleanup cleanup, Screen screen)
      throws InterruptedException {
    Sandbox sandbox = startServers(kind, keepData, screen);
    cleanup.add(sandbox::close);
    Managers managers = startManagers(sandbox, nodes, cleanup, screen);
    Stage stage = new Stage(sandbox, managers, Stopwatch.start());
    stage.discover(screen);
    return stage;
  }

  private static Managers startManagers(Sandbox sandbox, int nodes, Cleanup cleanup, Screen screen)
      throws InterruptedException {
    Stopwatch start = Stopwatch.start();
    Managers managers = Managers.start(sandbox.folder(), nodes);
    cleanup.add(managers::close);
    screen.during(
        "manager",
        () -> "starting, " + start,
        () -> {
          await(START_LIMIT, "No manager leads", managers, managers.api()::answers);
          return managers;
        });
    for (ManagerProcess manager : managers.all()) {
      screen.say("  " + manager.name(), manager.address() + ", process " + manager.pid());
    }
    screen.say(
        managers.isGroup() ? "leader" : "manager",
        "%s may act after %s".formatted(managers.spokesman().name(), start));
    return managers;
  }

  ManagerApi api() {
    return managers.api();
  }

  private static Sandbox startServers(ServerKind kind, boolean keepData, Screen screen)
      throws InterruptedException {
    SandboxSpec spec = SandboxSpec.masterAndReplicas(kind, REPLICAS).tuned();
    Stopwatch start = Stopwatch.start();
    boolean cached =
        Files.isDirectory(Cache.folder().resolve("servers").resolve(kind.distribution().folder()));
    String activity =
        cached
            ? "starting four servers, "
            : "fetching the server (once, from Maven Central) and starting four of them, ";
    Sandbox sandbox =
        screen.during(
            "servers",
            () -> activity + start,
            () -> Sandbox.start(keepData ? spec.keepingData() : spec));
    screen.say("servers", "four replicate after " + start);
    for (SandboxServer server : sandbox.servers()) {
      String role = server == sandbox.master() ? "master" : "replica";
      screen.say("  " + role, name(server) + ", process " + server.pid().orElse(0L));
    }
    return sandbox;
  }

  private void discover(Screen screen) throws InterruptedException {
    Stopwatch start = Stopwatch.start();
    screen.during(
        "discovery",
        () -> "from the master to its replicas, " + start,
        () -> {
          api().discover(master());
          awaitView(master());
          return managers;
        });
    screen.say("discovery", "the manager was told of the master and found four servers, " + start);
    screen.block(api().tree(master()));
  }

  /** Waits until the manager sees every running server in the cluster of this master, and well. */
  void awaitView(SandboxServer head) throws InterruptedException {
    List<SandboxServer> members = running();
    await(
        VIEW_LIMIT,
        "The manager does not see " + members.size() + " healthy servers",
        managers,
        () -> sees(head, members));
  }

  private boolean sees(SandboxServer head, List<SandboxServer> members) {
    List<JsonNode> known = api().clusterOf(head);
    return members.stream()
        .allMatch(server ->
            known.stream()
                .anyMatch(node ->
                    ManagerApi.isKeyOf(node.path("Key"), server)
                        && node.path("IsLastCheckValid").asBoolean(false)
                        && (server == head || replicates(node, head))));
  }

  private static boolean replicates(JsonNode node, SandboxServer head) {
    return ManagerApi.isKeyOf(node.path("MasterKey"), head)
        && node.path("ReplicationIOThreadRuning").asBoolean(false)
        && node.path("ReplicationSQLThreadRuning").asBoolean(false);
  }

  SandboxServer master() {
    return sandbox.master();
  }

  List<SandboxServer> running() {
    return sandbox.servers().stream()
        .filter(server -> server.state() == SandboxServer.State.RUNNING)
        .toList();
  }

  static String name(SandboxServer server) {
    return server.name() + " " + server.address();
  }

  private static void await(
      Duration limit, String failure, Managers managers, BooleanSupplier condition)
      throws InterruptedException {
    Stopwatch waiting = Stopwatch.start();
    while (!condition.getAsBoolean()) {
      Optional<ManagerProcess> ended = managers.ended();
      if (ended.isPresent()) {
        throw new DemoException(
            ended.get().name() + " ended. The end of its log:\n" + ended.get().logTail());
      }
      if (waiting.isPast(limit)) {
        throw new DemoException(
            failure + " within " + waiting + "; a log: " + managers.spokesman().log());
      }
      Thread.sleep(LOOK_EVERY);
    }
  }
}
