package orchestrator.bench.chaos;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import orchestrator.sandbox.SandboxException;
import orchestrator.sandbox.SandboxServer;
import orchestrator.sandbox.history.Losses.LeftBehind;
import orchestrator.sandbox.history.Masters.Right;

/**
 * The person who brings servers back that failovers left behind, as the documents say: below the
 * master if they have nothing of their own, else as a new copy. What a server had of its own goes
 * into the books first: those are the transactions that a failover has lost.
 */
final class Operator {
  /** The managers put most things right themselves. */
  private static final Duration PATIENCE = Duration.ofSeconds(8);

  private static final Duration SET_WRITEABLE_LIMIT = Duration.ofSeconds(20);

  /** Letters of an error. */
  private static final int MOST_SHOWN = 200;

  private final World world;
  private final Api api;
  private final History history;
  private final Supplier<Set<String>> hit;
  private final Map<String, Long> wrongSince = new HashMap<>();
  private final Map<String, Integer> attempts = new HashMap<>();
  private final Queue<LeftBehind> found = new ConcurrentLinkedQueue<>();
  private volatile SandboxServer lastMaster;

  /**
   * @param hit names of the members that something is wrong with: those are not touched
   */
  Operator(World world, Api api, History history, Supplier<Set<String>> hit) {
    this.world = world;
    this.api = api;
    this.history = history;
    this.hit = hit;
    this.lastMaster = world.firstMaster();
  }

  /** A look at everything, and what it calls for. Of one thread. */
  void lookAround() {
    try {
      SandboxServer master = master();
      if (isAvailable(master) && !isRecovering()) {
        tend(master);
      }
    } catch (SandboxException e) {
      history.tell("operator: " + e.getMessage());
    }
  }

  /** The master that the managers have published last, so far as they can be asked. */
  SandboxServer master() {
    RowWriter.published(api).flatMap(world::serverAt).ifPresent(server -> lastMaster = server);
    return lastMaster;
  }

  private boolean isAvailable(SandboxServer server) {
    return !hit.get().contains(server.name()) && server.state() == SandboxServer.State.RUNNING;
  }

  /** Also when nobody can tell. */
  private boolean isRecovering() {
    Optional<ManagerNode> leader = api.leader();
    return leader.isEmpty()
        || api.get(leader.get(), "audit-recovery").stream()
            .flatMap(rows -> rows.valueStream())
            .anyMatch(row -> row.path("IsActive").asBoolean(true));
  }

  private void tend(SandboxServer master) {
    if (isReadOnly(master)) {
      if (isPatienceOver(master)) {
        setWriteable(master);
      }
      return;
    }
    wrongSince.remove(master.name());
    for (SandboxServer server : world.servers()) {
      if (server == master || !isAvailable(server)) {
        wrongSince.remove(server.name());
      } else if (follows(server, master)) {
        wrongSince.remove(server.name());
        attempts.remove(server.name());
      } else if (isPatienceOver(server)) {
        wrongSince.remove(server.name());
        bringBack(server, master);
      }
    }
  }

  private boolean isPatienceOver(SandboxServer server) {
    long now = System.nanoTime();
    return now - wrongSince.computeIfAbsent(server.name(), name -> now) > PATIENCE.toNanos();
  }

  static boolean isReadOnly(SandboxServer server) {
    return !server.value("SELECT @@global.read_only").orElse("1").matches("0|OFF");
  }

  static boolean follows(SandboxServer server, SandboxServer master) {
    Map<String, String> status = server.replicaStatus();
    return server.isReplicating()
        && master.host().equals(status.get("Master_Host"))
        && Integer.toString(master.port()).equals(status.get("Master_Port"));
  }

  /** It was started again, and nothing replaced it. */
  private void setWriteable(SandboxServer master) {
    long from = history.clock().now();
    history.rights.add(
        new Right(master.name(), from, from + SET_WRITEABLE_LIMIT.plusSeconds(10).toNanos()));
    CommandAnswer answer =
        api.command(
            api.anyNode(),
            "set-writeable/" + master.host() + "/" + master.port(),
            SET_WRITEABLE_LIMIT);
    history.tell("operator: set " + master.name() + " writable: " + answer.outcome());
  }

  /** As it is, if that is possible; if it does not help, as a copy. */
  private void bringBack(SandboxServer server, SandboxServer master) {
    int attempt = attempts.merge(server.name(), 1, Integer::sum);
    boolean asItIs = attempt % 2 == 1 && hasNothingOfItsOwn(server, master);
    history.tell(
        "operator: %s %s below %s; it was: %s"
            .formatted(
                asItIs ? "takes back" : "copies",
                server.name(),
                master.name(),
                described(server.replicaStatus())));
    if (asItIs) {
      server.sql("SET GLOBAL read_only=1");
    } else {
      ServerCopy copy = ServerCopy.of(master);
      Set<Long> own = RowWriter.rowsOn(server);
      own.removeAll(copy.rows());
      found.add(new LeftBehind(server.name(), history.clock().now(), own));
      copy.putOn(server);
    }
    server.replicateFrom(master);
  }

  private static String described(Map<String, String> status) {
    String text =
        Stream.of(
                "Master_Host",
                "Slave_IO_Running",
                "Slave_SQL_Running",
                "Last_IO_Error",
                "Last_SQL_Error")
            .flatMap(name -> Optional.ofNullable(status.get(name)).stream())
            .filter(value -> !value.isEmpty())
            .collect(Collectors.joining(", "));
    return text.isEmpty() ? "no replica" : text.substring(0, Math.min(text.length(), MOST_SHOWN));
  }

  private static boolean hasNothingOfItsOwn(SandboxServer server, SandboxServer master) {
    if (server.kind().isMariaDb()) {
      return false; // its positions do not tell
    }
    String own = server.executedGtidSet();
    return master
        .value("SELECT GTID_SUBSET('" + own + "', @@global.gtid_executed)")
        .filter("1"::equals)
        .isPresent();
  }

  /** What was on servers that had been replaced, and not on those that replaced them. */
  List<LeftBehind> leftBehind() {
    return List.copyOf(found);
  }
}
