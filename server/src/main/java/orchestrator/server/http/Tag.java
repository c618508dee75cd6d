package orchestrator.server.http;

import java.util.Map;
import java.util.Optional;

/**
 * A tag as requests write it: {@code name}, {@code name=value}, and with a leading {@code ~} (or
 * {@code !}) its negation.
 *
 * @param value empty when none was written; an empty text when it was written as {@code name=}
 */
record Tag(String name, Optional<String> value, boolean negated) {

  /**
   * Reads the text of a query parameter.
   *
   * @throws ApiException when it has no name
   */
  static Tag parse(String text) {
    String trimmed = text.trim();
    boolean negated = trimmed.startsWith("~") || trimmed.startsWith("!");
    String rest = negated ? trimmed.substring(1).trim() : trimmed;
    int equals = rest.indexOf('=');
    String name = equals < 0 ? rest : rest.substring(0, equals);
    if (name.isBlank()) {
      throw ApiException.badRequest("Invalid tag: '" + text + "'. Use name or name=value");
    }
    Optional<String> value =
        equals < 0 ? Optional.empty() : Optional.of(rest.substring(equals + 1));
    return new Tag(name, value, negated);
  }

  static Tag named(String name, Optional<String> value) {
    if (name.indexOf('=') >= 0) {
      throw ApiException.badRequest("Invalid tag name: " + name);
    }
    return new Tag(name, value, false);
  }

  /** Whether a server with these tags is meant. */
  boolean isFoundIn(Map<String, String> tags) {
    String present = tags.get(name);
    if (value.isEmpty()) {
      return (present != null) != negated;
    }
    return present != null && present.equals(value.get()) != negated;
  }

  String displayString() {
    return name + value.map(v -> "=" + v).orElse("");
  }
}
