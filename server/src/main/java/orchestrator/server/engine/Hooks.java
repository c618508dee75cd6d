package orchestrator.server.engine;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** Runs operators' processes. */
public interface Hooks {

  /**
   * Runs one command line by the configured shell, and waits for it: at most {@code timeout}, after
   * which the whole process group is killed.
   *
   * @param command as configured, placeholders replaced; a trailing {@code &} already removed
   * @param environment added to the manager's own
   */
  Result run(String command, Map<String, String> environment, Duration timeout);

  /** Why the command certainly cannot be run here; empty when it perhaps can. */
  Optional<String> obstacle(String command);

  /**
   * @param exitCode 0 for success; -1 when it did not start or was killed
   * @param output standard output and error, cut to a bounded length
   */
  record Result(int exitCode, boolean timedOut, Duration duration, String output) {
    public boolean isSuccessful() {
      return exitCode == 0 && !timedOut;
    }
  }
}
