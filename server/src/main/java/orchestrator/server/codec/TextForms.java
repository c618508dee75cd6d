package orchestrator.server.codec;

import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import orchestrator.core.gtid.GtidDifference;
import orchestrator.core.gtid.GtidSet;
import orchestrator.core.gtid.MariaDbGtidDifference;
import orchestrator.core.gtid.MariaDbGtidSet;
import orchestrator.core.gtid.OracleGtidSet;
import orchestrator.core.topology.InstanceKey;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.KeyDeserializer;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.deser.std.StdDeserializer;
import tools.jackson.databind.ser.std.StdSerializer;

/** Values that are stored as one text. */
final class TextForms {
  private static final String ORACLE = "oracle:";
  private static final String MARIADB = "mariadb:";

  private TextForms() {}

  /** Unlike the display form exact for every host, also for one that is no proper name. */
  static String ofKey(InstanceKey key) {
    return key.hostname() + ":" + key.port();
  }

  static InstanceKey key(String text) {
    int colon = text.lastIndexOf(':');
    if (colon < 0) {
      throw new CodecException("Not a server's address: '" + text + "'");
    }
    return new InstanceKey(
        text.substring(0, colon), Integer.parseInt(text, colon + 1, text.length(), 10));
  }

  static String ofGtidSet(GtidSet set) {
    return switch (set) {
      case OracleGtidSet oracle -> ORACLE + oracle;
      case MariaDbGtidSet mariaDb -> MARIADB + mariaDb;
    };
  }

  static GtidSet gtidSet(String text) {
    return text.startsWith(MARIADB)
        ? MariaDbGtidSet.parse(text.substring(MARIADB.length()))
        : OracleGtidSet.parse(afterOracle(text));
  }

  static String ofGtidDifference(GtidDifference difference) {
    return switch (difference) {
      case OracleGtidSet oracle -> ORACLE + oracle;
      case MariaDbGtidDifference mariaDb -> MARIADB + mariaDb;
    };
  }

  static GtidDifference gtidDifference(String text) {
    return text.startsWith(MARIADB)
        ? MariaDbGtidDifference.parse(text.substring(MARIADB.length()))
        : OracleGtidSet.parse(afterOracle(text));
  }

  private static String afterOracle(String text) {
    if (!text.startsWith(ORACLE)) {
      throw new CodecException("GTIDs of an unknown family: '" + text + "'");
    }
    return text.substring(ORACLE.length());
  }

  static <T> ValueSerializer<T> writer(Class<T> type, Function<T, String> form) {
    return new StdSerializer<>(type) {
      @Override
      public void serialize(T value, JsonGenerator out, SerializationContext context) {
        out.writeString(form.apply(value));
      }
    };
  }

  static <T> StdDeserializer<T> reader(Class<T> type, Function<String, T> form) {
    return new StdDeserializer<>(type) {
      @Override
      public T deserialize(JsonParser in, DeserializationContext context) {
        return form.apply(in.getString());
      }
    };
  }

  static ValueSerializer<InstanceKey> nameWriter(Function<InstanceKey, String> form) {
    return new StdSerializer<>(InstanceKey.class) {
      @Override
      public void serialize(InstanceKey value, JsonGenerator out, SerializationContext context) {
        out.writeName(form.apply(value));
      }
    };
  }

  static KeyDeserializer nameReader(Function<String, InstanceKey> form) {
    return new KeyDeserializer() {
      @Override
      public Object deserializeKey(String name, DeserializationContext context) {
        return form.apply(name);
      }
    };
  }

  /** Sets are stored in order, so that equal values give equal bytes. */
  @SuppressWarnings({"rawtypes", "unchecked"}) // Jackson registers by raw class; elements compare
  static ValueSerializer<Set> sortedSetWriter() {
    return new StdSerializer<>(Set.class) {
      @Override
      public void serialize(Set value, JsonGenerator out, SerializationContext context) {
        out.writeStartArray();
        for (Object element : new TreeSet<>(value)) {
          out.writePOJO(element);
        }
        out.writeEndArray();
      }

      @Override
      public boolean isEmpty(SerializationContext context, Set value) {
        return value.isEmpty();
      }
    };
  }
}
