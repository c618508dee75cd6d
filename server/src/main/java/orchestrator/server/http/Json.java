package orchestrator.server.http;

import java.io.OutputStream;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Optional;
import java.util.OptionalLong;
import orchestrator.core.gtid.BinlogCoordinates;
import orchestrator.core.topology.InstanceKey;
import tools.jackson.core.JsonEncoding;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.SerializableString;
import tools.jackson.core.io.CharacterEscapes;
import tools.jackson.core.io.SerializedString;
import tools.jackson.core.json.JsonFactory;

/**
 * A stream of JSON in the formats of the API: compact, with {@code <}, {@code >}, {@code &}
 * escaped.
 */
final class Json implements AutoCloseable {
  private static final JsonFactory FACTORY =
      JsonFactory.builder().characterEscapes(new MarkupEscapes()).build();
  private static final DateTimeFormatter TIMESTAMP =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss'Z'").withZone(ZoneOffset.UTC);

  private final JsonGenerator generator;

  Json(OutputStream out) {
    this.generator = FACTORY.createGenerator(ObjectWriteContext.empty(), out, JsonEncoding.UTF8);
  }

  void startObject() {
    generator.writeStartObject();
  }

  void endObject() {
    generator.writeEndObject();
  }

  void startArray() {
    generator.writeStartArray();
  }

  void endArray() {
    generator.writeEndArray();
  }

  void name(String name) {
    generator.writeName(name);
  }

  void text(String value) {
    generator.writeString(value);
  }

  void number(long value) {
    generator.writeNumber(value);
  }

  void bool(boolean value) {
    generator.writeBoolean(value);
  }

  void nothing() {
    generator.writeNull();
  }

  /** {@code {"Hostname", "Port"}}. */
  void key(InstanceKey key) {
    startObject();
    field("Hostname", key.hostname());
    field("Port", key.port());
    endObject();
  }

  void field(String name, String value) {
    generator.writeName(name);
    generator.writeString(value);
  }

  void field(String name, long value) {
    generator.writeName(name);
    generator.writeNumber(value);
  }

  void field(String name, boolean value) {
    generator.writeName(name);
    generator.writeBoolean(value);
  }

  void field(String name, InstanceKey value) {
    generator.writeName(name);
    key(value);
  }

  void field(String name, Body value) {
    generator.writeName(name);
    value.write(this);
  }

  /** Whole seconds of UTC, {@code YYYY-MM-DDThh:mm:ssZ}. */
  void field(String name, Instant value) {
    field(name, timestamp(value));
  }

  /** A time, or the empty text. */
  void time(String name, Optional<Instant> value) {
    field(name, value.map(Json::timestamp).orElse(""));
  }

  /** RFC 3339 with a fraction. */
  void preciseTime(String name, Instant value) {
    field(name, value.truncatedTo(ChronoUnit.MICROS).toString());
  }

  void keys(String name, Collection<InstanceKey> keys) {
    generator.writeName(name);
    startArray();
    for (InstanceKey key : keys) {
      key(key);
    }
    endArray();
  }

  void texts(String name, Collection<String> values) {
    generator.writeName(name);
    startArray();
    for (String value : values) {
      text(value);
    }
    endArray();
  }

  /** SQL's NULL as {@code {"Int64": 0, "Valid": false}}. */
  void nullable(String name, OptionalLong value) {
    generator.writeName(name);
    startObject();
    field("Int64", value.orElse(0));
    field("Valid", value.isPresent());
    endObject();
  }

  /** SQL's NULL as {@code {"Bool": false, "Valid": false}}. */
  void nullable(String name, Optional<Boolean> value) {
    generator.writeName(name);
    startObject();
    field("Bool", value.orElse(false));
    field("Valid", value.isPresent());
    endObject();
  }

  /**
   * @param relay which type is shown when the coordinates are unknown
   */
  void coordinates(String name, Optional<BinlogCoordinates> value, boolean relay) {
    generator.writeName(name);
    startObject();
    field("LogFile", value.map(BinlogCoordinates::logFile).orElse(""));
    field("LogPos", value.map(BinlogCoordinates::logPos).orElse(0L));
    boolean isRelay = value.map(c -> c.type() == BinlogCoordinates.Type.RELAY).orElse(relay);
    field("Type", isRelay ? 1 : 0);
    endObject();
  }

  static String timestamp(Instant value) {
    return TIMESTAMP.format(value);
  }

  @Override
  public void close() {
    generator.close();
  }

  /** Makes the text safe inside HTML, as clients have always seen it. */
  private static final class MarkupEscapes extends CharacterEscapes {
    private final int[] codes = standardAsciiEscapesForJSON();

    MarkupEscapes() {
      codes['<'] = ESCAPE_CUSTOM;
      codes['>'] = ESCAPE_CUSTOM;
      codes['&'] = ESCAPE_CUSTOM;
    }

    @Override
    public int[] getEscapeCodesForAscii() {
      return codes;
    }

    @Override
    public SerializableString getEscapeSequence(int character) {
      return new SerializedString(String.format("\\u%04x", character));
    }
  }
}
