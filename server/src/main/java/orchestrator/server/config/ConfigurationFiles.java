package orchestrator.server.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Where the configuration is looked for. */
public final class ConfigurationFiles {

  private ConfigurationFiles() {}

  /**
   * The files to load, in order: the one asked for, whether it exists or not; else those that exist
   * of {@code /etc/orchestrator.conf.json}, {@code conf/orchestrator.conf.json} and {@code
   * orchestrator.conf.json}.
   *
   * @param askedFor the value of {@code --config}
   * @param workingDirectory what relative locations are relative to
   */
  public static List<Path> find(Optional<Path> askedFor, Path workingDirectory) {
    return find(askedFor, Path.of("/etc"), workingDirectory);
  }

  static List<Path> find(Optional<Path> askedFor, Path systemDirectory, Path workingDirectory) {
    if (askedFor.isPresent()) {
      return List.of(askedFor.get());
    }
    String name = "orchestrator.conf.json";
    return List.of(
            systemDirectory.resolve(name),
            workingDirectory.resolve("conf").resolve(name),
            workingDirectory.resolve(name))
        .stream()
        // One that exists and cannot be read must be an error, not be passed over.
        .filter(file -> !Files.notExists(file))
        .toList();
  }
}
