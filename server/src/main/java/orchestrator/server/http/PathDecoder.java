package orchestrator.server.http;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Takes a raw path and query apart. Segments are split before they are decoded, so that {@code %2F}
 * stays inside its segment.
 */
final class PathDecoder {
  private PathDecoder() {}

  /**
   * The decoded segments; one trailing slash is ignored.
   *
   * @throws ApiException when an escape or its UTF-8 is malformed
   */
  static List<String> segments(String rawPath) {
    String path = rawPath.startsWith("/") ? rawPath.substring(1) : rawPath;
    List<String> segments = new ArrayList<>();
    for (String segment : path.split("/", -1)) {
      segments.add(decode(segment, false));
    }
    if (segments.size() > 1 && segments.getLast().isEmpty()) {
      segments.removeLast();
    }
    return segments;
  }

  /** The first value of each query parameter. */
  static Map<String, String> query(String rawQuery) {
    Map<String, String> parameters = new HashMap<>();
    for (String pair : rawQuery.split("&", -1)) {
      int equals = pair.indexOf('=');
      String name = equals < 0 ? pair : pair.substring(0, equals);
      String value = equals < 0 ? "" : pair.substring(equals + 1);
      if (!name.isEmpty()) {
        parameters.putIfAbsent(decode(name, true), decode(value, true));
      }
    }
    return parameters;
  }

  private static String decode(String text, boolean plusIsSpace) {
    if (text.indexOf('%') < 0 && !(plusIsSpace && text.indexOf('+') >= 0)) {
      return text;
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
    byte[] raw = text.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < raw.length; i++) {
      if (raw[i] == '%') {
        bytes.write(hexPair(raw, i, text));
        i += 2;
      } else {
        bytes.write(plusIsSpace && raw[i] == '+' ? ' ' : raw[i]);
      }
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes.toByteArray()))
          .toString();
    } catch (CharacterCodingException e) {
      throw malformed(text);
    }
  }

  private static int hexPair(byte[] raw, int at, String text) {
    int high = at + 2 < raw.length ? Character.digit(raw[at + 1], 16) : -1;
    int low = at + 2 < raw.length ? Character.digit(raw[at + 2], 16) : -1;
    if (high < 0 || low < 0) {
      throw malformed(text);
    }
    return high * 16 + low;
  }

  private static ApiException malformed(String text) {
    return ApiException.badRequest(
        "Malformed escape in '" + text + "': use %XX of the text's UTF-8 bytes");
  }
}
