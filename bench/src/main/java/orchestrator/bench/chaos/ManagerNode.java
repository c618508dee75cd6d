package orchestrator.bench.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import orchestrator.sandbox.SandboxException;
import orchestrator.sandbox.process.BoundProcess;
import orchestrator.sandbox.process.Placement;
import tools.jackson.databind.node.ObjectNode;

/** A manager in a site of its own, where its ports are its own too. */
final class ManagerNode implements Member {
  private static final int HTTP_PORT = 3000;
  private static final int RAFT_PORT = 10008;
  private static final Duration STOP_LIMIT = Duration.ofSeconds(15);

  private final String name;
  private final Placement placement;
  private final Path home;
  private Optional<BoundProcess> process = Optional.empty();

  /**
   * @param home for its configuration, its state and its log
   */
  ManagerNode(String name, Placement placement, Path home) {
    this.name = name;
    this.placement = placement;
    this.home = home;
  }

  /**
   * Writes its configuration.
   *
   * @param keys that all nodes have
   */
  void configure(ObjectNode keys) {
    ObjectNode own = keys.deepCopy();
    own.put("ListenAddress", placement.host() + ":" + HTTP_PORT);
    own.put("SQLite3DataFile", home.resolve("orchestrator.db").toString());
    own.put("RaftDataDir", home.resolve("raft").toString());
    own.put("RaftBind", raftAddress());
    try {
      Files.createDirectories(home);
      Files.writeString(configuration(), own.toPrettyString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path configuration() {
    return home.resolve("orchestrator.conf.json");
  }

  @Override
  public String name() {
    return name;
  }

  String raftAddress() {
    return placement.host() + ":" + RAFT_PORT;
  }

  /** Base of its API. */
  String api() {
    return "http://" + placement.host() + ":" + HTTP_PORT + "/api/";
  }

  synchronized boolean isAlive() {
    return process.filter(BoundProcess::isAlive).isPresent();
  }

  @Override
  public synchronized void start() {
    if (isAlive()) {
      return;
    }
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xmx256m",
            "-cp",
            System.getProperty("java.class.path"),
            "orchestrator.server.app.Main",
            "--config=" + configuration(),
            "http"));
    // The class path may be relative.
    Path here = Path.of("").toAbsolutePath();
    try {
      process =
          Optional.of(
              BoundProcess.start(
                  placement.command(command), Map.of(), here, home.resolve("manager.log")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public synchronized void kill() {
    process.ifPresent(BoundProcess::kill);
  }

  @Override
  public synchronized void freeze() {
    signal(BoundProcess::freeze);
  }

  @Override
  public synchronized void resume() {
    signal(BoundProcess::resume);
  }

  @Override
  public synchronized void stop() {
    signal(running -> running.terminate(STOP_LIMIT));
    kill();
  }

  private interface Act {
    void on(BoundProcess running) throws IOException, InterruptedException;
  }

  private void signal(Act act) {
    if (!isAlive()) {
      return;
    }
    try {
      act.on(process.orElseThrow());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SandboxException("interrupted", e);
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
