package orchestrator.core.topology;

/** The family of a server, told from its version text and comment. */
public enum Flavor {
  MYSQL("MySQL"),
  PERCONA("Percona"),
  MARIADB("MariaDB"),
  MAXSCALE("MaxScale"),
  UNKNOWN("unknown");

  private final String displayName;

  Flavor(String displayName) {
    this.displayName = displayName;
  }

  /** The name the HTTP API shows. */
  public String displayName() {
    return displayName;
  }

  /** Whether the server has Oracle's GTIDs and its statements. */
  public boolean isMySqlFamily() {
    return this == MYSQL || this == PERCONA;
  }
}
