package orchestrator.server.codec;

import orchestrator.core.state.LogPosition;
import orchestrator.core.state.ReplicatedState.KeyValue;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.deser.std.StdDeserializer;
import tools.jackson.databind.ser.std.StdSerializer;

/** Values were plain texts before they said who wrote them; those that cannot say still are. */
final class KeyValueForm {
  private static final String VALUE = "value";
  private static final String TERM = "term";
  private static final String INDEX = "index";

  private KeyValueForm() {}

  static ValueSerializer<KeyValue> writer() {
    return new StdSerializer<>(KeyValue.class) {
      @Override
      public void serialize(KeyValue value, JsonGenerator out, SerializationContext context) {
        if (value.written().equals(LogPosition.NONE)) {
          out.writeString(value.value());
          return;
        }
        out.writeStartObject();
        out.writeStringProperty(VALUE, value.value());
        out.writeNumberProperty(TERM, value.written().term());
        out.writeNumberProperty(INDEX, value.written().index());
        out.writeEndObject();
      }
    };
  }

  static StdDeserializer<KeyValue> reader() {
    return new StdDeserializer<>(KeyValue.class) {
      @Override
      public KeyValue deserialize(JsonParser in, DeserializationContext context) {
        return in.currentToken() == JsonToken.START_OBJECT
            ? ofFields(in)
            : new KeyValue(in.getString(), LogPosition.NONE);
      }
    };
  }

  private static KeyValue ofFields(JsonParser in) {
    String value = "";
    long term = 0;
    long index = 0;
    while (in.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = in.currentName();
      in.nextToken();
      switch (name) {
        case VALUE -> value = in.getString();
        case TERM -> term = in.getLongValue();
        case INDEX -> index = in.getLongValue();
        default -> in.skipChildren();
      }
    }
    return new KeyValue(value, new LogPosition(term, index));
  }
}
