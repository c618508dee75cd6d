package orchestrator.bench.chaos;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import orchestrator.bench.chaos.Fault.Cast;
import orchestrator.sandbox.SandboxServer;
import orchestrator.sandbox.ServerKind;
import orchestrator.sandbox.history.Operation.Outcome;
import orchestrator.sandbox.network.Network;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** Faults from a seed, clients that write, and a verdict. Takes root, for the network. */
@Command(name = "chaos", mixinStandardHelpOptions = true)
public final class ChaosRun implements Callable<Integer> {
  private static final Duration READY_WITHIN = Duration.ofMinutes(2);
  private static final int REGISTER_CLIENTS = 3;

  @Option(names = "--minutes", defaultValue = "10", description = "in which faults begin")
  double minutes = 10;

  @Option(names = "--nodes", defaultValue = "3")
  int nodeCount = 3;

  @Option(names = "--seed", description = "default: any")
  long seed = ThreadLocalRandom.current().nextInt(1, 1_000_000);

  @Option(names = "--servers", defaultValue = "mysql-8.0")
  String kind = "mysql-8.0";

  public static void main(String[] args) {
    System.exit(new CommandLine(new ChaosRun()).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    if (!Network.isPermitted()) {
      System.err.println("A chaos run makes a network of its own, which takes root");
      return 2;
    }
    Path folder = Files.createTempDirectory("orchestrator-chaos-");
    System.out.printf(
        "%s --minutes %s --nodes %d --seed %d --servers %s%nlogs of the managers: %s%n",
        ChaosRun.class.getName(), minutes, nodeCount, seed, kind, folder);
    try (World world = World.start(folder, nodeCount, ServerKind.ofLabel(kind))) {
      return new Run(world).play() ? 0 : 1;
    }
  }

  /** One run. */
  private final class Run {
    private final World world;
    private final Api api;
    private final History history = new History(new RunClock());
    private final Injector injector;
    private final Observer observer;
    private final Operator operator;
    private final RowWriter rows;
    private final CommandClient commands;
    private final Loops watchers = new Loops();
    private final Loops clients = new Loops();
    private final Verdict verdict;

    Run(World world) {
      this.world = world;
      api = new Api(world.nodes());
      injector = new Injector(world, history, this::cast);
      observer = new Observer(world, api, history, injector::badLinks);
      operator = new Operator(world, api, history, injector::hit);
      rows = new RowWriter(world, api);
      commands = new CommandClient(api, history);
      verdict = new Verdict(world, history);
    }

    private Cast cast() {
      return new Cast(
          world.nodes().stream().map(ManagerNode::name).toList(),
          world.servers().stream().map(SandboxServer::name).toList(),
          observer.leader(),
          Optional.of(operator.master().name()));
    }

    boolean play() throws InterruptedException {
      begin();
      try (watchers) {
        watch();
        try (clients) {
          work();
          injector.play(FaultSchedule.of(seed, Duration.ofMillis((long) (minutes * 60_000))));
        }
        judge();
      }
      report();
      return verdict.isGood();
    }

    private void begin() {
      SandboxServer master = world.firstMaster();
      ServerCopy.makeEmpty(world.servers(), master);
      SandboxServer.await("a leader", READY_WITHIN, () -> api.leader().isPresent());
      String address = master.host() + "/" + master.port();
      SandboxServer.await(
          "all servers are known",
          READY_WITHIN,
          () ->
              api.answersOk(api.anyNode(), "discover/" + address)
                  && api.rows(api.anyNode(), "all-instances").size() == world.servers().size());
      history.tell("all is up; the master is " + master.name());
    }

    private void watch() {
      observer.start(watchers);
      watchers.repeat("operator", Duration.ofSeconds(2), operator::lookAround);
      watchers.repeat("fates", Duration.ofMillis(500), commands::askAgain);
    }

    private void work() {
      clients.repeat("follow", Duration.ofMillis(500), rows::follow);
      clients.repeat("rows", Duration.ofMillis(100), rows::write);
      clients.repeat("commands", Duration.ofMillis(400), commands::send);
      for (int i = 1; i <= REGISTER_CLIENTS; i++) {
        RegisterClient client =
            new RegisterClient("c" + i, api, history, new Random(seed * 31 + i));
        clients.repeat("client " + i, Duration.ofMillis(200), client::act);
      }
    }

    private void judge() {
      history.tell("all faults are over");
      Convergence convergence = new Convergence(world, api, observer, operator);
      List<String> unwell = new ArrayList<>(convergence.await().stream().toList());
      history.tell(unwell.isEmpty() ? "all is well again" : "NOT well again: " + unwell);
      commands.askForAll();
      rows.follow();
      if (!rows.write()) {
        unwell.add("the master takes no row");
      }
      commands.send();
      convergence.await().ifPresent(unwell::add);
      verdict.add("all is well again within " + Convergence.LIMIT.toSeconds() + " s", unwell);
      List<JsonNode> recoveries = recoveries();
      verdict.checkRecoveries(recoveries);
      verdict.checkCommands(world.nodes().stream().map(observer::traces).toList());
      verdict.checkStates();
      Map<Long, String> missing = rows.missingFrom(RowWriter.rowsOn(operator.master()));
      verdict.checkRows(missing, operator.leftBehind(), recoveries);
      history.tell(
          "%d rows acknowledged, %d of them left behind by failovers"
              .formatted(rows.acknowledged(), missing.size()));
    }

    /** All, as the leader tells them. */
    private List<JsonNode> recoveries() {
      List<JsonNode> all = new ArrayList<>();
      List<JsonNode> page = List.of();
      int number = 0;
      do {
        page = api.rows(api.anyNode(), "audit-recovery/" + number++);
        all.addAll(page);
      } while (!page.isEmpty());
      history.tell(
          "%d recoveries, %d of them with a promotion"
              .formatted(all.size(), all.stream().filter(Verdict::hasPromoted).count()));
      return all;
    }

    private void report() {
      List<String> broken = new ArrayList<>(clients.failures());
      broken.addAll(watchers.failures());
      verdict.add("the run itself did not break", broken);
      System.out.printf(
          "%d faults; %d operations on key-values, %d commands (%d of unknown fate), %d looks at"
              + " servers, %d at leaders%n",
          injector.happened(),
          history.operations.size(),
          history.commands.size(),
          history.commands.values().stream().filter(Outcome.UNKNOWN::equals).count(),
          history.samples.size(),
          history.claims.size());
      verdict.lines().forEach(System.out::println);
      System.out.printf("%s, seed %d%n", verdict.isGood() ? "GOOD" : "BAD", seed);
    }
  }
}
