package orchestrator.server.config;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Lays files over one another: a later scalar or list replaces, a later map adds, {@code null}
 * leaves a scalar as it is and empties a list or map.
 */
final class ConfigurationMerge {

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final Map<ConfigurationKey<?>, Setting> settings = new LinkedHashMap<>();
  private final Set<String> unknown = new HashSet<>();
  private final ProblemCollector problems;

  ConfigurationMerge(ProblemCollector problems) {
    this.problems = problems;
  }

  Map<ConfigurationKey<?>, Setting> settings() {
    return settings;
  }

  void add(ConfigurationSource source) {
    Map<ConfigurationKey<?>, Integer> linesInThisFile = new HashMap<>();
    for (ConfigurationEntry entry : ConfigurationJson.entries(source, problems)) {
      Optional<ConfigurationKey<?>> known = ConfigurationKeys.named(entry.name());
      if (known.isEmpty()) {
        reportUnknown(source, entry);
        continue;
      }
      ConfigurationKey<?> key = known.get();
      Integer earlier = linesInThisFile.put(key, entry.line());
      if (earlier != null) {
        problems.warning(
            new ConfigurationProblem(
                source.name(),
                entry.line(),
                key.name(),
                "",
                "is also on line " + earlier + "; the last one counts"));
      }
      put(key, new Setting(entry.value(), source.name(), entry.line()));
    }
  }

  private void reportUnknown(ConfigurationSource source, ConfigurationEntry entry) {
    if (unknown.add(ConfigurationKey.folded(entry.name()))) {
      problems.warning(
          new ConfigurationProblem(
              source.name(),
              entry.line(),
              entry.name(),
              "",
              UnknownKeys.explanation(entry.name())));
    }
  }

  private void put(ConfigurationKey<?> key, Setting setting) {
    JsonShape shape = key.type().shape();
    if (setting.value().isNull()) {
      emptied(shape)
          .ifPresent(
              empty -> settings.put(key, new Setting(empty, setting.source(), setting.line())));
    } else if (!shape.accepts(setting.value())) {
      problems.error(setting.problem(key, "must be " + key.allowed()));
    } else {
      settings.merge(key, setting, shape.isMap() ? ConfigurationMerge::joined : (_, last) -> last);
    }
  }

  private static Optional<JsonNode> emptied(JsonShape shape) {
    if (shape.isMap()) {
      return Optional.of(NODES.objectNode());
    }
    return shape.isList() ? Optional.of(NODES.arrayNode()) : Optional.empty();
  }

  private static Setting joined(Setting earlier, Setting later) {
    ObjectNode all = NODES.objectNode();
    earlier.value().properties().forEach(entry -> all.set(entry.getKey(), entry.getValue()));
    later.value().properties().forEach(entry -> all.set(entry.getKey(), entry.getValue()));
    return new Setting(all, later.source(), later.line());
  }
}
