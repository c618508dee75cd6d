package orchestrator.sandbox.install;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Fetches and unpacks Debian packages: nothing is installed and no rights are needed. */
final class DebianPackages {
  private static final Pattern NOT_FOUND =
      Pattern.compile("^\\s*(\\S+) => not found", Pattern.MULTILINE);
  private static final Pattern LIBRARY = Pattern.compile("(lib.+)\\.so\\.([0-9]+)");
  private static final Duration LIMIT = Duration.ofMinutes(3);

  /** A library may need another one that is missing as well. */
  private static final int ROUNDS = 4;

  private DebianPackages() {}

  /**
   * The packages that may hold a library, by the rule of Debian Policy, section 8.1. Debian 13
   * renamed some for their 64-bit time.
   */
  static List<String> namesFor(String library) {
    var matcher = LIBRARY.matcher(library);
    if (!matcher.matches()) {
      return List.of();
    }
    String base = matcher.group(1);
    boolean endsWithDigit = Character.isDigit(base.charAt(base.length() - 1));
    String name = base + (endsWithDigit ? "-" : "") + matcher.group(2);
    return List.of(name, name + "t64");
  }

  /** The libraries that a program needs and the machine and these folders lack. */
  static List<String> missing(Path program, List<Path> libraryPath) throws IOException {
    String path = String.join(":", libraryPath.stream().map(Path::toString).toList());
    Commands.Outcome outcome =
        Commands.run(
            Path.of("/"),
            Map.of("LD_LIBRARY_PATH", path),
            Path.of("/dev/null"),
            LIMIT,
            List.of("ldd", program.toString()));
    return NOT_FOUND
        .matcher(outcome.output())
        .results()
        .map((MatchResult match) -> match.group(1))
        .distinct()
        .toList();
  }

  /**
   * Puts the libraries that a program lacks into a folder.
   *
   * @param libraryPath folders that the program looks into besides
   * @return those that could not be fetched
   */
  static List<String> complete(Path program, List<Path> libraryPath, Path folder)
      throws IOException {
    List<Path> path = new ArrayList<>(libraryPath);
    path.add(folder);
    List<String> missing = missing(program, path);
    for (int round = 0; round < ROUNDS && !missing.isEmpty(); round++) {
      for (String library : missing) {
        fetchLibrary(library, folder);
      }
      missing = missing(program, path);
    }
    return missing;
  }

  private static void fetchLibrary(String library, Path folder) throws IOException {
    Path scratch = Files.createTempDirectory("orchestrator-libraries-");
    try {
      for (String name : namesFor(library)) {
        if (unpack(name, scratch)) {
          copyLibrary(scratch, library, folder);
          return;
        }
      }
    } finally {
      Cache.delete(scratch);
    }
  }

  /** Under the plain name that programs were linked against. */
  private static void copyLibrary(Path unpacked, String library, Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(unpacked)) {
      for (Path file : files.filter(DebianPackages::isNoLink).toList()) {
        if ((file.getFileName() + "").startsWith(library)) {
          Files.copy(file, folder.resolve(library));
          return;
        }
      }
    }
  }

  private static boolean isNoLink(Path path) {
    return Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS);
  }

  /**
   * Unpacks a package into a folder.
   *
   * @return false when it cannot be had here
   */
  static boolean unpack(String name, Path folder) throws IOException {
    Path scratch = Files.createTempDirectory("orchestrator-package-");
    try {
      if (!download(name, scratch)) {
        return false;
      }
      try (Stream<Path> files = Files.list(scratch)) {
        for (Path file : files.filter(path -> path.toString().endsWith(".deb")).toList()) {
          Commands.run(
              scratch, LIMIT, List.of("dpkg-deb", "--extract", file + "", folder.toString()));
        }
      }
      return true;
    } finally {
      Cache.delete(scratch);
    }
  }

  private static boolean download(String name, Path scratch) throws IOException {
    if (succeeds(scratch, List.of("apt-get", "--quiet", "download", name))) {
      return true;
    }
    // No package lists, as in a slim container: fetch them into a folder of our own, which needs no
    // rights.
    Path state = Files.createDirectories(scratch.resolve("apt"));
    Files.createDirectories(state.resolve("lists/partial"));
    Files.createDirectories(state.resolve("cache/archives/partial"));
    List<String> own =
        List.of(
            "-o", "Dir::State::Lists=" + state.resolve("lists"),
            "-o", "Dir::Cache=" + state.resolve("cache"),
            "-o", "APT::Sandbox::User=");
    List<String> update = new ArrayList<>(List.of("apt-get", "--quiet"));
    update.addAll(own);
    List<String> download = new ArrayList<>(update);
    update.add("update");
    download.addAll(List.of("download", name));
    return succeeds(scratch, update) && succeeds(scratch, download);
  }

  private static boolean succeeds(Path folder, List<String> command) {
    try {
      return Commands.run(folder, LIMIT, command).succeeded();
    } catch (IOException e) {
      return false; // no apt-get here: the caller's advice covers it
    }
  }
}
