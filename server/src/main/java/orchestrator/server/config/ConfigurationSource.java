package orchestrator.server.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The text of one file.
 *
 * @param name shown in messages
 */
record ConfigurationSource(String name, String text) {

  private static final int MAX_BYTES = 16 << 20;

  /** Reads a file; one that cannot be read is an error in the collector. */
  static Optional<ConfigurationSource> read(Path file, ProblemCollector problems) {
    try (InputStream stream = Files.newInputStream(file)) {
      byte[] bytes = stream.readNBytes(MAX_BYTES + 1);
      if (bytes.length > MAX_BYTES) {
        return refused(file, "is larger than 16 MiB", problems);
      }
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return Optional.of(new ConfigurationSource(file.toString(), withoutByteOrderMark(text)));
    } catch (CharacterCodingException _) {
      return refused(file, "is not UTF-8 text", problems);
    } catch (NoSuchFileException _) {
      return refused(file, "cannot be read: no such file", problems);
    } catch (AccessDeniedException _) {
      return refused(file, "cannot be read: permission denied", problems);
    } catch (IOException failure) {
      return refused(file, "cannot be read: " + failure.getMessage(), problems);
    }
  }

  private static String withoutByteOrderMark(String text) {
    return text.startsWith("\uFEFF") ? text.substring(1) : text;
  }

  private static Optional<ConfigurationSource> refused(
      Path file, String explanation, ProblemCollector problems) {
    problems.error(new ConfigurationProblem(file.toString(), 0, "", "", explanation));
    return Optional.empty();
  }
}
