package orchestrator.server.http;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the system, by its program {@code id}, which groups a user is in. */
final class UnixGroups {
  private static final Logger log = LoggerFactory.getLogger(UnixGroups.class);
  private static final long LIMIT_SECONDS = 2;

  /** Whether the user is in one of the groups; no when the system cannot tell. */
  boolean isMemberOfAny(String user, List<String> groups) {
    // The name comes from a header: nothing that could be an option or is no account name.
    if (!user.matches("[A-Za-z0-9_][A-Za-z0-9_.@-]*")) {
      return false;
    }
    Set<String> member = Set.copyOf(Arrays.asList(groupsOf(user).trim().split("\\s+")));
    return groups.stream().anyMatch(member::contains);
  }

  private static String groupsOf(String user) {
    try {
      Process process =
          new ProcessBuilder("id", "-Gn", user)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      process.getOutputStream().close();
      if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return "";
      }
      return process.exitValue() == 0
          ? new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
          : "";
    } catch (IOException e) {
      log.warn("Cannot ask for the groups of {}: {}", user, e.getMessage());
      return "";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    }
  }
}
