package orchestrator.server.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import orchestrator.sandbox.demo.Demo;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The main job from end to end: the demo judges by what real servers say after the failover. */
class DemoTest {
  private static final int MISUSED = 2;

  @Test
  void deadMasterOfMariaDbIsReplaced() {
    assertRight("mariadb-11.4");
  }

  @Tag("long")
  @ParameterizedTest
  @ValueSource(strings = {"mysql-8.0", "mysql-5.7"})
  void deadMasterOfMySqlIsReplaced(String servers) {
    assertRight(servers);
  }

  @Test
  void unknownKindOfServerIsMisuse() {
    assertThat(Demo.run(List.of("--once", "--servers", "oracle-9i"), System.out))
        .isEqualTo(MISUSED);
  }

  private static void assertRight(String servers) {
    ByteArrayOutputStream shown = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(shown, true, StandardCharsets.UTF_8);
    int exitCode = Demo.run(List.of("--once", "--servers", servers), out);
    String text = shown.toString(StandardCharsets.UTF_8);
    assertThat(exitCode).describedAs(text).isZero();
    assertThat(text)
        .contains("DETECTED: DeadMaster")
        .contains("WRITABLE:")
        .containsPattern("(?s)REPOINTED: .*REPOINTED: ")
        .contains("Recovery succeeded");
  }
}
