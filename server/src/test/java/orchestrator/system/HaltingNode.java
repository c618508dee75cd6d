package orchestrator.system;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import orchestrator.server.app.Main;
import orchestrator.system.HaltingManager.Moment;
import orchestrator.system.HaltingManager.Point;
import org.slf4j.LoggerFactory;

/**
 * The program itself, which drops dead or freezes at a step of a recovery, or of the installation
 * of a snapshot, when a file asks for it. Several nodes share the file, and the first that comes to
 * the step takes it away: only that one does.
 */
final class HaltingNode {
  private static final List<String> WATCHED =
      List.of(
          "orchestrator.server.engine.recovery.EffectPlayer",
          "org.apache.ratis.server.storage.SnapshotManager",
          "org.apache.ratis.util.FileUtils");
  private static final Pattern EFFECT_ID = Pattern.compile("\\[id=(\\d+)");

  /** What to do at the step. */
  private enum Act {
    HALT {
      @Override
      void perform() {
        Runtime.getRuntime().halt(HaltingManager.HALTED);
      }
    },
    /** Until somebody sends SIGCONT; then it goes on as if nothing had been. */
    FREEZE {
      @Override
      void perform() {
        try {
          long self = ProcessHandle.current().pid();
          new ProcessBuilder("kill", "-STOP", Long.toString(self)).start().waitFor();
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
    };

    abstract void perform();
  }

  private record Wish(Act act, Point point) {}

  private HaltingNode() {}

  /** Arguments: the file, then those of the program. */
  public static void main(String[] arguments) {
    Executioner executioner = new Executioner(Path.of(arguments[0]));
    executioner.start();
    for (String watched : WATCHED) {
      Logger logger = (Logger) LoggerFactory.getLogger(watched);
      logger.setLevel(Level.TRACE);
      logger.setAdditive(false);
      logger.addAppender(executioner);
    }
    Main.main(Arrays.copyOfRange(arguments, 1, arguments.length));
  }

  /** Asks for the death of the next node that comes to this point. */
  static void ask(Path file, Point point) {
    ask(file, Act.HALT, point);
  }

  /** Asks that the next node that comes to this point freezes there. */
  static void askToFreeze(Path file, Point point) {
    ask(file, Act.FREEZE, point);
  }

  private static void ask(Path file, Act act, Point point) {
    try {
      Path temporary = file.resolveSibling(file.getFileName() + ".new");
      Files.writeString(
          temporary, act + "\n" + point.moment() + "\n" + point.occurrence() + "\n" + point.step());
      Files.move(temporary, file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final class Executioner extends AppenderBase<ILoggingEvent> {
    private final Path file;
    private String awaited = "";
    private Act onceAwaited = Act.HALT;
    private Optional<Wish> counted = Optional.empty();
    private int seen;

    Executioner(Path file) {
      this.file = file;
    }

    /** One at a time: the framework holds a lock. */
    @Override
    protected void append(ILoggingEvent event) {
      String message = event.getFormattedMessage();
      if (!awaited.isEmpty() && message.contains(awaited)) {
        awaited = "";
        onceAwaited.perform();
      }
      Optional<Wish> wish = wish();
      if (wish.isEmpty() || !isReached(wish.get(), message) || !taken()) {
        return;
      }
      Matcher id = EFFECT_ID.matcher(message);
      if (wish.get().point().moment() == Moment.BEFORE || !id.find()) {
        wish.get().act().perform();
      } else {
        onceAwaited = wish.get().act();
        awaited = "effectId=" + id.group(1) + ",";
      }
    }

    private boolean isReached(Wish wish, String message) {
      if (!counted.equals(Optional.of(wish))) {
        counted = Optional.of(wish);
        seen = 0;
      }
      return Pattern.compile(wish.point().step()).matcher(message).find()
          && ++seen == wish.point().occurrence();
    }

    private Optional<Wish> wish() {
      try {
        String[] lines = Files.readString(file).split("\n", 4);
        return Optional.of(
            new Wish(
                Act.valueOf(lines[0]),
                new Point(Moment.valueOf(lines[1]), lines[3], Integer.parseInt(lines[2]))));
      } catch (IOException e) {
        return Optional.empty();
      }
    }

    private boolean taken() {
      try {
        return Files.deleteIfExists(file);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
