package orchestrator.server.config;

import java.nio.file.Path;
import java.util.Map;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * What differs from the documented defaults when there is no file at all: a newcomer's server works
 * at once and is reachable from its own host only.
 */
final class StandaloneDefaults {

  private StandaloneDefaults() {}

  static Map<ConfigurationKey<?>, Setting> settings(Map<String, String> environment) {
    return Map.of(
        BackendConfiguration.BACKEND_DB, setting("sqlite"),
        BackendConfiguration.SQLITE_DATA_FILE,
            setting(dataDirectory(environment).resolve("orchestrator.sqlite3").toString()),
        HttpConfiguration.LISTEN_ADDRESS, setting("127.0.0.1:3000"));
  }

  /** {@code $XDG_DATA_HOME/orchestrator}, by default {@code ~/.local/share/orchestrator}. */
  static Path dataDirectory(Map<String, String> environment) {
    String data = environment.getOrDefault("XDG_DATA_HOME", "");
    // The XDG base directory specification: a relative path is invalid and to be ignored.
    if (Path.of(data).isAbsolute()) {
      return Path.of(data, "orchestrator");
    }
    String home = environment.getOrDefault("HOME", "");
    return Path.of(home.isEmpty() ? System.getProperty("user.home", ".") : home)
        .resolve(Path.of(".local", "share", "orchestrator"));
  }

  private static Setting setting(String value) {
    return new Setting(JsonNodeFactory.instance.stringNode(value), Setting.BUILT_IN, 0);
  }
}
