package orchestrator.sandbox.demo;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import orchestrator.sandbox.process.PortReservation;

/** The managers of the demo: one, or several that form a raft group. */
final class Managers implements AutoCloseable {
  private final List<ManagerProcess> processes;
  private final ManagerApi api;

  private Managers(List<ManagerProcess> processes) {
    this.processes = List.copyOf(processes);
    this.api = new ManagerApi(processes.stream().map(ManagerProcess::address).toList());
  }

  /**
   * Starts them; they do not answer yet.
   *
   * @param parent the folder in which each gets one of its own
   */
  static Managers start(Path parent, int count) {
    List<PortReservation> raftPorts = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        raftPorts.add(PortReservation.any());
      }
    } catch (IOException e) {
      throw new DemoException("Cannot start the managers: " + e.getMessage(), e);
    }
    List<String> nodes = raftPorts.stream().map(port -> "127.0.0.1:" + port.port()).toList();
    List<ManagerProcess> processes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String name = count == 1 ? "manager" : "node" + (i + 1);
      raftPorts.get(i).close();
      processes.add(
          ManagerProcess.start(name, parent.resolve(name), count == 1 ? List.of() : nodes, i));
    }
    return new Managers(processes);
  }

  ManagerApi api() {
    return api;
  }

  List<ManagerProcess> all() {
    return processes;
  }

  boolean isGroup() {
    return processes.size() > 1;
  }

  /** The one that may act; empty while there is none. */
  Optional<ManagerProcess> leader() {
    return processes.stream()
        .filter(ManagerProcess::isAlive)
        .filter(manager -> api.leads(manager.address()))
        .findFirst();
  }

  /** The one to show to people: the leader, or any that lives. */
  ManagerProcess spokesman() {
    return leader()
        .or(() -> processes.stream().filter(ManagerProcess::isAlive).findFirst())
        .orElseGet(processes::getFirst);
  }

  /** Why the demo cannot go on: one that has ended by itself. */
  Optional<ManagerProcess> ended() {
    return processes.stream()
        .filter(manager -> !manager.isAlive() && !manager.isKilled())
        .findFirst();
  }

  /**
   * Waits until another one than this leads.
   *
   * @return when, since the kill; empty when it took too long
   */
  Optional<Duration> awaitSuccessor(ManagerProcess killed, Stopwatch sinceKill, Duration limit)
      throws InterruptedException {
    while (!sinceKill.isPast(limit)) {
      if (leader().filter(manager -> manager != killed).isPresent()) {
        return Optional.of(sinceKill.elapsed());
      }
      Thread.sleep(5);
    }
    return Optional.empty();
  }

  @Override
  public void close() {
    api.close();
    processes.parallelStream().forEach(ManagerProcess::close);
  }
}
