package orchestrator.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import orchestrator.sandbox.Account;
import orchestrator.sandbox.SandboxServer;
import orchestrator.sandbox.process.PortReservation;

/**
 * A manager as a process of its own, started as users start it: by the launcher, unless the
 * property {@code orchestrator.launcher} is missing; then by this JVM's class path.
 */
final class ManagerUnderTest implements AutoCloseable {
  private static final Duration STARTED_WITHIN = Duration.ofSeconds(60);

  private static final Pattern TERM = Pattern.compile("\"Term\":(\\d+)");

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final int port;
  private final Optional<PortReservation> reservation;
  private final Process process;
  private final Duration toFirstAnswer;

  private ManagerUnderTest(int port, Optional<PortReservation> reservation, Process process)
      throws IOException, InterruptedException {
    this.port = port;
    this.reservation = reservation;
    this.process = process;
    long started = System.nanoTime();
    while (!answers()) {
      if (!process.isAlive() || System.nanoTime() - started > STARTED_WITHIN.toNanos()) {
        process.destroyForcibly();
        throw new IOException("The manager did not start; see its log beside its configuration");
      }
      Thread.sleep(5);
    }
    toFirstAnswer = Duration.ofNanos(System.nanoTime() - started);
  }

  /**
   * @param folder for its configuration, state and log
   * @param pollSeconds {@code InstancePollSeconds}
   */
  static ManagerUnderTest start(Path folder, int pollSeconds)
      throws IOException, InterruptedException {
    PortReservation reservation = PortReservation.any();
    Process process = launch(folder, reservation.port(), pollSeconds, "");
    return new ManagerUnderTest(reservation.port(), Optional.of(reservation), process);
  }

  /**
   * @param moreKeys of the configuration, each followed by a comma
   */
  static ManagerUnderTest start(Path folder, int port, int pollSeconds, String moreKeys)
      throws IOException, InterruptedException {
    return new ManagerUnderTest(
        port, Optional.empty(), launch(folder, port, pollSeconds, moreKeys));
  }

  private static Process launch(Path folder, int port, int pollSeconds, String moreKeys)
      throws IOException {
    Files.createDirectories(folder);
    Path configuration = folder.resolve("orchestrator.conf.json");
    Files.writeString(
        configuration,
        """
        {
          %s
          "MySQLTopologyUser": "%s", "MySQLTopologyPassword": "%s",
          "HostnameResolveMethod": "none", "MySQLHostnameResolveMethod": "none",
          "DiscoverByShowSlaveHosts": true,
          "BackendDB": "sqlite", "SQLite3DataFile": "%s",
          "ListenAddress": "127.0.0.1:%d",
          "InstancePollSeconds": %d,
          "RecoverMasterClusterFilters": ["*"],
          "RecoverIntermediateMasterClusterFilters": ["*"]
        }
        """
            .formatted(
                moreKeys,
                Account.ORCHESTRATOR.user(),
                Account.ORCHESTRATOR.password(),
                folder.resolve("state.sqlite3"),
                port,
                pollSeconds));
    List<String> command = new ArrayList<>(launcher());
    command.addAll(List.of("--config=" + configuration, "http"));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("manager.log").toFile()))
        .start();
  }

  private static List<String> launcher() {
    return Optional.ofNullable(System.getProperty("orchestrator.launcher"))
        .map(List::of)
        .orElseGet(() ->
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:+UseCompactObjectHeaders",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                "orchestrator.server.app.Main"));
  }

  Duration toFirstAnswer() {
    return toFirstAnswer;
  }

  private boolean answers() throws InterruptedException {
    try {
      return get("lb-check").contains("OK");
    } catch (IOException e) {
      return false;
    }
  }

  /** Whether it may act. */
  boolean leads() throws InterruptedException {
    try {
      return status("leader-check") == 200;
    } catch (IOException e) {
      return false;
    }
  }

  /** Of raft. */
  long term() throws IOException, InterruptedException {
    Matcher term = TERM.matcher(get("raft"));
    if (!term.find()) {
      throw new IOException("This node is in no group");
    }
    return Long.parseLong(term.group(1));
  }

  int status(String path) throws IOException, InterruptedException {
    return client
        .send(request(path, Duration.ofSeconds(2)), HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }

  private HttpRequest request(String path, Duration limit) {
    URI uri = URI.create("http://127.0.0.1:" + port + "/api/" + path);
    return HttpRequest.newBuilder(uri).timeout(limit).build();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** SIGKILL. */
  void kill() {
    process.destroyForcibly();
  }

  /** SIGTERM. */
  void terminate() {
    process.destroy();
  }

  void discover(SandboxServer server) throws IOException, InterruptedException {
    get("discover/" + server.host() + "/" + server.port());
  }

  String get(String path) throws IOException, InterruptedException {
    return client
        .send(request(path, Duration.ofSeconds(60)), HttpResponse.BodyHandlers.ofString())
        .body();
  }

  /** Waits until all of these servers are known. */
  void awaitKnown(List<SandboxServer> servers) throws IOException, InterruptedException {
    long end = System.nanoTime() + STARTED_WITHIN.toNanos();
    while (true) {
      String known = get("all-instances");
      if (servers.stream().allMatch(s -> known.contains("\"Port\":" + s.port()))) {
        return;
      }
      if (System.nanoTime() > end) {
        throw new IOException("Not all servers were discovered");
      }
      Thread.sleep(100);
    }
  }

  /** Processor time used so far, user and system. Linux: a tick is 10 ms. */
  Duration cpuTime() throws IOException {
    return cpuTime(process.pid());
  }

  static Duration cpuTime(long pid) throws IOException {
    String stat = Files.readString(Path.of("/proc/" + pid + "/stat"), StandardCharsets.UTF_8);
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return Duration.ofMillis(10 * (Long.parseLong(fields[11]) + Long.parseLong(fields[12])));
  }

  /** Resident memory in MiB. */
  long residentMebibytes() throws IOException {
    return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
        .filter(line -> line.startsWith("VmRSS"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024)
        .findFirst()
        .orElse(0);
  }

  /** Milliseconds of single requests over one connection, sorted. */
  double[] requestMillis(String path, int requests) throws IOException, InterruptedException {
    double[] millis = new double[requests];
    for (int i = 0; i < requests; i++) {
      long start = System.nanoTime();
      get(path);
      millis[i] = (System.nanoTime() - start) / 1e6;
    }
    Arrays.sort(millis);
    return millis;
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(Duration.ofSeconds(10))) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
    }
    client.close();
    reservation.ifPresent(PortReservation::close);
  }

  /** For output: named figures in one line. */
  static String figures(Map<String, ?> values) {
    StringBuilder line = new StringBuilder();
    values.forEach((name, value) -> line.append("  ").append(name).append(' ').append(value));
    return line.toString();
  }
}
