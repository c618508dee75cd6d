package orchestrator.server.config;

import static orchestrator.server.config.KeyTypes.bool;

/** Process and logging: How the process itself behaves. */
public record ProcessConfiguration(ConfigurationValues values) {

  private static final KeyGroup.Builder KEYS = KeyGroup.named("Process and logging");

  static final ConfigurationKey<Boolean> DEBUG =
      KEYS.key("Debug", bool(), false, "Raise the log level to DEBUG, like the flag --debug.");

  public boolean debug() {
    return values.get(DEBUG);
  }

  static final ConfigurationKey<Boolean> ENABLE_SYSLOG =
      KEYS.key(
          "EnableSyslog",
          bool(),
          false,
          "Adds a syslog sink to the application log (tag orchestrator).");

  public boolean syslog() {
    return values.get(ENABLE_SYSLOG);
  }

  static final KeyGroup GROUP = KEYS.build();
}
