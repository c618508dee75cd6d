package orchestrator.server.mysql;

/**
 * How a replica logs in to its source.
 *
 * @param caFile file names on the replica; empty where not known
 */
public record ReplicationCredentials(
    String user, String password, String caFile, String certFile, String keyFile) {
  public static ReplicationCredentials of(String user, String password) {
    return new ReplicationCredentials(user, password, "", "", "");
  }

  /** Keeps the password out of logs. */
  @Override
  public String toString() {
    return "ReplicationCredentials[user=" + user + "]";
  }
}
