package orchestrator.simulation;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import orchestrator.core.recovery.HostAddresses;
import orchestrator.core.recovery.KeyValues;
import orchestrator.core.state.Command;
import orchestrator.core.state.Command.PutKeyValue;
import orchestrator.core.topology.InstanceKey;
import orchestrator.simulation.judge.Fact;
import orchestrator.simulation.judge.Invariant;

/** Everything there is, and how it goes on until the end or the first violation. */
final class World {
  static final String MASTER_KEY = "mysql/master/main";

  /** From here on faults happen, until all is mended; then everything must come right. */
  static final long FAULTS_BEGIN = 8000;

  static final long FAULTS_END = 60_000;
  static final long MENDED = 65_000;
  static final long LAST_TAKEOVER = 110_000;
  static final long END = 165_000;

  /** The number of the first file of each log: after twenty it has one more digit. */
  private static final int FIRST_FILE = 980;

  private static final long SET_PIECES = 0x3E7B007DL;
  private static final long MAX_EVENTS = 600_000;
  private static final long LOOK_MILLIS = 20;
  private static final int STORY_LINES = 20_000;

  final EventQueue queue = new EventQueue();
  final RandomGenerator random;
  final Scenario scenario;
  final Network network;
  final List<SimServer> servers = new ArrayList<>();
  private final Map<InstanceKey, SimServer> byKey = new HashMap<>();
  private final Map<String, SimServer> byAddress = new HashMap<>();
  final List<Manager> managers = new ArrayList<>();
  final Replicator replicator = new Replicator(this);
  final Fleet fleet = new Fleet(this);
  final SimGroup group;
  final Clients clients = new Clients(this);
  final SimLogs logs = new SimLogs(this);
  final TruthOfWorld truth = new TruthOfWorld(this);
  final Misfortune misfortune = new Misfortune(this);
  private final People people = new People(this);
  private final List<Invariant> invariants;
  private final List<Invariant> lasting;
  private final List<Invariant> momentary;
  private long lookedAround;
  private final List<String> story = new ArrayList<>();
  private final boolean telling;
  private Optional<Violation> violation = Optional.empty();
  boolean hooksFail;
  boolean hooksHang;
  private long uids;

  /**
   * What was broken.
   *
   * @param invariant its name
   * @param at milliseconds since the world began
   */
  record Violation(String invariant, long at, String what) {}

  World(long seed, List<Invariant> invariants, boolean telling) {
    this.random = new SplittableRandom(seed);
    this.scenario = new Scenario(seed, random);
    this.network = new Network(scenario.servers + scenario.managers + 1, random);
    this.invariants = invariants;
    this.lasting = invariants.stream().filter(Invariant::looks).toList();
    this.momentary = lasting.stream().filter(Invariant::isMomentary).toList();
    this.telling = telling;
    for (int i = 0; i < scenario.servers; i++) {
      SimServer server =
          new SimServer(
              i,
              scenario.mariaDb,
              scenario.withoutGtid
                  ? Optional.of(new Places(FIRST_FILE + 3 * i))
                  : Optional.empty());
      server.dataCenter = scenario.dataCenterOf(i);
      servers.add(server);
      byKey.put(server.key, server);
      byAddress.put(server.key.displayString(), server);
      truth.knows(server.key);
    }
    this.group = new SimGroup(this, scenario.managers);
    for (int node = 0; node < scenario.managers; node++) {
      managers.add(new Manager(this, node));
    }
  }

  /** The faults that the seed of this world draws. */
  static List<Fault> faultsOf(long seed) {
    RandomGenerator dice = new SplittableRandom(seed);
    Scenario scenario = new Scenario(seed, dice);
    List<Fault> faults =
        Fault.draw(new SplittableRandom(seed ^ 0x5DEECE66DL), scenario, FAULTS_BEGIN, FAULTS_END);
    faults.addAll(
        Fault.drawForShape(
            new SplittableRandom(seed ^ 0x7A4E0BE2L),
            scenario,
            FAULTS_BEGIN,
            FAULTS_END,
            LAST_TAKEOVER));
    faults.addAll(Variety.deeds(seed, scenario.servers, FAULTS_BEGIN, LAST_TAKEOVER));
    faults.addAll(SetPieces.draw(new SplittableRandom(seed ^ SET_PIECES), scenario));
    faults.sort(Comparator.comparingLong(Fault::at));
    return faults;
  }

