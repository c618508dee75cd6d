package orchestrator.sandbox.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import orchestrator.sandbox.Account;
import orchestrator.sandbox.process.BoundProcess;
import orchestrator.sandbox.process.PortReservation;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The manager as a process of its own, which ends with this one. */
final class ManagerProcess implements AutoCloseable {
  private static final String MAIN_CLASS = "orchestrator.server.app.Main";
  private static final Duration STOP_LIMIT = Duration.ofSeconds(5);
  private static final int LOG_LINES_SHOWN = 15;

  private final String name;
  private final PortReservation port;
  private final Path folder;
  private final BoundProcess process;
  private volatile boolean killed;

  private ManagerProcess(String name, PortReservation port, Path folder, BoundProcess process) {
    this.name = name;
    this.port = port;
    this.folder = folder;
    this.process = process;
  }

  /**
   * Starts it; it does not answer yet.
   *
   * @param folder to be created, for its configuration, its data and its log
   * @param nodes raft addresses of the group; empty for one that stands alone
   * @param own which of them it is
   */
  static ManagerProcess start(String name, Path folder, List<String> nodes, int own) {
    try {
      Files.createDirectory(folder);
      return start(name, folder, PortReservation.any(), nodes, own);
    } catch (IOException e) {
      throw new DemoException("Cannot start the manager: " + e.getMessage(), e);
    }
  }

  private static ManagerProcess start(
      String name, Path folder, PortReservation port, List<String> nodes, int own)
      throws IOException {
    ObjectNode keys = configuration(folder, port);
    if (!nodes.isEmpty()) {
      keys.put("RaftEnabled", true);
      keys.put("RaftDataDir", folder.resolve("raft").toString());
      keys.put("RaftBind", nodes.get(own));
      nodes.forEach(keys.putArray("RaftNodes")::add);
    }
    Path configuration =
        Files.writeString(folder.resolve("orchestrator.conf.json"), keys.toPrettyString());
    List<String> command = new ArrayList<>(program());
    command.add("--config=" + configuration);
    command.add("http");
    BoundProcess process =
        BoundProcess.start(command, Map.of(), folder, folder.resolve("manager.log"));
    return new ManagerProcess(name, port, folder, process);
  }

  private static ObjectNode configuration(Path folder, PortReservation port) {
    ObjectNode keys = JsonMapper.shared().createObjectNode();
    keys.put("ListenAddress", "127.0.0.1:" + port.port());
    keys.put("BackendDB", "sqlite");
    keys.put("SQLite3DataFile", folder.resolve("orchestrator.db").toString());
    keys.put("MySQLTopologyUser", Account.ORCHESTRATOR.user());
    keys.put("MySQLTopologyPassword", Account.ORCHESTRATOR.password());
    // All servers are on one host, so names say nothing, and replicas differ by their ports only.
    keys.put("HostnameResolveMethod", "none");
    keys.put("MySQLHostnameResolveMethod", "none");
    keys.put("DiscoverByShowSlaveHosts", true);
    keys.putArray("RecoverMasterClusterFilters").add("*");
    return keys;
  }

  /** The launcher that started this process, with its JVM, options and AOT cache; or its like. */
  private static List<String> program() {
    return Optional.of(System.getProperty("orchestrator.launcher", ""))
        .filter(launcher -> !launcher.isEmpty())
        .map(List::of)
        .orElseGet(() ->
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                MAIN_CLASS));
  }

  String name() {
    return name;
  }

  /** SIGKILL: the demo wants to see what happens then. */
  void kill() {
    killed = true;
    process.kill();
  }

  boolean isKilled() {
    return killed;
  }

  String address() {
    return "http://127.0.0.1:" + port.port();
  }

  long pid() {
    return process.pid();
  }

  Path configuration() {
    return folder.resolve("orchestrator.conf.json");
  }

  Path log() {
    return folder.resolve("manager.log");
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** The end of its log. */
  String logTail() {
    try {
      List<String> lines = Files.readAllLines(log(), StandardCharsets.UTF_8);
      return lines.isEmpty()
          ? "(it wrote nothing)"
          : String.join(
              "\n", lines.subList(Math.max(0, lines.size() - LOG_LINES_SHOWN), lines.size()));
    } catch (IOException e) {
      return "(" + log() + " cannot be read: " + e.getMessage() + ")";
    }
  }

  /** Lets it stop in good order, or ends it. */
  @Override
  public void close() {
    try {
      process.terminate(STOP_LIMIT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    process.kill();
    port.close();
  }
}
