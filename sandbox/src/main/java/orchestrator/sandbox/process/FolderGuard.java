package orchestrator.sandbox.process;

import java.io.IOException;
import java.nio.file.Path;

/** Deletes a folder when this process ends, in whatever way, or when {@link #release} is called. */
public final class FolderGuard {
  /**
   * Servers that are being killed at the same moment may still write: repeat until nothing is left.
   */
  private static final String SCRIPT =
      """
      trap '' INT TERM HUP
      while read -r _; do :; done
      attempts=0
      while [ -e "$1" ] && [ $attempts -lt 200 ]; do
        rm -rf -- "$1"
        attempts=$((attempts + 1))
        [ -e "$1" ] && sleep 0.1
      done
      """;

  private final Process process;

  private FolderGuard(Process process) {
    this.process = process;
  }

  public static FolderGuard over(Path folder) throws IOException {
    return new FolderGuard(
        new ProcessBuilder("setsid", "sh", "-c", SCRIPT, "sh", folder.toString())
            .directory(Path.of("/").toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start());
  }

  /** Deletes the folder; returns when that is done. */
  public void release() throws IOException, InterruptedException {
    process.getOutputStream().close();
    process.waitFor();
  }
}
