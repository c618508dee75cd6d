package orchestrator.server.config;

import tools.jackson.databind.JsonNode;

/** The JSON form of a key's value, before its meaning is looked at. */
enum JsonShape {
  BOOLEAN("true or false"),
  INTEGER("whole number"),
  NUMBER("number"),
  TEXT("text"),
  TEXT_LIST("list of texts"),
  TEXT_MAP("map of texts"),
  INTEGER_MAP("map of whole numbers");

  private final String description;

  JsonShape(String description) {
    this.description = description;
  }

  String description() {
    return description;
  }

  boolean accepts(JsonNode node) {
    return switch (this) {
      case BOOLEAN -> node.isBoolean();
      case INTEGER -> node.isIntegralNumber();
      case NUMBER -> node.isNumber();
      case TEXT -> node.isString();
      case TEXT_LIST -> node.isArray() && node.valueStream().allMatch(JsonNode::isString);
      case TEXT_MAP -> node.isObject() && node.valueStream().allMatch(JsonNode::isString);
      case INTEGER_MAP ->
          node.isObject() && node.valueStream().allMatch(JsonNode::isIntegralNumber);
    };
  }

  boolean isMap() {
    return this == TEXT_MAP || this == INTEGER_MAP;
  }

  boolean isList() {
    return this == TEXT_LIST;
  }
}
