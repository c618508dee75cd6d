package orchestrator.server.app;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/**
 * Which program this is.
 *
 * @param number of the release
 * @param commit it was built from; {@code unknown} outside a checkout
 */
record Version(String number, String commit) {
  static Version current() {
    Properties properties = new Properties();
    try (InputStream stream =
        Version.class.getResourceAsStream("/orchestrator-version.properties")) {
      if (stream != null) {
        properties.load(stream);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String commit = properties.getProperty("git.commit.id", "");
    return new Version(
        properties.getProperty("git.build.version", "unknown"),
        commit.isBlank() ? "unknown" : commit);
  }
}
