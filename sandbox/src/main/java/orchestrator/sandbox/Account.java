package orchestrator.sandbox;

/**
 * The accounts of every sandbox server, all limited to loopback. The grants are in {@code
 * install/*.sql}, one file per kind.
 */
public enum Account {
  /** Everything; not limited by read_only. */
  ADMIN("admin"),
  /** The manager's topology user, with the least privilege that its statements need. */
  ORCHESTRATOR("orchestrator"),
  /** The replication user. */
  REPLICATION("repl"),
  /** All rights on schema {@code app} only: read_only holds for it, as it does for applications. */
  APPLICATION("app");

  private final String user;

  Account(String user) {
    this.user = user;
  }

  public String user() {
    return user;
  }

  /** Equal to the user's name. */
  public String password() {
    return user;
  }
}
