package orchestrator.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import orchestrator.sandbox.Sandbox;
import orchestrator.sandbox.SandboxException;
import orchestrator.sandbox.SandboxServer;
import orchestrator.sandbox.process.Placement;

/** A manager in a JVM of its own, so that it can be killed. */
final class ChildManager implements AutoCloseable {
  private final Process process;

  private ChildManager(Process process) {
    this.process = process;
  }

  /** The program itself; what it prints goes to {@code output}. */
  static ChildManager program(Path output, String... arguments) {
    return placed(Placement.LOOPBACK, output, arguments);
  }

  /** The program itself, elsewhere. */
  static ChildManager placed(Placement placement, Path output, String... arguments) {
    return start(placement, "orchestrator.server.app.Main", output, arguments);
  }

  /** The program, which drops dead when a file asks for it. */
  static ChildManager haltingNode(Path output, Path haltFile, String... arguments) {
    List<String> all = new ArrayList<>(List.of(haltFile.toString()));
    all.addAll(List.of(arguments));
    return start(HaltingNode.class.getName(), output, all.toArray(String[]::new));
  }

  /** One that ends at a step of the recovery. */
  static ChildManager halting(Path output, Path configuration, HaltingManager.Point point) {
    return start(
        HaltingManager.class.getName(),
        output,
        configuration.toString(),
        point.moment().name(),
        point.step(),
        Integer.toString(point.occurrence()));
  }

  /** One that replaces the master of so many servers as planned, and ends at a step of that. */
  static ChildManager haltingInTakeover(
      Path output, Path configuration, HaltingManager.Point point, int servers) {
    return start(
        HaltingManager.class.getName(),
        output,
        configuration.toString(),
        point.moment().name(),
        point.step(),
        Integer.toString(point.occurrence()),
        Integer.toString(servers));
  }

  private static ChildManager start(String mainClass, Path output, String... arguments) {
    return start(Placement.LOOPBACK, mainClass, output, arguments);
  }

  private static ChildManager start(
      Placement placement, String mainClass, Path output, String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                // A JVM leaves a signal alone that is ignored when it starts, as under nohup.
                "env",
                "--default-signal=HUP",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                mainClass));
    command.addAll(List.of(arguments));
    try {
      Process process =
          new ProcessBuilder(placement.command(command))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
              .start();
      return new ChildManager(process);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * It is connected to every server, its start delay is over, and what it found is on disk: servers
   * are written every few seconds.
   */
  void awaitActing(Sandbox sandbox) {
    SandboxServer.await(
        "the manager knows all servers",
        Managed.LIMIT,
        () -> sandbox.servers().stream().allMatch(ChildManager::isWatchedOrPolled));
    if (endsWithin(Duration.ofSeconds(8))) {
      throw new AssertionError("The manager ended with " + process.exitValue());
    }
  }

  private static boolean isWatchedOrPolled(SandboxServer server) {
    return !server
        .query("SELECT id FROM information_schema.processlist WHERE user='orchestrator'")
        .isEmpty();
  }

  /** SIGHUP. */
  void hangUp() {
    try {
      int code = new ProcessBuilder("kill", "-HUP", Long.toString(process.pid())).start().waitFor();
      if (code != 0) {
        throw new AssertionError("kill ended with " + code);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SandboxException("interrupted", e);
    }
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Waits for it to end by itself; its exit code. */
  int awaitEnd(Duration limit) {
    if (!endsWithin(limit)) {
      throw new AssertionError("The manager still runs after " + limit);
    }
    return process.exitValue();
  }

  /** Whether it ends by itself within this time, which is waited for otherwise. */
  boolean endsWithin(Duration limit) {
    try {
      return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SandboxException("interrupted", e);
    }
  }

  /** SIGKILL; returns when it is gone. */
  void kill() {
    process.destroyForcibly();
    awaitEnd(Duration.ofSeconds(20));
  }

  /** SIGTERM; its exit code. */
  int terminate(Duration limit) {
    process.destroy();
    return awaitEnd(limit);
  }

  /** SIGSTOP: it keeps its connections, and does nothing. */
  void freeze() {
    signal("STOP");
  }

  /** Whether it was stopped by SIGSTOP, whoever sent that. */
  boolean isFrozen() {
    try {
      String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
      return stat.substring(stat.lastIndexOf(')') + 2).startsWith("T");
    } catch (IOException e) {
      return false;
    }
  }

  /** SIGCONT. */
  void resume() {
    signal("CONT");
  }

  private void signal(String name) {
    try {
      int code =
          new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
      if (code != 0) {
        throw new SandboxException("cannot send SIG" + name, new IOException("exit " + code));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SandboxException("interrupted", e);
    }
  }

  @Override
  public void close() {
    kill();
  }
}
