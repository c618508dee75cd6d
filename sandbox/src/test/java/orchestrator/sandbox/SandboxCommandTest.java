package orchestrator.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The command as people use it: one process holds the servers, others act on them. */
class SandboxCommandTest {
  private static final Pattern PID = Pattern.compile("(?:running|frozen) +(\\d+) ");
  private static final Pattern FOLDER = Pattern.compile("Data: +([^,]+),");

  private final String name = "test-" + ProcessHandle.current().pid();
  private Process holder;
  private String greeting = "";

  SandboxCommandTest() throws IOException {
    holder = command("start", "--servers", "mysql-5.7", "--shape", "A>B");
  }

  @BeforeEach
  void awaitStart() throws IOException {
    StringBuilder lines = new StringBuilder();
    BufferedReader reader = holder.inputReader(StandardCharsets.UTF_8);
    for (String line = reader.readLine(); line != null; line = reader.readLine()) {
      lines.append(line).append('\n');
      if (line.contains("Ctrl-C")) {
        break;
      }
    }
    greeting = lines.toString();
    assertThat(greeting).contains("Ctrl-C");
  }

  @AfterEach
  void end() {
    holder.destroyForcibly();
    await().atMost(Duration.ofSeconds(20)).until(() -> !Files.exists(folder()));
  }

  @Test
  void nothingIsLeftWhenTheHolderIsKilledWhileOneServerHangsAndAnotherIsDown() throws Exception {
    assertThat(run("kill", "B")).contains("down");
    String status = run("freeze", "A");
    assertThat(status).contains("frozen");
    List<Long> processes = pids(greeting);
    assertThat(processes).hasSize(2);
    assertThat(Files.exists(folder())).isTrue();

    holder.destroyForcibly().waitFor();

    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> processes.stream().noneMatch(pid -> ProcessHandle.of(pid).isPresent()));
    await().atMost(Duration.ofSeconds(20)).until(() -> !Files.exists(folder()));
    assertThat(run("status")).contains("No sandbox named " + name + " runs");
  }

  @Test
  void otherProcessesActOnTheServersUntilOneStopsThemAll() throws Exception {
    assertThat(run("sql", "A", "CREATE TABLE app.t (id INT PRIMARY KEY)")).startsWith("OK");
    assertThat(run("stop", "B")).contains("down");
    assertThat(run("restart", "B")).doesNotContain("down");
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () -> assertThat(run("sql", "B", "SELECT COUNT(*) AS c FROM app.t")).contains("c\n0"));
    assertThat(run("kill", "X")).contains("There is no server X; there are A, B");
    assertThat(run("stop")).contains("Stopping");
    assertThat(holder.waitFor()).isZero();
    assertThat(pids(greeting)).noneMatch(pid -> ProcessHandle.of(pid).isPresent());
  }

  private Path folder() {
    return Path.of(
        FOLDER.matcher(greeting).results().map(found -> found.group(1)).findFirst().orElseThrow());
  }

  private static List<Long> pids(String status) {
    return PID.matcher(status)
        .results()
        .map((MatchResult found) -> Long.parseLong(found.group(1)))
        .toList();
  }

  private String run(String... words) throws IOException, InterruptedException {
    Process process = command(words);
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return output;
  }

  private Process command(String... words) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "orchestrator.sandbox.SandboxCommand",
                "--name",
                name));
    command.addAll(List.of(words));
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }
}
