package orchestrator.server.config;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import orchestrator.server.config.ConfigurationResult.Invalid;
import orchestrator.server.config.ConfigurationResult.Loaded;
import orchestrator.server.config.ConfigurationResult.Refused;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Makes a {@link Configuration} of files and the environment. Keeps nothing: to reload, load again.
 */
public final class ConfigurationLoader {

  private final Map<String, String> environment;
  private final ProblemCollector problems = new ProblemCollector();

  private ConfigurationLoader(Map<String, String> environment) {
    this.environment = environment;
  }

  /**
   * Reads files, each laid over the ones before. Without any file the result is a standalone server
   * that only this host can reach, with its state under the user's data directory.
   *
   * @param files from {@link ConfigurationFiles}; each must be readable
   * @param environment what {@code ${NAME}} and the data directory are taken from
   */
  public static ConfigurationResult load(List<Path> files, Map<String, String> environment) {
    ConfigurationLoader loader = new ConfigurationLoader(environment);
    List<ConfigurationSource> sources =
        files.stream()
            .map(file -> ConfigurationSource.read(file, loader.problems))
            .flatMap(Optional::stream)
            .toList();
    return loader.load(sources, files.isEmpty());
  }

  /**
   * Reads a text as if it were the only file.
   *
   * @param name shown in messages
   */
  public static ConfigurationResult parse(
      String name, String text, Map<String, String> environment) {
    return new ConfigurationLoader(environment)
        .load(List.of(new ConfigurationSource(name, text)), false);
  }

  private ConfigurationResult load(List<ConfigurationSource> sources, boolean withoutFile) {
    ConfigurationMerge merge = new ConfigurationMerge(problems);
    sources.forEach(merge::add);
    Map<ConfigurationKey<?>, Setting> settings = new LinkedHashMap<>(merge.settings());
    if (withoutFile) {
      settings.putAll(StandaloneDefaults.settings(environment));
    }
    readCredentials(
        settings,
        BackendConfiguration.MYSQL_ORCHESTRATOR_CREDENTIALS_CONFIG_FILE,
        BackendConfiguration.MYSQL_ORCHESTRATOR_USER,
        BackendConfiguration.MYSQL_ORCHESTRATOR_PASSWORD);
    readCredentials(
        settings,
        TopologyAccessConfiguration.MYSQL_TOPOLOGY_CREDENTIALS_CONFIG_FILE,
        TopologyAccessConfiguration.MYSQL_TOPOLOGY_USER,
        TopologyAccessConfiguration.MYSQL_TOPOLOGY_PASSWORD);
    substituteEnvironment(settings);
    ConfigurationDraft draft = new ConfigurationDraft(settings, problems);
    Derivations.apply(draft);
    return result(draft, sources.stream().map(ConfigurationSource::name).toList());
  }

  private void readCredentials(
      Map<ConfigurationKey<?>, Setting> settings,
      ConfigurationKey<Optional<Path>> fileKey,
      ConfigurationKey<String> userKey,
      ConfigurationKey<String> passwordKey) {
    Setting setting = settings.get(fileKey);
    if (setting == null
        || !(fileKey.type().decode(setting.value())
            instanceof Decoded.Valid<Optional<Path>>(Optional<Path> file))
        || file.isEmpty()) {
      return;
    }
    var nodes = JsonNodeFactory.instance;
    CredentialsFile.read(file.get(), problems)
        .ifPresent(credentials -> {
          String source = file.get().toString();
          settings.put(userKey, new Setting(nodes.stringNode(credentials.user()), source, 0));
          settings.put(
              passwordKey, new Setting(nodes.stringNode(credentials.password()), source, 0));
        });
  }

  private void substituteEnvironment(Map<ConfigurationKey<?>, Setting> settings) {
    EnvironmentSubstitution substitution = new EnvironmentSubstitution(environment, problems);
    for (ConfigurationKey<?> key : List.copyOf(settings.keySet())) {
      Setting setting = settings.get(key);
      if (key.fromEnvironment() && setting != null) {
        substitution
            .apply(key, setting)
            .ifPresentOrElse(replaced -> settings.put(key, replaced), () -> settings.remove(key));
      }
    }
  }

  private ConfigurationResult result(ConfigurationDraft draft, List<String> sources) {
    ConfigurationValues values = draft.snapshot();
    Advice.warn(draft, values, problems);
    if (!problems.errors().isEmpty()) {
      return new Invalid(problems.errors(), problems.warnings());
    }
    Configuration configuration = new Configuration(values, sources);
    List<ConfigurationProblem> refusals = Advice.refusals(draft, values);
    return refusals.isEmpty()
        ? new Loaded(configuration, problems.warnings())
        : new Refused(configuration, refusals, problems.warnings());
  }
}
