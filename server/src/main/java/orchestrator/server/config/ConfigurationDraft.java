package orchestrator.server.config;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** Values on their way to a snapshot: typed, and being derived. Used by one thread. */
final class ConfigurationDraft {

  private final Map<ConfigurationKey<?>, Object> values = new HashMap<>();
  private final Map<ConfigurationKey<?>, Setting> settings;
  private final Set<ConfigurationKey<?>> broken = new HashSet<>();
  private final ProblemCollector problems;

  /** Types all settings; the bad ones go to the collector and count as broken. */
  ConfigurationDraft(Map<ConfigurationKey<?>, Setting> settings, ProblemCollector problems) {
    this.settings = Map.copyOf(settings);
    this.problems = problems;
    ConfigurationKeys.all().forEach(this::decode);
  }

  private <T> void decode(ConfigurationKey<T> key) {
    Setting setting = settings.get(key);
    if (setting == null) {
      values.put(key, key.defaultValue());
      return;
    }
    switch (key.type().decode(setting.value())) {
      case Decoded.Valid<T>(T value) -> values.put(key, value);
      case Decoded.Invalid<T>(String expectation) -> {
        values.put(key, key.defaultValue());
        broken.add(key);
        problems.error(setting.problem(key, expectation));
      }
    }
  }

  <T> T get(ConfigurationKey<T> key) {
    return ConfigurationValues.valueIn(values, key);
  }

  /** The values as they are now. */
  ConfigurationValues snapshot() {
    return new ConfigurationValues(values);
  }

  <T> void set(ConfigurationKey<T> key, T value) {
    values.put(key, value);
  }

  /** Whether a file holds this key. */
  boolean isWritten(ConfigurationKey<?> key) {
    return settings.containsKey(key);
  }

  /** Whether a file sets this key to false, whatever it was derived to since. */
  boolean isWrittenFalse(ConfigurationKey<Boolean> key) {
    Setting setting = settings.get(key);
    return setting != null && setting.value().isBoolean() && !setting.value().booleanValue();
  }

  /** Whether the values of all these keys were valid by themselves. */
  boolean sound(ConfigurationKey<?>... keys) {
    return Stream.of(keys).noneMatch(broken::contains);
  }

  /** Reports a key whose value does not go with the others. */
  void error(ConfigurationKey<?> key, String explanation) {
    problems.error(problem(key, explanation));
  }

  void warn(ConfigurationKey<?> key, String explanation) {
    problems.warning(problem(key, explanation));
  }

  ConfigurationProblem problem(ConfigurationKey<?> key, String explanation) {
    JsonNode value = ConfigurationJson.MAPPER.valueToTree(key.defaultJson());
    return settings.getOrDefault(key, new Setting(value, "(default)", 0)).problem(key, explanation);
  }
}
