package orchestrator.server.config;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Replaces {@code ${NAME}} by the environment variable of that name; a doubled dollar sign before
 * the brace keeps it as plain text. A variable that is not set is an error: an empty password would
 * be tried silently.
 */
final class EnvironmentSubstitution {

  private static final Pattern REFERENCE = Pattern.compile("\\$\\$\\{|\\$\\{([^}]*)}");
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  private final Map<String, String> environment;
  private final ProblemCollector problems;

  EnvironmentSubstitution(Map<String, String> environment, ProblemCollector problems) {
    this.environment = environment;
    this.problems = problems;
  }

  /** The setting with all references replaced; empty when one cannot be. */
  Optional<Setting> apply(ConfigurationKey<?> key, Setting setting) {
    return substitute(key, setting, setting.value())
        .map(value -> new Setting(value, setting.source(), setting.line()));
  }

  private Optional<JsonNode> substitute(ConfigurationKey<?> key, Setting setting, JsonNode value) {
    if (value.isString()) {
      return substitute(key, setting, value.stringValue())
          .map(JsonNodeFactory.instance::stringNode);
    }
    ArrayNode entries = JsonNodeFactory.instance.arrayNode();
    for (JsonNode entry : value) {
      substitute(key, setting, entry).ifPresent(entries::add);
    }
    return entries.size() == value.size() ? Optional.of(entries) : Optional.empty();
  }

  private Optional<String> substitute(ConfigurationKey<?> key, Setting setting, String text) {
    Matcher matcher = REFERENCE.matcher(text);
    StringBuilder result = new StringBuilder();
    boolean complete = true;
    while (matcher.find()) {
      String name = matcher.group(1);
      if (name == null) {
        matcher.appendReplacement(result, Matcher.quoteReplacement("${"));
        continue;
      }
      String value = environment.get(name);
      if (value == null) {
        complete = false;
        problems.error(setting.problem(key, missing(name)));
      }
      matcher.appendReplacement(result, Matcher.quoteReplacement(value == null ? "" : value));
    }
    matcher.appendTail(result);
    return complete ? Optional.of(result.toString()) : Optional.empty();
  }

  private static String missing(String name) {
    return NAME.matcher(name).matches()
        ? "the environment variable " + name + " is not set"
        : "${…} must hold the name of an environment variable; write $${ for a plain ${";
  }
}
