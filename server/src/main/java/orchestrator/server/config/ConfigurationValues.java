package orchestrator.server.config;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** The valid values of all keys. Immutable. */
public final class ConfigurationValues {

  private final Map<ConfigurationKey<?>, Object> values;

  ConfigurationValues(Map<ConfigurationKey<?>, Object> values) {
    this.values = Map.copyOf(values);
  }

  /** The value of a key. */
  public <T> T get(ConfigurationKey<T> key) {
    return valueIn(values, key);
  }

  @SuppressWarnings("unchecked") // what is stored under a key is what its type decoded
  static <T> T valueIn(Map<ConfigurationKey<?>, Object> values, ConfigurationKey<T> key) {
    Object value = values.get(key);
    return value == null ? key.defaultValue() : (T) value;
  }

  /** A text; empty means none. */
  Optional<String> text(ConfigurationKey<String> key) {
    return Optional.of(get(key)).filter(text -> !text.isBlank());
  }

  /** A duration; zero means none. */
  Optional<Duration> positive(ConfigurationKey<Duration> key) {
    return Optional.of(get(key)).filter(Duration::isPositive);
  }

  /** The value as it would be written in a file. */
  <T> Object encoded(ConfigurationKey<T> key) {
    return key.type().encode(get(key));
  }

  boolean isDefault(ConfigurationKey<?> key) {
    return encoded(key).equals(key.defaultJson());
  }
}
