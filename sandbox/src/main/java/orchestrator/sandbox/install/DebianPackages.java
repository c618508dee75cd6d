package orchestrator.sandbox.install;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Fetches packages of the distribution without installing anything, hence without rights. */
final class DebianPackages {
  private static final Duration LIMIT = Duration.ofMinutes(3);

  private DebianPackages() {}

  /** Fetches a package into a folder; false when there is none of this name, or no way to it. */
  static boolean download(String debianPackage, Path scratch) throws IOException {
    if (succeeds(scratch, List.of("apt-get", "--quiet", "download", debianPackage))) {
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
    download.addAll(List.of("download", debianPackage));
    return succeeds(scratch, update) && succeeds(scratch, download);
  }

  /** Unpacks all packages in a folder into another, as they would lie below {@code /}. */
  static void unpack(Path scratch, Path target) throws IOException {
    try (Stream<Path> packages = Files.list(scratch)) {
      for (Path file : packages.filter(path -> path.toString().endsWith(".deb")).toList()) {
        Commands.run(
            scratch, LIMIT, List.of("dpkg-deb", "--extract", file.toString(), target.toString()));
      }
    }
  }

  private static boolean succeeds(Path folder, List<String> command) {
    try {
      return Commands.run(folder, LIMIT, command).succeeded();
    } catch (IOException e) {
      return false; // no apt-get here: the caller's advice covers it
    }
  }
}
