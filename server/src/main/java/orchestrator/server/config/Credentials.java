package orchestrator.server.config;

/**
 * A user and its password. Never printed with the password.
 *
 * @param user may be empty
 * @param password may be empty
 */
public record Credentials(String user, String password) {
  @Override
  public String toString() {
    return "Credentials[user=" + user + "]";
  }
}
