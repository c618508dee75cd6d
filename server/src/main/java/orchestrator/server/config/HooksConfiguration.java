package orchestrator.server.config;

import static orchestrator.server.config.KeyTypes.nonEmptyText;
import static orchestrator.server.config.KeyTypes.texts;

import java.time.Duration;
import java.util.List;
import orchestrator.core.facts.HookPoint;

/**
 * Hooks: Commands of the operator that run when something happens. Their text is never subject to
 * environment substitution.
 */
public record HooksConfiguration(ConfigurationValues values) {

  private static final KeyGroup.Builder KEYS = KeyGroup.named("Hooks");

  static final ConfigurationKey<String> PROCESSES_SHELL_COMMAND =
      KEYS.key(
          "ProcessesShellCommand",
          nonEmptyText(),
          "bash",
          "Program that runs hook commands; one executable, no arguments.");

  public String shell() {
    return values.get(PROCESSES_SHELL_COMMAND);
  }

  static final ConfigurationKey<List<String>> ON_FAILURE_DETECTION_PROCESSES =
      KEYS.key(
          "OnFailureDetectionProcesses", texts(), List.of(), "On a newly registered detection.");

  static final ConfigurationKey<List<String>> PRE_GRACEFUL_TAKEOVER_PROCESSES =
      KEYS.key(
          "PreGracefulTakeoverProcesses",
          texts(),
          List.of(),
          "Before a planned takeover locks the master.");

  static final ConfigurationKey<List<String>> PRE_FAILOVER_PROCESSES =
      KEYS.key("PreFailoverProcesses", texts(), List.of(), "Before any recovery acts.");

  static final ConfigurationKey<List<String>> POST_MASTER_FAILOVER_PROCESSES =
      KEYS.key(
          "PostMasterFailoverProcesses",
          texts(),
          List.of(),
          "After a successful master/co-master recovery.");

  static final ConfigurationKey<List<String>> POST_INTERMEDIATE_MASTER_FAILOVER_PROCESSES =
      KEYS.key(
          "PostIntermediateMasterFailoverProcesses",
          texts(),
          List.of(),
          "After a successful intermediate master or group member recovery.");

  static final ConfigurationKey<List<String>> POST_FAILOVER_PROCESSES =
      KEYS.key("PostFailoverProcesses", texts(), List.of(), "After any successful recovery.");

  static final ConfigurationKey<List<String>> POST_UNSUCCESSFUL_FAILOVER_PROCESSES =
      KEYS.key(
          "PostUnsuccessfulFailoverProcesses",
          texts(),
          List.of(),
          "After an attempted recovery without successor.");

  static final ConfigurationKey<List<String>> POST_GRACEFUL_TAKEOVER_PROCESSES =
      KEYS.key("PostGracefulTakeoverProcesses", texts(), List.of(), "After a planned takeover.");

  static final ConfigurationKey<List<String>> POST_TAKE_MASTER_PROCESSES =
      KEYS.key(
          "PostTakeMasterProcesses",
          texts(),
          List.of(),
          "After a successful take-master operation.");

  static final KeyGroup GROUP = KEYS.build();

  /** The commands that run at a moment, in order. */
  public List<String> commands(HookPoint point) {
    return values.get(
        switch (point) {
          case ON_FAILURE_DETECTION -> ON_FAILURE_DETECTION_PROCESSES;
          case PRE_GRACEFUL_TAKEOVER -> PRE_GRACEFUL_TAKEOVER_PROCESSES;
          case PRE_FAILOVER -> PRE_FAILOVER_PROCESSES;
          case FENCING -> NewKeys.FENCING_PROCESSES;
          case POST_MASTER_FAILOVER -> POST_MASTER_FAILOVER_PROCESSES;
          case POST_INTERMEDIATE_MASTER_FAILOVER -> POST_INTERMEDIATE_MASTER_FAILOVER_PROCESSES;
          case POST_FAILOVER -> POST_FAILOVER_PROCESSES;
          case POST_UNSUCCESSFUL_FAILOVER -> POST_UNSUCCESSFUL_FAILOVER_PROCESSES;
          case POST_GRACEFUL_TAKEOVER -> POST_GRACEFUL_TAKEOVER_PROCESSES;
          case POST_TAKE_MASTER -> POST_TAKE_MASTER_PROCESSES;
        });
  }

  /** How long one command may run before it is killed. */
  public Duration timeout() {
    return values.get(NewKeys.HOOK_TIMEOUT_SECONDS);
  }
}
