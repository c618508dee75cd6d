package orchestrator.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import orchestrator.program.Run;
import orchestrator.sandbox.Sandbox;
import orchestrator.sandbox.SandboxServer;
import orchestrator.sandbox.SandboxSpec;
import orchestrator.sandbox.ServerKind;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** {@code -c} commands as people run them: one process each, over real servers. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CommandProcessTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private Sandbox sandbox;
  private SandboxServer master;
  private SandboxServer replica;
  @TempDir Path folder;
  private Path file;

  @BeforeAll
  void startServers() {
    sandbox = Sandbox.start(SandboxSpec.masterAndReplicas(ServerKind.MYSQL_8_0, 1));
    master = sandbox.master();
    replica = sandbox.replicas().getFirst();
  }

  @AfterAll
  void stopServers() {
    sandbox.close();
  }

  @BeforeEach
  void configure() {
    file = ManagerConfiguration.quick().with("ListenAddress", "127.0.0.1:0").write(folder);
  }

  private Run run(String... arguments) throws Exception {
    String[] all = new String[arguments.length + 1];
    all[0] = "--config=" + file;
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    return Program.run(folder, all);
  }

  private void prints(String expected, String... arguments) throws Exception {
    Run run = run(arguments);
    assertThat(run.out()).as(run.err()).isEqualTo(expected);
    assertThat(run.exit()).as(run.err()).isZero();
  }

  /** Without a manager each command works on the state by itself, and reads the servers. */
  @Test
  void eachCommandIsAProcessThatLeavesItsWorkToTheNext() throws Exception {
    prints(master.address() + "\n", "-c", "discover", "-i", master.address());
    Run tree = run("-c", "topology", "-i", replica.address());
    assertThat(tree.exit()).as(tree.err()).isZero();
    assertThat(tree.out().lines().map(line -> line.replaceAll(" *\\[.*", "")))
        .containsExactly(master.address(), "+ " + replica.address());
    Run plan = run("-c", "recovery-plan", "-i", master.address());
    assertThat(plan.exit()).as(plan.err()).isZero();
    assertThat(plan.out())
        .contains("Failed: " + master.address(), "Promoted: " + replica.address())
        .contains("Candidate " + replica.address() + ": ")
        .containsPattern("Key-value mysql/master/.*: " + replica.address());
    prints(
        replica.address() + "\n",
        "-c",
        "begin-downtime",
        "-i",
        replica.address(),
        "--reason",
        "moves",
        "--duration",
        "1h");
    prints(replica.address() + "\n", "-c", "which-downtimed-instances");
  }

  @Test
  void theExitCodeAndTheStreamsTellScriptsWhatHappened() throws Exception {
    Run unknown = run("-c", "end-downtime", "-i", "127.0.0.1:1");
    assertThat(unknown.exit()).isEqualTo(1);
    assertThat(unknown.out()).isEmpty();
    assertThat(unknown.err()).contains(" FATAL ").contains("127.0.0.1:1").doesNotContain("\tat ");
    assertThat(run("-c", "no-such-command").exit()).isEqualTo(1);
    Run version = run("--version");
    assertThat(version.exit()).isZero();
    assertThat(version.out()).isNotBlank();
  }

  @Test
  void aCommandBesideARunningManagerIsCarriedOutByIt() throws Exception {
    Path log = folder.resolve("manager.log");
    try (ChildManager manager = ChildManager.program(log, "--config=" + file(log), "http")) {
      await("it serves")
          .atMost(LIMIT)
          .until(() -> Files.readString(log).contains("serves http://"));
      prints(master.address() + "\n", "-c", "discover", "-i", master.address());
      prints(
          master.address() + "\n",
          "-c",
          "begin-downtime",
          "-i",
          master.address(),
          "--reason",
          "beside");
      assertThat(manager.isAlive()).isTrue();
      assertThat(Files.readString(log)).contains("auditType:begin-downtime");
    }
    prints(master.address() + "\n", "-c", "which-downtimed-instances");
  }

  /** A command finds the manager by the configured port, so one is chosen for both. */
  private Path file(Path log) throws Exception {
    assertThat(log).doesNotExist();
    try (var free = new java.net.ServerSocket(0, 1, java.net.InetAddress.getByName("127.0.0.1"))) {
      file =
          ManagerConfiguration.quick()
              .with("ListenAddress", "127.0.0.1:" + free.getLocalPort())
              .write(folder);
    }
    return file;
  }
}
