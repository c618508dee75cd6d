package orchestrator.server.raft;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.util.List;
import orchestrator.core.state.Command;
import orchestrator.server.codec.CodecException;
import orchestrator.server.codec.StateCodec;

/**
 * What an entry of the log holds: commands, and the id of their submission. On disk and on the
 * wire: format version (1 byte), length of the id (1 byte), id, commands.
 */
record Entry(CommandId id, List<Command> commands) {
  private static final byte FORMAT = 1;

  Entry {
    commands = List.copyOf(commands);
  }

  byte[] encode(StateCodec codec) {
    byte[] idBytes = id.toString().getBytes(US_ASCII);
    byte[] content = codec.commands().encode(commands);
    return ByteBuffer.allocate(2 + idBytes.length + content.length)
        .put(FORMAT)
        .put((byte) idBytes.length)
        .put(idBytes)
        .put(content)
        .array();
  }

  /**
   * The id alone, without reading the commands.
   *
   * @throws CodecException when the bytes are damaged, or of a newer version
   */
  static CommandId idIn(ByteBuffer in) {
    if (in.remaining() < 2) {
      throw new CodecException("An entry of the log is cut off");
    }
    byte format = in.get();
    if (format != FORMAT) {
      throw new CodecException(
          "An entry of the log has format %d, this version reads %d: upgrade this node"
              .formatted(format, FORMAT));
    }
    byte[] idBytes = new byte[in.get()];
    if (in.remaining() < idBytes.length) {
      throw new CodecException("An entry of the log is cut off");
    }
    in.get(idBytes);
    return CommandId.parse(new String(idBytes, US_ASCII))
        .orElseThrow(() -> new CodecException("An entry of the log has no id"));
  }

  /**
   * @throws CodecException when the bytes are damaged, or of a newer version
   */
  static Entry decode(ByteBuffer in, StateCodec codec) {
    CommandId id = idIn(in);
    byte[] content = new byte[in.remaining()];
    in.get(content);
    return new Entry(id, codec.commands().decode(content));
  }
}
