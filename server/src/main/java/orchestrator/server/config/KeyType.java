package orchestrator.server.config;

import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/**
 * How the value of a key is written in JSON and what it becomes.
 *
 * @param shape JSON form
 * @param allowed what a valid value is, to be read after "must be "
 * @param decoder typed value of a node that has the right shape
 * @param encoder the JSON value again: Boolean, Number, String, List or Map
 */
record KeyType<T>(
    JsonShape shape,
    String allowed,
    Function<JsonNode, Decoded<T>> decoder,
    Function<T, Object> encoder) {

  Decoded<T> decode(JsonNode node) {
    if (!shape.accepts(node)) {
      return new Decoded.Invalid<>("must be " + allowed);
    }
    return decoder.apply(node);
  }

  Object encode(T value) {
    return encoder.apply(value);
  }
}
