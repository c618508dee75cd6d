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
 * The program itself, which drops dead at a step of a recovery, or of the installation of a
 * snapshot, when a file asks for it. Several nodes share the file, and the first that comes to the
 * step takes it away: only that one dies.
 */
final class HaltingNode {
  private static final List<String> WATCHED =
      List.of(
          "orchestrator.server.engine.recovery.EffectPlayer",
          "org.apache.ratis.server.storage.SnapshotManager",
          "org.apache.ratis.util.FileUtils");
  private static final Pattern EFFECT_ID = Pattern.compile("\\[id=(\\d+)");

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
    try {
      Path temporary = file.resolveSibling(file.getFileName() + ".new");
      Files.writeString(temporary, point.moment() + "\n" + point.step());
      Files.move(temporary, file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final class Executioner extends AppenderBase<ILoggingEvent> {
    private final Path file;
    private String awaited = "";

    Executioner(Path file) {
      this.file = file;
    }

    /** One at a time: the framework holds a lock. */
    @Override
    protected void append(ILoggingEvent event) {
      String message = event.getFormattedMessage();
      if (!awaited.isEmpty() && message.contains(awaited)) {
        Runtime.getRuntime().halt(HaltingManager.HALTED);
      }
      Optional<Point> wanted = wanted();
      if (wanted.isEmpty() || !Pattern.compile(wanted.get().step()).matcher(message).find()) {
        return;
      }
      if (!taken()) {
        return;
      }
      Matcher id = EFFECT_ID.matcher(message);
      if (wanted.get().moment() == Moment.BEFORE || !id.find()) {
        Runtime.getRuntime().halt(HaltingManager.HALTED);
      }
      awaited = "effectId=" + id.group(1) + ",";
    }

    private Optional<Point> wanted() {
      try {
        String[] lines = Files.readString(file).split("\n", 2);
        return Optional.of(new Point(Moment.valueOf(lines[0]), lines[1], 1));
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
