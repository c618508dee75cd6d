package orchestrator.server.config;

import java.util.Locale;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One key: its name in the file, its type, default and meaning. Compared by identity; all keys are
 * constants of the group records.
 */
public final class ConfigurationKey<T> {

  private static final JsonMapper MAPPER = JsonMapper.shared();

  /** What sets a key apart when it is read or shown. */
  enum Trait {
    /** Never shown in messages, and only on demand in a dump. */
    SECRET,
    /** {@code ${NAME}} in its value is replaced by an environment variable. */
    FROM_ENVIRONMENT
  }

  private final String name;
  private final KeyType<T> type;
  private final T defaultValue;
  private final String meaning;
  private final Set<Trait> traits;

  ConfigurationKey(
      String name, KeyType<T> type, Object defaultJson, String meaning, Set<Trait> traits) {
    this.name = name;
    this.type = type;
    this.meaning = meaning;
    this.traits = Set.copyOf(traits);
    JsonNode node = MAPPER.valueToTree(defaultJson);
    this.defaultValue =
        switch (type.decode(node)) {
          case Decoded.Valid<T>(T value) -> value;
          case Decoded.Invalid<T>(String expectation) ->
              throw new IllegalArgumentException(
                  "default of " + name + " " + expectation + ": " + node);
        };
  }

  /** The name as documented; files may write it in any case. */
  public String name() {
    return name;
  }

  /** One line for the reference. */
  public String meaning() {
    return meaning;
  }

  /** Whether it acts in this version. */
  public KeyStatus status() {
    return KeyStatuses.of(name);
  }

  /** Whether the value must not be shown. */
  public boolean secret() {
    return traits.contains(Trait.SECRET);
  }

  /** Whether {@code ${NAME}} is replaced by an environment variable. */
  public boolean fromEnvironment() {
    return traits.contains(Trait.FROM_ENVIRONMENT);
  }

  /** What a value must be, as a phrase. */
  public String allowed() {
    return type.allowed();
  }

  KeyType<T> type() {
    return type;
  }

  T defaultValue() {
    return defaultValue;
  }

  Object defaultJson() {
    return type.encode(defaultValue);
  }

  /** How key names are compared. */
  static String folded(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  @Override
  public String toString() {
    return name;
  }
}
