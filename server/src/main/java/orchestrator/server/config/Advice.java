package orchestrator.server.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What a valid configuration asks for that is old, without effect, not built yet, or refused. */
final class Advice {

  private Advice() {}

  /** Warns once of each old, dead and later key that a file holds. */
  static void warn(
      ConfigurationDraft draft, ConfigurationValues values, ProblemCollector problems) {
    var later = new ArrayList<String>();
    for (ConfigurationKey<?> key : ConfigurationKeys.all()) {
      if (!draft.isWritten(key)) {
        continue;
      }
      switch (key.status()) {
        case ALIAS -> draft.warn(key, aliasAdvice(key, values));
        case DEAD -> draft.warn(key, "has no effect and can be deleted");
        case LATER -> {
          if (!values.isDefault(key)) {
            later.add(key.name());
          }
        }
        case PARTLY -> {
          if (!values.isDefault(key)) {
            draft.warn(key, "is in effect in part: " + KeyStatuses.missing(key.name()));
          }
        }
        case PROTECTIVE_LATER, IN_EFFECT -> {}
      }
    }
    if (isOverruledByOldName(draft)) {
      draft.warn(
          RecoveryConfiguration.DETACH_LOST_REPLICAS_AFTER_MASTER_FAILOVER,
          "has no effect unless DetachLostSlavesAfterMasterFailover is false too");
    }
    if (!later.isEmpty()) {
      problems.warning(
          new ConfigurationProblem(
              "configuration",
              0,
              "",
              "",
              later.stream().collect(Collectors.joining(", ", "not yet in effect: ", ""))));
    }
  }

  private static String aliasAdvice(ConfigurationKey<?> key, ConfigurationValues values) {
    Duration block = values.get(RecoveryConfiguration.RECOVERY_PERIOD_BLOCK_SECONDS);
    if (key == RecoveryConfiguration.RECOVERY_PERIOD_BLOCK_MINUTES
        && !block.equals(values.get(RecoveryConfiguration.RECOVERY_PERIOD_BLOCK_MINUTES))) {
      return "has no effect, because RecoveryPeriodBlockSeconds is %d; set that one instead"
          .formatted(block.toSeconds());
    }
    return key.meaning();
  }

  private static boolean isOverruledByOldName(ConfigurationDraft draft) {
    return draft.isWrittenFalse(RecoveryConfiguration.DETACH_LOST_REPLICAS_AFTER_MASTER_FAILOVER)
        && draft.get(RecoveryConfiguration.DETACH_LOST_SLAVES_AFTER_MASTER_FAILOVER);
  }

  /** Why a server must not start with these values. */
  static List<ConfigurationProblem> refusals(ConfigurationDraft draft, ConfigurationValues values) {
    var refusals = new ArrayList<ConfigurationProblem>();
    if (values.get(BackendConfiguration.BACKEND_DB) == BackendConfiguration.Kind.MYSQL
        && (values.get(BackendConfiguration.MYSQL_ORCHESTRATOR_HOST).isEmpty()
            || values.get(BackendConfiguration.MYSQL_ORCHESTRATOR_DATABASE).isEmpty())) {
      refusals.add(
          draft.problem(
              BackendConfiguration.BACKEND_DB,
              "mysql needs MySQLOrchestratorHost and MySQLOrchestratorDatabase; set them, or set"
                  + " BackendDB to \"sqlite\" and SQLite3DataFile to the path of a file"));
    }
    authenticationRefusal(values)
        .map(text -> draft.problem(HttpConfiguration.AUTHENTICATION_METHOD, text))
        .ifPresent(refusals::add);
    for (ConfigurationKey<?> key : ConfigurationKeys.all()) {
      if (key.status() == KeyStatus.PROTECTIVE_LATER && !values.isDefault(key)) {
        refusals.add(
            draft.problem(
                key,
                "this version cannot do that yet, and starting without it would not be what was"
                    + " asked for; remove the key to start without it"));
      }
    }
    return refusals;
  }

  private static Optional<String> authenticationRefusal(ConfigurationValues values) {
    boolean hasUser = !values.get(HttpConfiguration.HTTP_AUTH_USER).isEmpty();
    return switch (values.get(HttpConfiguration.AUTHENTICATION_METHOD)) {
      case NONE, PROXY -> Optional.empty();
      case BASIC, MULTI ->
          hasUser
              ? Optional.empty()
              : Optional.of("this needs HTTPAuthUser and HTTPAuthPassword; set them");
      case TOKEN, OAUTH ->
          Optional.of("this version does not know users that way; use basic, multi or proxy");
    };
  }
}
