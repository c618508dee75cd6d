package orchestrator.server.config;

import tools.jackson.databind.JsonNode;

/**
 * A raw value and where it was written.
 *
 * @param source the file, or a phrase in parentheses
 * @param line from 1; 0 when unknown
 */
record Setting(JsonNode value, String source, int line) {

  static final String BUILT_IN = "(built in)";

  private static final int SHOWN_LENGTH = 120;

  /** The value for a message: hidden when secret, shortened when long. */
  static String shown(ConfigurationKey<?> key, JsonNode value) {
    return key.secret() ? "(hidden)" : shortened(value.toString());
  }

  private static String shortened(String text) {
    return text.length() <= SHOWN_LENGTH ? text : text.substring(0, SHOWN_LENGTH) + "…";
  }

  ConfigurationProblem problem(ConfigurationKey<?> key, String explanation) {
    return new ConfigurationProblem(source, line, key.name(), shown(key, value), explanation);
  }
}
