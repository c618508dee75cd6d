package orchestrator.sandbox.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A child process that is killed when this process ends, in whatever way.
 *
 * <p>A small shell holds the reading end of a pipe and forks a watchdog before it becomes the
 * program itself, so {@link #pid} is the program's. When this process ends the kernel closes the
 * pipe and the watchdog sends SIGKILL, which also ends a stopped program. (A parent-death signal
 * would not do: it follows the thread that forked, not the process.) The watchdog kills only while
 * the program is still its parent, hence never a stranger that was given the same process id.
 */
public final class BoundProcess {
  private static final String SCRIPT =
      """
      exec 3<&0
      (
        trap '' INT TERM HUP
        while read -r _; do :; done
        read -r _ _ _ parent _ < /proc/self/stat
        [ "$parent" = $$ ] && kill -KILL $$
      ) <&3 >/dev/null 2>&1 &
      exec "$@" </dev/null 3<&-
      """;

  private static final Duration FREEZE_LIMIT = Duration.ofSeconds(5);

  private final Process process;

  private BoundProcess(Process process) {
    this.process = process;
  }

  /**
   * Starts a program in a session of its own, so that a terminal's Ctrl-C does not reach it.
   *
   * @param output file that its output is appended to
   */
  public static BoundProcess start(
      List<String> command, Map<String, String> environment, Path folder, Path output)
      throws IOException {
    List<String> whole = new ArrayList<>(List.of("setsid", "sh", "-c", SCRIPT, "sh"));
    whole.addAll(command);
    ProcessBuilder builder =
        new ProcessBuilder(whole)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
    builder.environment().putAll(environment);
    return new BoundProcess(builder.start());
  }

  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** SIGKILL; returns when the process has ended. */
  public void kill() {
    process.destroyForcibly();
    boolean interrupted = false;
    while (true) {
      try {
        process.waitFor();
        break;
      } catch (InterruptedException e) {
        interrupted =
            true; // the kernel ends a killed process soon; the caller sees the interrupt afterwards
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** SIGTERM; returns whether the process ended within the limit. */
  public boolean terminate(Duration limit) throws InterruptedException {
    process.destroy();
    return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
  }

  /**
   * SIGSTOP: the process keeps its connections and its memory, and does nothing. Returns when the
   * last of its threads has stopped: those that run at that moment go on for a while.
   */
  public void freeze() throws IOException, InterruptedException {
    signal("STOP");
    long end = System.nanoTime() + FREEZE_LIMIT.toNanos();
    while (isAlive() && !isStopped()) {
      if (System.nanoTime() - end > 0) {
        throw new IOException("process " + pid() + " does not stop");
      }
      Thread.sleep(1);
    }
  }

  /** Of every thread the state is what follows the name, which is in parentheses: proc(5). */
  private boolean isStopped() {
    try (Stream<Path> threads = Files.list(Path.of("/proc", Long.toString(pid()), "task"))) {
      for (Path thread : threads.toList()) {
        String stat = Files.readString(thread.resolve("stat"));
        if (stat.charAt(stat.lastIndexOf(')') + 2) != 'T') {
          return false;
        }
      }
      return true;
    } catch (IOException e) {
      return false; // a thread has just ended: looked at again
    }
  }

  /** SIGCONT. */
  public void resume() throws IOException, InterruptedException {
    signal("CONT");
  }

  private void signal(String name) throws IOException, InterruptedException {
    Process sender =
        new ProcessBuilder("kill", "-" + name, Long.toString(pid())).inheritIO().start();
    if (sender.waitFor() != 0) {
      throw new IOException("cannot send SIG" + name + " to process " + pid());
    }
  }
}
