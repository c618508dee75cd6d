package orchestrator.sandbox.install;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Libraries that a MySQL server needs and the machine lacks (libaio and libnuma on a bare Debian):
 * unpacked beside the server, so that nothing has to be installed and no rights are needed.
 */
final class MissingLibraries {
  private static final Pattern NOT_FOUND =
      Pattern.compile("^\\s*(\\S+) => not found", Pattern.MULTILINE);
  private static final Duration LIMIT = Duration.ofMinutes(3);

  /**
   * Packages that hold a library, oldest name first: Debian 13 renamed libaio1 for its 64-bit time.
   */
  private static final Map<String, List<String>> PACKAGES =
      Map.of("libaio.so.1", List.of("libaio1", "libaio1t64"), "libnuma.so.1", List.of("libnuma1"));

  private MissingLibraries() {}

  /** Returns the folder of the libraries that the machine lacks; it may be empty. */
  static Path beside(Distribution distribution, Path home) throws IOException {
    return Cache.complete(
        "servers/" + distribution.folder() + "-libraries",
        folder -> {
          List<String> missing = missing(distribution, home, folder);
          if (!missing.isEmpty()) {
            Path scratch = Files.createTempDirectory("orchestrator-libraries-");
            try {
              fetchAll(missing, scratch, folder);
            } finally {
              Cache.delete(scratch);
            }
          }
          List<String> stillMissing = missing(distribution, home, folder);
          if (!stillMissing.isEmpty()) {
            throw new IOException(advice(distribution, stillMissing));
          }
        });
  }

  private static String advice(Distribution distribution, List<String> missing) {
    List<String> packages =
        missing.stream()
            .map(library -> PACKAGES.getOrDefault(library, List.of(library)).getFirst())
            .toList();
    return "MySQL "
        + distribution.version()
        + " needs "
        + String.join(", ", missing)
        + ", which this machine lacks and which could not be fetched. Install "
        + String.join(" and ", packages)
        + " (apt-get install "
        + String.join(" ", packages)
        + "), or use MariaDB, which needs nothing: mariadb-11.4";
  }

  private static List<String> missing(Distribution distribution, Path home, Path libraries)
      throws IOException {
    String path = home.resolve("lib/private") + ":" + libraries;
    Commands.Outcome outcome =
        Commands.run(
            home,
            Map.of("LD_LIBRARY_PATH", path),
            Path.of("/dev/null"),
            LIMIT,
            List.of("ldd", home.resolve(distribution.program()).toString()));
    return NOT_FOUND
        .matcher(outcome.output())
        .results()
        .map((MatchResult match) -> match.group(1))
        .distinct()
        .toList();
  }

  private static void fetchAll(List<String> libraries, Path scratch, Path folder)
      throws IOException {
    for (String library : libraries) {
      for (String debianPackage : PACKAGES.getOrDefault(library, List.of())) {
        if (DebianPackages.download(debianPackage, scratch)) {
          break;
        }
      }
    }
    Path unpacked = scratch.resolve("unpacked");
    DebianPackages.unpack(scratch, unpacked);
    if (Files.isDirectory(unpacked)) {
      collect(unpacked, folder);
    }
  }

  /** Copies the libraries, and gives each the plain name that the server was linked against. */
  private static void collect(Path unpacked, Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(unpacked)) {
      for (Path file : files.filter(MissingLibraries::isNoLink).toList()) {
        String name = file.getFileName() + "";
        int suffix = name.indexOf(".so.1");
        if (suffix > 0) {
          Files.copy(file, folder.resolve(name.substring(0, suffix) + ".so.1"));
        }
      }
    }
  }

  private static boolean isNoLink(Path path) {
    return Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS);
  }
}
