package orchestrator.server.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/** An answer as status, type and bytes. Complete before the first byte is sent. */
final class Rendering {
  static final String JSON = "application/json; charset=UTF-8";

  /** Below this size compression costs more than it saves. */
  private static final int WORTH_COMPRESSING_BYTES = 512;

  private final int status;
  private final String contentType;
  private final byte[] bytes;

  private Rendering(int status, String contentType, byte[] bytes) {
    this.status = status;
    this.contentType = contentType;
    this.bytes = bytes;
  }

  static Rendering of(Answer.Complete answer, String messagePrefix) {
    return switch (answer) {
      case Answer.Value(int status, Body body) -> new Rendering(status, JSON, json(body));
      case Answer.Envelope(int status, boolean ok, String message, Body details) ->
          new Rendering(status, JSON, json(envelope(ok, messagePrefix + message, details)));
      case Answer.Text(String contentType, String text) ->
          new Rendering(200, contentType, text.getBytes(StandardCharsets.UTF_8));
    };
  }

  private static Body envelope(boolean ok, String message, Body details) {
    return out -> {
      out.startObject();
      out.field("Code", ok ? "OK" : "ERROR");
      out.field("Message", message);
      out.field("Details", details);
      out.endObject();
    };
  }

  static byte[] json(Body body) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(4096);
    try (Json out = new Json(bytes)) {
      body.write(out);
    }
    return bytes.toByteArray();
  }

  int status() {
    return status;
  }

  String contentType() {
    return contentType;
  }

  byte[] bytes() {
    return bytes;
  }

  boolean isWorthCompressing() {
    return bytes.length >= WORTH_COMPRESSING_BYTES;
  }

  byte[] compressed() {
    ByteArrayOutputStream target = new ByteArrayOutputStream(bytes.length / 4 + 64);
    try (FastGzip gzip = new FastGzip(target)) {
      gzip.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return target.toByteArray();
  }

  /** Prefers speed: answers are repetitive and the network is near. */
  private static final class FastGzip extends GZIPOutputStream {
    FastGzip(ByteArrayOutputStream target) throws IOException {
      super(target, 8192);
      def.setLevel(Deflater.BEST_SPEED);
    }
  }
}
