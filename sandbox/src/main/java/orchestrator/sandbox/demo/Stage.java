package orchestrator.sandbox.demo;

import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
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
 * @param manager a manager that has discovered them
 * @param managerAge since it answered first
 */
record Stage(Sandbox sandbox, ManagerProcess manager, ManagerApi api, Stopwatch managerAge) {
  private static final int REPLICAS = 3;
  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final Duration VIEW_LIMIT = Duration.ofSeconds(60);
  private static final Duration LOOK_EVERY = Duration.ofMillis(50);

  /**
   * Starts the servers, then the manager, and lets it discover them.
   *
   * @param cleanup is told of everything that was started, as soon as it was
   */
  static Stage set(ServerKind kind, boolean keepData, Cleanup cleanup, Screen screen)
      throws InterruptedException {
    Sandbox sandbox = startServers(kind, keepData, screen);
    cleanup.add(sandbox::close);
    Stopwatch start = Stopwatch.start();
    ManagerProcess manager = ManagerProcess.start(sandbox.folder().resolve("manager"));
    cleanup.add(manager::close);
    ManagerApi api = new ManagerApi(manager.address());
    cleanup.add(api::close);
    screen.during(
        "manager",
        () -> "starting, " + start,
        () -> {
          await(START_LIMIT, "The manager does not answer", manager, api::answers);
          return manager;
        });
    screen.say(
        "manager",
        "%s, process %d, answers after %s".formatted(manager.address(), manager.pid(), start));
    Stage stage = new Stage(sandbox, manager, api, Stopwatch.start());
    stage.discover(screen);
    return stage;
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
          api.discover(master());
          awaitView(master());
          return api;
        });
    screen.say("discovery", "the manager was told of the master and found four servers, " + start);
    screen.block(api.tree(master()));
  }

  /** Waits until the manager sees every running server in the cluster of this master, and well. */
  void awaitView(SandboxServer head) throws InterruptedException {
    List<SandboxServer> members = running();
    await(
        VIEW_LIMIT,
        "The manager does not see " + members.size() + " healthy servers",
        manager,
        () -> sees(head, members));
  }

  private boolean sees(SandboxServer head, List<SandboxServer> members) {
    List<JsonNode> known = api.clusterOf(head);
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
      Duration limit, String failure, ManagerProcess manager, BooleanSupplier condition)
      throws InterruptedException {
    Stopwatch waiting = Stopwatch.start();
    while (!condition.getAsBoolean()) {
      if (!manager.isAlive()) {
        throw new DemoException("The manager ended. The end of its log:\n" + manager.logTail());
      }
      if (waiting.isPast(limit)) {
        throw new DemoException(failure + " within " + waiting + "; its log: " + manager.log());
      }
      Thread.sleep(LOOK_EVERY);
    }
  }
}
