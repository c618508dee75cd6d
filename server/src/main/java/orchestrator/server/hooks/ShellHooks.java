package orchestrator.server.hooks;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import orchestrator.server.engine.Hooks;

/**
 * Hands each command to the configured shell as a script file, as the incumbent does: so the file
 * is always an argument of that shell, and quoting is the script's own.
 */
public final class ShellHooks implements Hooks {
  /** More output than this is read and dropped, so that a talkative process does not block. */
  static final int OUTPUT_LIMIT_BYTES = 16 * 1024;

  /** How long the output is awaited after the process ended: a child may still hold the pipe. */
  private static final Duration OUTPUT_GRACE = Duration.ofMillis(500);

  /** Without anything that a shell, or we, would replace. */
  private static final Pattern PLAIN_PATH =
      Pattern.compile("(/[\\w./-]+)(?:\\s.*)?", Pattern.DOTALL);

  private final String shell;

  /**
   * @param shell one executable, for example {@code bash}
   */
  public ShellHooks(String shell) {
    this.shell = shell;
  }

  @Override
  public Result run(String command, Map<String, String> environment, Duration timeout) {
    long start = System.nanoTime();
    try {
      Path script =
          Files.createTempFile(
              "orchestrator-process-cmd-",
              "",
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      try {
        Files.writeString(script, command);
        return runScript(script, environment, timeout, start);
      } finally {
        Files.deleteIfExists(script);
      }
    } catch (IOException e) {
      return new Result(
          -1, false, since(start), "cannot run with " + shell + ": " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Result(-1, false, since(start), "interrupted");
    }
  }

  @Override
  public Optional<String> obstacle(String command) {
    Matcher matcher = PLAIN_PATH.matcher(command.strip());
    if (!matcher.matches()) {
      return Optional.empty();
    }
    Path program = Path.of(matcher.group(1));
    if (!Files.isRegularFile(program)) {
      return Optional.of("there is no file " + program);
    }
    return Files.isExecutable(program)
        ? Optional.empty()
        : Optional.of(program + " may not be executed by the manager's user");
  }

  private Result runScript(
      Path script, Map<String, String> environment, Duration timeout, long start)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(shell, script.toString()).redirectErrorStream(true);
    builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
    builder.environment().putAll(environment);
    Process process = builder.start();
    Output output = new Output(process.getInputStream());
    Thread reader = Thread.ofVirtual().name("hook-output").start(output);
    boolean ended;
    try {
      ended = process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } finally {
      if (process.isAlive()) {
        killTree(process.toHandle());
      }
    }
    reader.join(OUTPUT_GRACE);
    int exitCode = ended ? process.exitValue() : -1;
    return new Result(exitCode, !ended, since(start), output.text());
  }

  /** From the top: a shell whose child is killed would go on with its next command. */
  private static void killTree(ProcessHandle process) {
    List<ProcessHandle> children = process.children().toList();
    process.destroyForcibly();
    children.forEach(ShellHooks::killTree);
  }

  private static Duration since(long startNanos) {
    return Duration.ofNanos(System.nanoTime() - startNanos);
  }

  /** Reads to the end, keeps the beginning. */
  private static final class Output implements Runnable {
    private final InputStream stream;
    private final byte[] kept = new byte[OUTPUT_LIMIT_BYTES];
    private int length;
    private boolean cut;

    Output(InputStream stream) {
      this.stream = stream;
    }

    @Override
    public void run() {
      byte[] buffer = new byte[4096];
      try (stream) {
        for (int read = stream.read(buffer); read >= 0; read = stream.read(buffer)) {
          keep(buffer, read);
        }
      } catch (IOException e) {
        // The process was killed and its pipe closed: what was read so far is the output.
        keep(new byte[0], 0);
      }
    }

    private synchronized void keep(byte[] buffer, int read) {
      int room = Math.min(read, kept.length - length);
      System.arraycopy(buffer, 0, kept, length, room);
      length += room;
      cut |= room < read;
    }

    synchronized String text() {
      String text = new String(kept, 0, length, StandardCharsets.UTF_8).strip();
      return cut ? text + "\n[output cut after " + OUTPUT_LIMIT_BYTES + " bytes]" : text;
    }
  }
}
