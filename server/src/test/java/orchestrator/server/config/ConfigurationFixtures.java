package orchestrator.server.config;

import java.util.List;
import java.util.Map;
import orchestrator.server.config.ConfigurationResult.Invalid;
import orchestrator.server.config.ConfigurationResult.Loaded;
import orchestrator.server.config.ConfigurationResult.Refused;

/** Configurations for tests, made of the JSON an operator would write. */
public final class ConfigurationFixtures {

  /** A backend that needs nothing. */
  private static final String SQLITE = "\"BackendDB\": \"sqlite\", \"SQLite3DataFile\": \"x.db\"";

  private ConfigurationFixtures() {}

  /** The defaults with SQLite as the backend. */
  public static Configuration defaults() {
    return with("");
  }

  /**
   * The defaults with some keys set.
   *
   * @param entries JSON entries without the outer braces, such as {@code "\"Debug\": true"}
   */
  public static Configuration with(String entries) {
    return switch (parse(entries)) {
      case Loaded(Configuration configuration, _) -> configuration;
      case Refused refused -> throw new IllegalArgumentException(refused.refusals().toString());
      case Invalid invalid -> throw new IllegalArgumentException(invalid.errors().toString());
    };
  }

  static ConfigurationResult parse(String entries) {
    return parse(entries, Map.of());
  }

  static ConfigurationResult parse(String entries, Map<String, String> environment) {
    return ConfigurationLoader.parse(
        "test.json", "{" + SQLITE + ",\n" + entries + "}", environment);
  }

  static List<String> errors(ConfigurationResult result) {
    return switch (result) {
      case Loaded _ -> List.of();
      case Refused _ -> List.of();
      case Invalid invalid -> messages(invalid.errors());
    };
  }

  static List<String> refusals(ConfigurationResult result) {
    return result instanceof Refused refused ? messages(refused.refusals()) : List.of();
  }

  static List<String> warnings(ConfigurationResult result) {
    return messages(result.warnings());
  }

  private static List<String> messages(List<ConfigurationProblem> problems) {
    return problems.stream().map(ConfigurationProblem::message).toList();
  }
}
