package orchestrator.server.raft;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import orchestrator.core.state.ReplicatedState;
import orchestrator.server.codec.CodecException;
import orchestrator.server.codec.StateCodec;

/**
 * What a snapshot holds: all that the nodes agree on, whatever their backends are. On disk: magic,
 * format version, recent commands, state.
 */
record SnapshotContent(ReplicatedState state, RecentCommands.Stored recent) {
  private static final int MAGIC = 0x4f52_4341; // "ORCA"
  private static final int FORMAT = 1;

  byte[] encode(StateCodec codec) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(MAGIC);
      out.writeInt(FORMAT);
      out.writeLong(recent.forgottenTerm());
      out.writeInt(recent.entries().size());
      for (Map.Entry<String, Boolean> entry : recent.entries()) {
        out.writeUTF(entry.getKey());
        out.writeBoolean(entry.getValue());
      }
      byte[] stateBytes = codec.state().encode(state);
      out.writeInt(stateBytes.length);
      out.write(stateBytes);
    } catch (IOException e) {
      throw new IllegalStateException("Writing to memory failed", e);
    }
    return bytes.toByteArray();
  }

  /**
   * @throws IOException when the bytes are damaged, or of a newer version
   */
  static SnapshotContent decode(InputStream bytes, StateCodec codec) throws IOException {
    DataInputStream in = new DataInputStream(bytes);
    if (in.readInt() != MAGIC) {
      throw new IOException("not a snapshot");
    }
    int format = in.readInt();
    if (format != FORMAT) {
      throw new IOException(
          "it has format %d, this version reads %d: upgrade this node".formatted(format, FORMAT));
    }
    long forgottenTerm = in.readLong();
    int count = in.readInt();
    List<Map.Entry<String, Boolean>> recent = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      recent.add(Map.entry(in.readUTF(), in.readBoolean()));
    }
    int length = in.readInt();
    byte[] stateBytes = in.readNBytes(length);
    if (stateBytes.length != length) {
      throw new IOException("it is cut off");
    }
    try {
      return new SnapshotContent(
          codec.state().decode(stateBytes), new RecentCommands.Stored(recent, forgottenTerm));
    } catch (CodecException e) {
      throw new IOException(e.getMessage(), e);
    }
  }
}
