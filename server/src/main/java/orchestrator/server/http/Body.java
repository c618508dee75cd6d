package orchestrator.server.http;

import java.util.Collection;
import orchestrator.core.topology.InstanceKey;

/** Writes one JSON value. */
@FunctionalInterface
interface Body {
  Body NULL = Json::nothing;

  void write(Json out);

  static Body text(String value) {
    return out -> out.text(value);
  }

  static Body number(long value) {
    return out -> out.number(value);
  }

  static Body key(InstanceKey key) {
    return out -> out.key(key);
  }

  static Body keys(Collection<InstanceKey> keys) {
    return list(keys, Body::key);
  }

  static Body texts(Collection<String> values) {
    return list(values, Body::text);
  }

  static <T> Body list(Collection<T> values, View<T> view) {
    return out -> {
      out.startArray();
      for (T value : values) {
        view.of(value).write(out);
      }
      out.endArray();
    };
  }

  /** How values of a type are shown. */
  @FunctionalInterface
  interface View<T> {
    Body of(T value);
  }
}
