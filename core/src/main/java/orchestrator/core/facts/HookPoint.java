package orchestrator.core.facts;

import java.util.Optional;

/** The moments at which operators' processes run, by their configuration key. */
public enum HookPoint {
  ON_FAILURE_DETECTION("OnFailureDetectionProcesses"),
  PRE_GRACEFUL_TAKEOVER("PreGracefulTakeoverProcesses"),
  PRE_FAILOVER("PreFailoverProcesses"),
  FENCING("FencingProcesses"),
  POST_MASTER_FAILOVER("PostMasterFailoverProcesses"),
  POST_INTERMEDIATE_MASTER_FAILOVER("PostIntermediateMasterFailoverProcesses"),
  POST_FAILOVER("PostFailoverProcesses"),
  POST_UNSUCCESSFUL_FAILOVER("PostUnsuccessfulFailoverProcesses"),
  POST_GRACEFUL_TAKEOVER("PostGracefulTakeoverProcesses"),
  POST_TAKE_MASTER("PostTakeMasterProcesses");

  private final String configurationKey;

  HookPoint(String configurationKey) {
    this.configurationKey = configurationKey;
  }

  public String configurationKey() {
    return configurationKey;
  }

  /** Whether what follows must not happen when a process of this moment fails. */
  public boolean mayForbid() {
    return switch (this) {
      case ON_FAILURE_DETECTION, PRE_GRACEFUL_TAKEOVER, PRE_FAILOVER, FENCING -> true;
      case POST_MASTER_FAILOVER,
          POST_INTERMEDIATE_MASTER_FAILOVER,
          POST_FAILOVER,
          POST_UNSUCCESSFUL_FAILOVER,
          POST_GRACEFUL_TAKEOVER,
          POST_TAKE_MASTER ->
          false;
    };
  }

  public static Optional<HookPoint> ofConfigurationKey(String key) {
    for (HookPoint point : values()) {
      if (point.configurationKey.equals(key)) {
        return Optional.of(point);
      }
    }
    return Optional.empty();
  }
}
