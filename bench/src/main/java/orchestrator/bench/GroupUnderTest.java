package orchestrator.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import orchestrator.sandbox.process.PortReservation;

/** Managers that form a raft group. */
final class GroupUnderTest implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final Path folder;
  private final int pollSeconds;
  private final List<PortReservation> raftPorts = new ArrayList<>();
  private final List<PortReservation> httpPorts = new ArrayList<>();
  private final List<ManagerUnderTest> nodes = new ArrayList<>();
  private final Duration toLeader;

  private GroupUnderTest(Path folder, int count, int pollSeconds)
      throws IOException, InterruptedException {
    this.folder = folder;
    this.pollSeconds = pollSeconds;
    for (int i = 0; i < count; i++) {
      raftPorts.add(PortReservation.any());
      httpPorts.add(PortReservation.any());
    }
    long started = System.nanoTime();
    startAll(count);
    leader();
    toLeader = Duration.ofNanos(System.nanoTime() - started);
  }

  static GroupUnderTest start(Path folder, int count, int pollSeconds)
      throws IOException, InterruptedException {
    return new GroupUnderTest(folder, count, pollSeconds);
  }

  /** All at once, as after a power failure. */
  private void startAll(int count) throws IOException, InterruptedException {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<ManagerUnderTest>> starting = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        int number = i;
        starting.add(threads.submit(() -> startNode(number)));
      }
      for (Future<ManagerUnderTest> node : starting) {
        nodes.add(node.get());
      }
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    }
  }

  private ManagerUnderTest startNode(int number) throws IOException, InterruptedException {
    String members =
        raftPorts.stream()
            .map(port -> "\"127.0.0.1:" + port.port() + "\"")
            .collect(Collectors.joining(", "));
    Path home = folder.resolve("node" + number);
    String keys =
        """
        "RaftEnabled": true, "RaftDataDir": "%s", "RaftBind": "127.0.0.1:%d", "RaftNodes": [%s],
        """
            .formatted(home.resolve("raft"), raftPorts.get(number).port(), members);
    return ManagerUnderTest.start(home, httpPorts.get(number).port(), pollSeconds, keys);
  }

  /** From the start of all processes until one of them may act. */
  Duration toLeader() {
    return toLeader;
  }

  List<ManagerUnderTest> nodes() {
    return nodes;
  }

  /** Waits for the one that may act. */
  ManagerUnderTest leader() throws IOException, InterruptedException {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (System.nanoTime() < end) {
      for (ManagerUnderTest node : nodes) {
        if (node.isAlive() && node.leads()) {
          return node;
        }
      }
    }
    throw new IOException("No leader within " + LIMIT);
  }

  ManagerUnderTest follower() throws IOException, InterruptedException {
    ManagerUnderTest leader = leader();
    return nodes.stream()
        .filter(node -> node != leader && node.isAlive())
        .findFirst()
        .orElseThrow();
  }

  /** Waits until another node than this may act and takes a command. */
  void awaitSuccessor(ManagerUnderTest former) throws IOException, InterruptedException {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (System.nanoTime() < end) {
      for (ManagerUnderTest node : nodes) {
        if (node != former && node.leads() && takesCommand(node)) {
          return;
        }
      }
    }
    throw new IOException("No other leader within " + LIMIT);
  }

  private static boolean takesCommand(ManagerUnderTest node) throws InterruptedException {
    try {
      return node.status("put-key-value/bench/" + System.nanoTime()) == 200;
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Starts a node again that has ended.
   *
   * @return from the start of its process until it takes part
   */
  Duration restart(ManagerUnderTest ended) throws IOException, InterruptedException {
    int number = nodes.indexOf(ended);
    ended.close();
    long started = System.nanoTime();
    ManagerUnderTest again = startNode(number);
    nodes.set(number, again);
    while (again.status("raft-health") != 200) {
      Thread.sleep(5);
    }
    return Duration.ofNanos(System.nanoTime() - started);
  }

  @Override
  public void close() {
    nodes.forEach(ManagerUnderTest::close);
    raftPorts.forEach(PortReservation::close);
    httpPorts.forEach(PortReservation::close);
  }
}
