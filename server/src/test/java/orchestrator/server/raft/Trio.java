package orchestrator.server.raft;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import orchestrator.core.state.Command;
import orchestrator.core.state.ReplicatedState;
import orchestrator.sandbox.process.PortReservation;
import orchestrator.server.engine.Consensus.Submission;
import orchestrator.server.engine.GroupStatus.Peer;
import orchestrator.server.engine.Projection;

/** Nodes of one group in this JVM: real log, real network, real time. */
final class Trio implements AutoCloseable {
  static final Duration LIMIT = Duration.ofSeconds(30);
  private final Path folder;
  private final List<Peer> peers;
  private final Function<Peer, Optional<RaftSettings.Tls>> tls;
  private final Map<String, RaftConsensus> running = new TreeMap<>();
  private final Map<String, Recorded> histories = new ConcurrentHashMap<>();
  private final Map<String, String> dooms = new ConcurrentHashMap<>();
  private Consumer<RaftConsensus> starting = node -> {};
  private RaftSettings.Timing timing = Timeouts.DEFAULT.timing();

  Trio(Path folder, int nodes) {
    this(folder, nodes, peer -> Optional.empty());
  }

  Trio(Path folder, int nodes, Function<Peer, Optional<RaftSettings.Tls>> tls) {
    this.folder = folder;
    this.tls = tls;
    this.peers =
        IntStream.rangeClosed(1, nodes)
            .mapToObj(n -> new Peer("node" + n, "127.0.0.1:" + freePort()))
            .toList();
  }

  /** Of nodes that are started from now on. */
  Trio withTimeouts(RaftSettings.Timing wanted) {
    timing = wanted;
    return this;
  }

  /** Is shown each node when it starts. */
  Trio observedBy(Consumer<RaftConsensus> observer) {
    starting = observer;
    return this;
  }

  private static int freePort() {
    try {
      return PortReservation.any().port();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A history in memory that counts what it is shown. */
  static final class Recorded implements Projection {
    final List<Long> applied = new ArrayList<>();
    volatile long index;

    @Override
    public long appliedIndex() {
      return index;
    }

    @Override
    public synchronized void apply(
        long at, ReplicatedState before, ReplicatedState after, List<Command> commands) {
      if (at > index) {
        applied.add(at);
        index = at;
      }
    }

    @Override
    public void jump(long at, ReplicatedState state) {
      index = Math.max(index, at);
    }

    @Override
    public boolean flush(Duration limit) {
      return true;
    }
  }

  List<Peer> peers() {
    return peers;
  }

  RaftSettings settings(Peer self) {
    return settings(
        self, Integer.parseInt(self.address().substring(self.address().indexOf(':') + 1)));
  }

  /** One that listens elsewhere than where the others find it. */
  RaftSettings settings(Peer self, int bindPort) {
    return new RaftSettings(
        "test",
        self,
        peers,
        false,
        folder.resolve(self.name()),
        "127.0.0.1",
        bindPort,
        10008,
        timing,
        "",
        "http://" + self.name() + ":3000",
        "test",
        tls.apply(self));
  }

  Trio startAll() {
    peers.forEach(peer -> start(settings(peer)));
    return this;
  }

  /** As {@link #startAll}, all in the same moment. */
  Trio startAllAtOnce() {
    try (ExecutorService threads = Executors.newFixedThreadPool(peers.size())) {
      peers.forEach(peer -> threads.execute(() -> start(settings(peer))));
    }
    return this;
  }

  RaftConsensus start(RaftSettings settings) {
    String name = settings.self().name();
    RaftConsensus node =
        RaftConsensus.start(
            settings,
            log -> histories.computeIfAbsent(log, key -> new Recorded()),
            InstantSource.system(),
            reason -> dooms.put(name, reason));
    starting.accept(node);
    synchronized (running) {
      running.put(name, node);
    }
    return node;
  }

  RaftConsensus node(String name) {
    return Optional.ofNullable(running.get(name)).orElseThrow();
  }

  List<RaftConsensus> nodes() {
    return List.copyOf(running.values());
  }

  /** As a stopped node was started before. */
  RaftSettings settings(String name) {
    return settings(
        peers.stream().filter(peer -> peer.name().equals(name)).findAny().orElseThrow());
  }

  Map<String, String> dooms() {
    return dooms;
  }

  void stop(String name) {
    node(name).close();
    running.remove(name);
  }

  /** The one that may act. */
  RaftConsensus leader() {
    return await("a ready leader")
        .atMost(LIMIT)
        .until(
            () -> nodes().stream().filter(node -> node.leadership().isPresent()).findFirst(),
            Optional::isPresent)
        .orElseThrow();
  }

  List<String> othersThan(RaftConsensus node) {
    return nodes().stream()
        .filter(other -> other != node)
        .map(other -> other.status().node())
        .toList();
  }

  RaftConsensus follower() {
    RaftConsensus leader = leader();
    return nodes().stream().filter(node -> node != leader).findFirst().orElseThrow();
  }

  static Submission put(RaftConsensus node, String key, String value) {
    return node.submit(List.of(new Command.PutKeyValue(key, value)), LIMIT);
  }

  /** Whether the log on a node's disk begins at its beginning. */
  static boolean hasFirstEntry(RaftSettings settings) throws IOException {
    try (Stream<Path> files = Files.walk(settings.directory())) {
      return files
          .map(file -> String.valueOf(file.getFileName()))
          .anyMatch(name -> name.startsWith("log_0-") || name.equals("log_inprogress_0"));
    }
  }

  /** Many at a time. */
  static void putMany(RaftConsensus node, int count) {
    try (ExecutorService threads = Executors.newFixedThreadPool(32)) {
      for (int i = 0; i < count; i++) {
        String value = "v" + i;
        threads.execute(() -> put(node, "k", value));
      }
    }
  }

  @Override
  public void close() {
    running.values().forEach(RaftConsensus::close);
    running.clear();
  }
}
