package orchestrator.server.config;

import java.util.LinkedHashMap;
import java.util.Map;

/** The effective configuration as JSON, in the order of the reference. */
public final class ConfigurationDump {

  private static final String HIDDEN = "(hidden)";

  private ConfigurationDump() {}

  /**
   * Writes all keys with their effective values.
   *
   * @param showSecrets whether passwords are written; otherwise those that are set read {@code
   *     (hidden)}
   */
  public static String json(Configuration configuration, boolean showSecrets) {
    Map<String, Object> entries = new LinkedHashMap<>();
    for (ConfigurationKey<?> key : ConfigurationKeys.all()) {
      Object value = configuration.values().encoded(key);
      boolean hide = key.secret() && !showSecrets && !value.equals("");
      entries.put(key.name(), hide ? HIDDEN : value);
    }
    return ConfigurationJson.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(entries);
  }
}
