package orchestrator.server.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import orchestrator.server.app.LauncherFixture.Start;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The launcher in the source tree: when it builds, with a Maven that only says that it ran. */
class LauncherBuildTest {
  private static final Instant WRITTEN = Instant.parse("2024-06-01T12:00:00Z");
  private static final String BUILT_AT = "2024-06-01 13:00:00";
  private static final Instant CHANGED = Instant.parse("2024-06-01T13:00:01Z");

  @TempDir Path folder;
  private LauncherFixture launcher;
  private Path distribution;

  @BeforeEach
  void makeSourceTree() throws IOException {
    launcher = new LauncherFixture(folder);
    launcher.javaHome(launcher.jdk("jdk", "25"));
    launcher.program("mvn", "echo \"$JAVA_HOME $*\" >> maven-ran");
    for (String file :
        List.of(
            "pom.xml",
            "core/src/main/java/A.java",
            "server/src/main/java/A.java",
            "server/src/test/java/ATest.java",
            "server/target/classes/A.class",
            "web/src/a.ts",
            "web/node_modules/a.js",
            "docs/a.md")) {
      Path path = launcher.home.resolve(file);
      Files.createDirectories(path.getParent());
      Files.createFile(path);
    }
    distribution = Files.createDirectories(launcher.home.resolve("target/distribution"));
    launcher.jarsIn(distribution);
    try (Stream<Path> files = Files.walk(launcher.home)) {
      for (Path file : files.toList()) {
        Files.setLastModifiedTime(file, FileTime.from(WRITTEN));
      }
    }
  }

  @Test
  void firstUseBuildsWithTheJdkThatWasFound() throws Exception {
    Start run = launcher.run("http");

    assertThat(Files.readAllLines(mavenRan()))
        .singleElement()
        .asString()
        .startsWith(folder.toRealPath().resolve("jdk") + " ")
        .contains("package");
    assertThat(run.arguments()).endsWith("orchestrator.server.app.Main", "http");
  }

  @Test
  void nothingIsBuiltWhenNothingHasChangedSince() throws Exception {
    builtBefore();

    Start run = launcher.run("http");

    assertThat(mavenRan()).doesNotExist();
    assertThat(run.arguments())
        .contains("-Dorchestrator.launcher=" + distribution.resolve("orchestrator"))
        .endsWith("orchestrator.server.app.Main", "http");
  }

  @ParameterizedTest
  @CsvSource({
    "pom.xml, true",
    "orchestrator, true",
    "core/src/main/java/A.java, true",
    "server/src/main/java/A.java, true",
    "web/src/a.ts, true",
    "server/src/test/java/ATest.java, false",
    "server/target/classes/A.class, false",
    "web/node_modules/a.js, false",
    "docs/a.md, false",
  })
  void changeOfWhatIsBuiltFromLeadsToABuild(String file, boolean builds) throws Exception {
    builtBefore();
    Files.setLastModifiedTime(launcher.home.resolve(file), FileTime.from(CHANGED));

    launcher.run("http");

    assertThat(Files.exists(mavenRan())).isEqualTo(builds);
  }

  @Test
  void buildThatFailsIsToldWithItsErrorsAndNothingIsStarted() throws Exception {
    launcher.program("mvn", "echo noise; echo '[ERROR] A.java: no such thing'; exit 1");

    Start run = launcher.run("http");

    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err())
        .contains("[ERROR] A.java: no such thing", "the build failed", "target/build.log")
        .doesNotContain("noise");
  }

  @Test
  void buildThatFailsWithoutAnErrorOfMavenIsToldByItsEnd() throws Exception {
    launcher.program("mvn", "echo 'killed in the middle'; exit 137");

    assertThat(launcher.run("http").err()).contains("killed in the middle", "the build failed");
  }

  private void builtBefore() throws IOException {
    Files.writeString(distribution.resolve("built-at"), BUILT_AT + "\n");
  }

  private Path mavenRan() {
    return launcher.home.resolve("maven-ran");
  }
}
