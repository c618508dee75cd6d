package orchestrator.sandbox;

/** How soon replicas notice that their master has gone. */
public enum Profile {
  /**
   * slave_net_timeout 4 s, connect retry 1 s, heartbeat 1 s: what a manager's documentation
   * advises.
   */
  TUNED,
  /** The servers' own defaults: slave_net_timeout 60 s, connect retry 60 s, heartbeat 30 s. */
  SERVER_DEFAULTS
}