  /** Lets the world go on to its end, or to the first violation. */
  Optional<Violation> run(List<Fault> faults) {
    setUp();
    faults.forEach(fault -> queue.at(fault.at(), () -> misfortune.strike(fault)));
    queue.at(MENDED, misfortune::mendAll);
    people.start();
    while (violation.isEmpty() && queue.next(END) && queue.count() < MAX_EVENTS) {
      lookAround();
    }
    if (violation.isEmpty() && queue.count() >= MAX_EVENTS) {
      violation = Optional.of(new Violation("bounded", now(), "the world does not come to rest"));
    }
    note(new Fact.Ended(now()));
    return violation;
  }

  private void setUp() {
    SimServer master = servers.getFirst();
    master.readOnly = false;
    master.restartsWritable = scenario.mastersRestartWritable;
    for (SimServer server : servers) {
      server.semiSyncReplica = scenario.semiSync;
      server.persistsWritable = scenario.mastersRestartWritable && server.index % 2 == 0;
    }
    master.semiSyncMaster = scenario.semiSync;
    for (int i = 0; i < 10; i++) {
      Transaction written = clients.commit(master, false);
      servers.forEach(server -> server.commit(written, master.uuid));
    }
    for (SimServer replica : servers) {
      scenario
          .sourceOf(replica.index)
          .ifPresent(source -> {
            SimServer above = servers.get(source);
            replica.source = Optional.of(above.key);
            replica.places.ifPresent(
                stand -> stand.startAt(above.places.orElseThrow().files.end()));
            replica.io = SimServer.Io.CONNECTING;
            replica.sqlRunning = true;
          });
    }
    List<Command> commands = new ArrayList<>();
    servers.forEach(server -> commands.add(new Command.Discover(server.key)));
    commands.addAll(publishing(master));
    managers.forEach(Manager::start);
    group.begin(commands);
    tick();
    clients.start();
  }

  /** What tells applications of a master. */
  static List<PutKeyValue> publishing(SimServer master) {
    return KeyValues.ofMaster("mysql/master", Reading.ALIAS, master.key, HostAddresses.UNKNOWN);
  }

  private void tick() {
    replicator.tick();
    queue.after(50, this::tick);
  }

  void note(Fact fact) {
    tell(() -> brief(fact));
    for (Invariant invariant : invariants) {
      if (violation.isEmpty()) {
        invariant.see(fact, truth).ifPresent(what -> violated(invariant, what));
      }
    }
  }

  /** What lasts is looked at now and then: that is most of the work of judging. */
  private void lookAround() {
    truth.refresh();
    boolean all = now() - lookedAround >= LOOK_MILLIS;
    lookedAround = all ? now() : lookedAround;
    for (Invariant invariant : all ? lasting : momentary) {
      if (violation.isEmpty()) {
        invariant.look(truth).ifPresent(what -> violated(invariant, what));
      }
    }
  }

  private void violated(Invariant invariant, String what) {
    violation = Optional.of(new Violation(invariant.name(), now(), what));
    tell(() -> "VIOLATED " + invariant.name() + ": " + what);
  }

  private static String brief(Fact fact) {
    return switch (fact) {
      case Fact.Committed entry ->
          "entry " + entry.position() + " " + entry.commands() + " -> " + entry.results();
      default -> fact.toString();
    };
  }

  /** For people who want to know how it came about. */
  void tell(Supplier<String> line) {
    if (telling && story.size() < STORY_LINES) {
      story.add("%7d %s".formatted(now(), line.get()));
    }
  }

  List<String> story() {
    return story;
  }

  // Where and when

  long now() {
    return queue.now();
  }

  Instant instant() {
    return queue.instant();
  }

  SimServer server(InstanceKey key) {
    SimServer server = byKey.get(key);
    if (server == null) {
      throw new IllegalArgumentException("no such server: " + key);
    }
    return server;
  }

  /** The server at {@code host:port}. */
  Optional<SimServer> find(String address) {
    return Optional.ofNullable(byAddress.get(address));
  }

  int siteOf(int node) {
    return servers.size() + node;
  }

  int clientSite() {
    return servers.size() + managers.size();
  }

  /** The master as the group agrees on it. */
  SimServer publishedMaster() {
    return Optional.ofNullable(group.latest().keyValues().get(MASTER_KEY))
        .flatMap(value -> find(value.value()))
        .orElse(servers.getFirst());
  }

  String newUid() {
    return "uid-" + uids++;
  }
}
