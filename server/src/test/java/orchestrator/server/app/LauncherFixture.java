package orchestrator.server.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import orchestrator.program.Run;

/**
 * A copy of the launcher in a folder of its own, on a machine that has nothing but the usual
 * programs and the JDKs of the test. These print how they were started.
 */
final class LauncherFixture {
  private static final Path LAUNCHER = Path.of("..", "orchestrator");
  private static final List<String> PROGRAMS =
      List.of(
          "bash",
          "sed",
          "dirname",
          "readlink",
          "stat",
          "cksum",
          "tr",
          "cat",
          "find",
          "head",
          "tail",
          "grep",
          "mkdir",
          "flock");

  final Path home;
  private final Path folder;
  private final Path programs;
  private final Map<String, String> environment = new TreeMap<>();

  /**
   * What came of a start.
   *
   * @param pid of the process that was started
   */
  record Start(int exit, List<String> out, String err, long pid) {
    List<String> arguments() {
      return out.stream()
          .filter(line -> line.startsWith("argument "))
          .map(line -> line.substring("argument ".length()))
          .toList();
    }

    /** The folder of the JDK that was started. */
    String java() {
      return valueOf("java ");
    }

    String javaPid() {
      return valueOf("pid ");
    }

    private String valueOf(String name) {
      assertThat(out).as(err).anyMatch(line -> line.startsWith(name));
      return out.stream()
          .filter(line -> line.startsWith(name))
          .map(line -> line.substring(name.length()))
          .findFirst()
          .orElseThrow();
    }
  }

  LauncherFixture(Path folder) throws IOException {
    this.folder = folder.toRealPath();
    home = Files.createDirectory(this.folder.resolve("home of it"));
    programs = Files.createDirectory(this.folder.resolve("programs"));
    for (String program : PROGRAMS) {
      for (Path place : List.of(Path.of("/usr/bin", program), Path.of("/bin", program))) {
        if (Files.exists(place)) {
          program(program, "exec " + place + " \"$@\"");
        }
      }
    }
    Files.copy(LAUNCHER, home.resolve("orchestrator"), StandardCopyOption.COPY_ATTRIBUTES);
    environment.put("PATH", programs.toString());
    environment.put("HOME", Files.createDirectory(this.folder.resolve("user")).toString());
  }

  /** A complete distribution around the launcher. */
  static LauncherFixture distribution(Path folder) throws IOException {
    LauncherFixture fixture = new LauncherFixture(folder);
    fixture.jarsIn(fixture.home);
    return fixture;
  }

  void jarsIn(Path distribution) throws IOException {
    Files.createDirectories(distribution.resolve("libs"));
    Files.createFile(distribution.resolve("orchestrator.core.jar"));
    Files.createFile(distribution.resolve("orchestrator.server.jar"));
    Files.createFile(distribution.resolve("libs").resolve("a.jar"));
  }

  /** A JDK that prints how it was started; {@code place} is below the folder of the test. */
  Path jdk(String place, String version) throws IOException {
    Path jdk = Files.createDirectories(folder.resolve(place));
    Files.writeString(
        jdk.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
    Files.createDirectory(jdk.resolve("bin"));
    script(
        jdk.resolve("bin").resolve("java"),
        "echo \"java " + jdk + "\"; echo \"pid $$\"",
        "for argument; do echo \"argument $argument\"; done",
        "exit 7");
    script(jdk.resolve("bin").resolve("javac"), "exit 1");
    return jdk;
  }

  /** A program on the PATH. */
  void program(String name, String... lines) throws IOException {
    script(programs.resolve(name), lines);
  }

  /** Puts a link to the java of a JDK on the PATH, as installers do. */
  void javaOnPath(Path jdk) throws IOException {
    Files.createSymbolicLink(programs.resolve("java"), jdk.resolve("bin").resolve("java"));
  }

  void javaHome(Path jdk) {
    environment.put("JAVA_HOME", jdk.toString());
  }

  void options(String options) {
    environment.put("ORCHESTRATOR_JAVA_OPTIONS", options);
  }

  /** Makes it need a JDK that nobody has, wherever the test runs. */
  void needJavaOfTheFuture() throws IOException {
    Path launcher = home.resolve("orchestrator");
    String text = Files.readString(launcher);
    assertThat(text).contains("readonly needed_java=25\n");
    Files.writeString(
        launcher, text.replace("readonly needed_java=25\n", "readonly needed_java=1000\n"));
  }

  Start run(String... arguments) throws Exception {
    return runAs(home.resolve("orchestrator"), arguments);
  }

  Start runAs(Path launcher, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(launcher.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    Run.OfProcess ended = Run.of(builder, folder);
    return new Start(
        ended.run().exit(), ended.run().out().lines().toList(), ended.run().err(), ended.pid());
  }

  private static void script(Path path, String... lines) throws IOException {
    Files.writeString(path, "#!/bin/sh\n" + String.join("\n", lines) + "\n");
    assertThat(path.toFile().setExecutable(true)).isTrue();
  }
}
