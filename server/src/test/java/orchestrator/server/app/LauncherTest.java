package orchestrator.server.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import orchestrator.server.app.LauncherFixture.Start;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The launcher in a distribution: which JVM it becomes, and how. */
class LauncherTest {
  private static final int EXIT_OF_JAVA = 7;

  @TempDir Path folder;
  private LauncherFixture launcher;

  @BeforeEach
  void makeDistribution() throws IOException {
    launcher = LauncherFixture.distribution(folder);
  }

  @Test
  void javaHomeIsPreferredWhenItIsNewEnough() throws Exception {
    Path wanted = launcher.jdk("wanted", "25.0.1");
    launcher.javaHome(wanted);
    launcher.javaOnPath(launcher.jdk("on-path", "26"));

    assertThat(launcher.run("http").java()).isEqualTo(wanted.toString());
  }

  @Test
  void javaOfThePathIsTakenWhenJavaHomeIsTooOld() throws Exception {
    launcher.javaHome(launcher.jdk("old", "17.0.9"));
    Path onPath = launcher.jdk("on-path", "25");
    launcher.javaOnPath(onPath);

    assertThat(launcher.run("http").java()).isEqualTo(onPath.toString());
  }

  @Test
  void newestOfTheUsualFoldersIsTakenWhenBothAreTooOld() throws Exception {
    launcher.javaHome(launcher.jdk("old", "17.0.9"));
    launcher.javaOnPath(launcher.jdk("on-path", "1.8.0_392"));
    launcher.jdk("user/.jdks/new", "998.1");
    Path newest = launcher.jdk("user/.sdkman/candidates/java/newest", "999.0.1");
    launcher.jdk("user/.jdks/older", "9");

    assertThat(launcher.run("http").java()).isEqualTo(newest.toString());
    assertThat(launcher.run("java-home").out()).containsExactly(newest.toString());
  }

  @Test
  void withoutAJdkThatIsNewEnoughItSaysWhatToInstall() throws Exception {
    launcher.needJavaOfTheFuture();
    launcher.javaHome(launcher.jdk("present", "25"));

    Start run = launcher.run("http");

    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).contains("needs Java 1000 or newer", "Install a JDK", "JAVA_HOME");
  }

  @Test
  void itBecomesTheJvmAndPassesItsArgumentsOnAsTheyAre() throws Exception {
    launcher.javaHome(launcher.jdk("jdk", "25"));

    Start run = launcher.run("--config=a file", "", "*", "-c", "help");

    assertThat(run.javaPid()).isEqualTo(String.valueOf(run.pid()));
    assertThat(run.exit()).isEqualTo(EXIT_OF_JAVA);
    assertThat(run.arguments())
        .endsWith("orchestrator.server.app.Main", "--config=a file", "", "*", "-c", "help");
  }

  @ParameterizedTest
  @CsvSource({
    "demo, orchestrator.sandbox.demo.Demo",
    "sandbox, orchestrator.sandbox.SandboxCommand",
  })
  void demoAndSandboxAreProgramsOfTheirOwn(String word, String main) throws Exception {
    launcher.javaHome(launcher.jdk("jdk", "25"));

    assertThat(launcher.run(word, "--help").arguments()).endsWith(main, "--help");
  }

  @Test
  void optionsOfTheEnvironmentAreGivenToTheJvm() throws Exception {
    launcher.javaHome(launcher.jdk("jdk", "25"));
    launcher.options("-Xmx1g -Dx=y");

    assertThat(launcher.run("http").arguments())
        .containsSubsequence("-Xmx1g", "-Dx=y", "-cp", "orchestrator.server.app.Main", "http");
  }

  @Test
  void itWorksThroughSymbolicLinks() throws Exception {
    launcher.javaHome(launcher.jdk("jdk", "25"));
    Path direct = Files.createSymbolicLink(folder.resolve("direct"), launcher.home);
    Path bin = Files.createDirectory(folder.resolve("bin"));
    Files.createSymbolicLink(bin.resolve("first"), Path.of("..", "direct", "orchestrator"));
    Path second = Files.createSymbolicLink(bin.resolve("second"), Path.of("first"));

    assertThat(direct).isSymbolicLink();
    assertThat(launcher.runAs(second, "http").arguments())
        .contains(
            "%1$s/orchestrator.core.jar:%1$s/orchestrator.server.jar:%1$s/libs/a.jar:"
                .formatted(launcher.home));
  }

  @Test
  void cacheThatFitsIsUsedAndNoOther() throws Exception {
    launcher.javaHome(launcher.jdk("jdk", "25"));
    Path cache = Path.of(launcher.run("aot-cache").out().getFirst());
    assertThat(launcher.run("http").arguments()).noneMatch(LauncherTest::namesCache);

    Files.createDirectory(cache.getParent());
    Files.createFile(cache);
    assertThat(launcher.run("http").arguments()).contains("-XX:AOTCache=" + cache);

    Files.writeString(launcher.home.resolve("libs").resolve("a.jar"), "another version");
    assertThat(launcher.run("http").arguments()).noneMatch(LauncherTest::namesCache);
  }

  @Test
  void cacheOfAnotherJdkIsNotUsed() throws Exception {
    launcher.javaHome(launcher.jdk("jdk", "25"));
    Path cache = Path.of(launcher.run("aot-cache").out().getFirst());
    Files.createDirectory(cache.getParent());
    Files.createFile(cache);

    launcher.javaHome(launcher.jdk("updated", "25.0.1"));

    assertThat(launcher.run("http").arguments()).noneMatch(LauncherTest::namesCache);
  }

  @Test
  void incompleteDistributionIsNamed() throws Exception {
    launcher.javaHome(launcher.jdk("jdk", "25"));
    Files.delete(launcher.home.resolve("orchestrator.server.jar"));

    Start run = launcher.run("http");

    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.err()).contains("orchestrator.server.jar is missing");
  }

  private static boolean namesCache(String argument) {
    return argument.contains("AOTCache");
  }
}
