package orchestrator.server.config;

/**
 * Something in the configuration that is wrong or worth knowing. Holds no secret.
 *
 * @param source the file, or where else the value came from
 * @param line line in the file, from 1; 0 when unknown
 * @param key the key as documented, or as written when unknown; empty when the file as a whole is
 *     meant
 * @param value the value as JSON, shortened; empty when the problem is not a value
 * @param explanation what is wrong and what is allowed
 */
public record ConfigurationProblem(
    String source, int line, String key, String value, String explanation) {

  /** One line for a person. */
  public String message() {
    String where = line > 0 ? source + ":" + line : source;
    if (key.isEmpty()) {
      return where + ": " + explanation;
    }
    if (value.isEmpty()) {
      return where + ": " + key + " " + explanation;
    }
    return where + ": " + key + " is " + value + ": " + explanation;
  }

  @Override
  public String toString() {
    return message();
  }
}
