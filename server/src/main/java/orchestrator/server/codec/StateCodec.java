package orchestrator.server.codec;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.List;
import orchestrator.core.facts.Detection;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.state.Command;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.topology.Instance;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.json.JsonMapper;

/**
 * Turns commands, states and what the history keeps into bytes and back. Every form is an object
 * with a version, {@code v}, and one content. Safe for use by many threads.
 *
 * <p>Decoding throws {@link CodecException}; encoding never fails.
 */
public final class StateCodec {
  /** Grows when a reader of the version before would misunderstand what is written. */
  public static final int VERSION = 1;

  private static final String VERSION_FIELD = "v";

  private final JsonMapper mapper = CodecMapper.create();
  private final Form<List<Command>> commands =
      form("commands", mapper.constructType(new TypeReference<List<Command>>() {}));
  private final Form<ReplicatedState> state = form("state", ReplicatedState.class);
  private final Form<RecoveryTicket> recovery = form("recovery", RecoveryTicket.class);
  private final Form<Detection> detection = form("detection", Detection.class);
  private final Form<Instance> instance = form("instance", Instance.class);

  public Form<List<Command>> commands() {
    return commands;
  }

  public Form<ReplicatedState> state() {
    return state;
  }

  public Form<RecoveryTicket> recovery() {
    return recovery;
  }

  public Form<Detection> detection() {
    return detection;
  }

  public Form<Instance> instance() {
    return instance;
  }

  private <T> Form<T> form(String name, Class<T> type) {
    return form(name, mapper.constructType(type));
  }

  private <T> Form<T> form(String name, JavaType type) {
    return new Form<>(mapper, name, type);
  }

  /** The stored form of one kind of value. */
  public static final class Form<T> {
    private final JsonMapper mapper;
    private final String name;
    private final JavaType type;

    private Form(JsonMapper mapper, String name, JavaType type) {
      this.mapper = mapper;
      this.name = name;
      this.type = type;
    }

    public byte[] encode(T value) {
      byte[] content = mapper.writerFor(type).writeValueAsBytes(value);
      byte[] head = "{\"%s\":%d,\"%s\":".formatted(VERSION_FIELD, VERSION, name).getBytes(UTF_8);
      byte[] whole = Arrays.copyOf(head, head.length + content.length + 1);
      System.arraycopy(content, 0, whole, head.length, content.length);
      whole[whole.length - 1] = '}';
      return whole;
    }

    /**
     * @throws CodecException when the bytes are damaged or of a newer version
     */
    public T decode(byte[] bytes) {
      try (JsonParser in = mapper.createParser(bytes)) {
        if (in.nextToken() != JsonToken.START_OBJECT || !VERSION_FIELD.equals(in.nextName())) {
          throw new CodecException("Not a stored " + name + ": '" + beginning(bytes) + "'");
        }
        checkVersion(in.nextIntValue(0));
        return content(in);
      } catch (JacksonException | IllegalArgumentException e) {
        throw new CodecException(
            "Cannot read this %s (damaged, or of a newer version): %s"
                .formatted(name, e.getMessage()),
            e);
      }
    }

    private void checkVersion(int version) {
      if (version < 1) {
        throw new CodecException("A stored " + name + " has no valid format version");
      }
      if (version > VERSION) {
        throw new CodecException(
            "This %s was written in format %d, this version reads up to %d: upgrade this node"
                .formatted(name, version, VERSION));
      }
    }

    private T content(JsonParser in) {
      while (in.nextToken() == JsonToken.PROPERTY_NAME) {
        boolean found = in.currentName().equals(name);
        in.nextToken();
        if (found) {
          T value = mapper.readerFor(type).readValue(in);
          checkEnd(in);
          return value;
        }
        in.skipChildren();
      }
      throw new CodecException("A stored " + name + " is missing in its envelope");
    }

    /** So that bytes that were cut off are never taken for whole. */
    private void checkEnd(JsonParser in) {
      while (in.nextToken() == JsonToken.PROPERTY_NAME) {
        in.nextToken();
        in.skipChildren();
      }
      if (in.currentToken() != JsonToken.END_OBJECT) {
        throw new CodecException("A stored " + name + " is cut off");
      }
    }

    private static String beginning(byte[] bytes) {
      return new String(bytes, 0, Math.min(bytes.length, 40), UTF_8);
    }
  }
}
