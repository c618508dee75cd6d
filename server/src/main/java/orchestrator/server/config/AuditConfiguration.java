package orchestrator.server.config;

import static orchestrator.server.config.KeyTypes.bool;
import static orchestrator.server.config.KeyTypes.days;
import static orchestrator.server.config.KeyTypes.path;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Audit: Where it is written what was done. */
public record AuditConfiguration(ConfigurationValues values) {

  private static final KeyGroup.Builder KEYS = KeyGroup.named("Audit");

  static final ConfigurationKey<Optional<Path>> AUDIT_LOG_FILE =
      KEYS.key("AuditLogFile", path(), "", "Append audit lines to this file.");

  public Optional<Path> logFile() {
    return values.get(AUDIT_LOG_FILE);
  }

  static final ConfigurationKey<Boolean> AUDIT_TO_SYSLOG =
      KEYS.key("AuditToSyslog", bool(), false, "Send audit lines to syslog.");

  public boolean toSyslog() {
    return values.get(AUDIT_TO_SYSLOG);
  }

  static final ConfigurationKey<Boolean> AUDIT_TO_BACKEND_DB =
      KEYS.key("AuditToBackendDB", bool(), false, "Insert audit rows in the backend.");

  public boolean toBackend() {
    return values.get(AUDIT_TO_BACKEND_DB);
  }

  static final ConfigurationKey<Duration> AUDIT_PURGE_DAYS =
      KEYS.key(
          "AuditPurgeDays",
          days(1),
          7,
          "Retention of audit, topology_failure_detection, topology_recovery and "
              + "topology_recovery_steps.");

  public Duration retention() {
    return values.get(AUDIT_PURGE_DAYS);
  }

  static final KeyGroup GROUP = KEYS.build();
}
