package orchestrator.server.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The keys of one topic, in the order of the reference.
 *
 * @param title heading in the reference
 */
public record KeyGroup(String title, List<ConfigurationKey<?>> keys) {

  public KeyGroup {
    keys = List.copyOf(keys);
  }

  static Builder named(String title) {
    return new Builder(title);
  }

  /** Collects the keys of a group as the constants of its record are initialised. */
  static final class Builder {
    private final String title;
    private final List<ConfigurationKey<?>> keys = new ArrayList<>();

    private Builder(String title) {
      this.title = title;
    }

    /**
     * Declares a key.
     *
     * @param defaultJson the default as it would be written in a file
     */
    <T> ConfigurationKey<T> key(
        String name,
        KeyType<T> type,
        Object defaultJson,
        String meaning,
        ConfigurationKey.Trait... traits) {
      var key = new ConfigurationKey<>(name, type, defaultJson, meaning, Set.of(traits));
      keys.add(key);
      return key;
    }

    KeyGroup build() {
      return new KeyGroup(title, keys);
    }
  }
}
