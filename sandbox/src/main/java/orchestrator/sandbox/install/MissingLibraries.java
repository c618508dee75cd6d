package orchestrator.sandbox.install;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Libraries that a MySQL server needs and the machine lacks (libaio and libnuma on a bare Debian):
 * unpacked beside the server, so that nothing has to be installed and no rights are needed.
 */
final class MissingLibraries {
  private MissingLibraries() {}

  /** Returns the folder of the libraries that the machine lacks; it may be empty. */
  static Path beside(Distribution distribution, Path home) throws IOException {
    return Cache.complete(
        "servers/" + distribution.folder() + "-libraries",
        folder -> {
          List<String> stillMissing =
              DebianPackages.complete(
                  home.resolve(distribution.program()),
                  List.of(home.resolve("lib/private")),
                  folder);
          if (!stillMissing.isEmpty()) {
            throw missing(distribution, stillMissing);
          }
        });
  }

  static Installation.LibrariesMissing missing(Distribution distribution, List<String> missing) {
    List<String> packages =
        missing.stream()
            .flatMap(library -> DebianPackages.namesFor(library).stream().limit(1))
            .toList();
    String lack =
        "MySQL "
            + distribution.version()
            + " needs "
            + String.join(", ", missing)
            + ", which this machine lacks and which could not be fetched";
    return new Installation.LibrariesMissing(
        lack
            + ". Install "
            + String.join(" and ", packages)
            + " (apt-get install "
            + String.join(" ", packages)
            + "), or use MariaDB, which needs nothing: mariadb-11.4",
        "this machine lacks " + String.join(" and ", missing));
  }
}
