package orchestrator.server.hooks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import orchestrator.server.engine.Hooks.Result;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShellHooksTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  private final ShellHooks hooks = new ShellHooks("bash");

  @Test
  void passesTheEnvironmentAndReturnsOutputAndSuccess() {
    Result result =
        hooks.run(
            "echo \"failed: $ORC_FAILED_HOST\"; echo err >&2",
            Map.of("ORC_FAILED_HOST", "a b"),
            TIMEOUT);
    assertThat(result.isSuccessful()).isTrue();
    assertThat(result.output()).isEqualTo("failed: a b\nerr");
  }

  @Test
  void reportsTheExitCode() {
    Result result = hooks.run("echo no; exit 3", Map.of(), TIMEOUT);
    assertThat(result.isSuccessful()).isFalse();
    assertThat(result.exitCode()).isEqualTo(3);
  }

  @Test
  void killsAProcessThatHangsAndItsChildren() {
    Result result =
        hooks.run("echo $$; sleep 600 & echo $!; wait", Map.of(), Duration.ofMillis(500));
    assertThat(result.timedOut()).isTrue();
    assertThat(result.duration()).isLessThan(Duration.ofSeconds(10));
    for (String pid : result.output().split("\n")) {
      ProcessHandle.of(Long.parseLong(pid)).ifPresent(process -> process.onExit().join());
    }
  }

  @Test
  void doesNothingOfWhatFollowsTheCommandThatHangs(@TempDir Path folder) {
    Path trace = folder.resolve("trace");
    String next = "; echo went on > '" + trace + "'";
    Result result =
        hooks.run("bash -c \"sleep 600" + next + "\"" + next, Map.of(), Duration.ofMillis(500));
    assertThat(result.timedOut()).isTrue();
    assertThat(trace).doesNotExist();
  }

  @Test
  void dropsMegabytesOfOutputWithoutBlocking() {
    Result result = hooks.run("yes 0123456789 | head -c 8000000", Map.of(), TIMEOUT);
    assertThat(result.isSuccessful()).isTrue();
    assertThat(result.output().length()).isLessThan(ShellHooks.OUTPUT_LIMIT_BYTES + 100);
    assertThat(result.output()).endsWith("[output cut after 16384 bytes]");
  }

  @Test
  void isNotHeldUpByAChildThatKeepsThePipeOpen() {
    Result result = hooks.run("sleep 5 & echo started", Map.of(), TIMEOUT);
    assertThat(result.isSuccessful()).isTrue();
    assertThat(result.output()).isEqualTo("started");
    assertThat(result.duration()).isLessThan(Duration.ofSeconds(4));
  }

  @Test
  void saysWhenTheShellIsMissing() {
    Result result = new ShellHooks("/no/such/shell").run("true", Map.of(), TIMEOUT);
    assertThat(result.isSuccessful()).isFalse();
    assertThat(result.output()).contains("/no/such/shell");
  }

  /** What a shell would make of anything else, only a shell knows. */
  @Test
  void onlyAPlainPathIsSaidToBeMissing(@TempDir Path folder) throws IOException {
    Path program = Files.createFile(folder.resolve("program"));
    assertThat(hooks.obstacle(program + " one two"))
        .hasValueSatisfying(why -> assertThat(why).contains("may not be executed"));
    assertThat(program.toFile().setExecutable(true)).isTrue();
    assertThat(hooks.obstacle(program + " one two")).isEmpty();
    assertThat(hooks.obstacle(folder + "/gone\n"))
        .hasValueSatisfying(why -> assertThat(why).contains("no file", "gone"));
    for (String unclear :
        List.of("gone", "echo /gone", "/gone/{failedHost}", "/gone/$HOME", "/gone;true", "")) {
      assertThat(hooks.obstacle(unclear)).as(unclear).isEmpty();
    }
  }
}
