package orchestrator.server.observe;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import orchestrator.core.topology.InstanceKey;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Appends audit lines to a file: {@code time, type, host, port, [cluster], message} and a last tab,
 * separated by tabs. The file is opened for each write, so that it may be rotated. One thread
 * writes, in order; when it cannot keep up, lines are dropped and counted in the log.
 */
public final class AuditFile implements AuditSink, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AuditFile.class);
  private static final int QUEUE_CAPACITY = 10_000;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);
  private static final String END = "";

  private final Path file;
  private final ZoneId zone;
  private final BlockingQueue<String> lines = new ArrayBlockingQueue<>(QUEUE_CAPACITY);
  private final Thread thread;

  /**
   * @param zone the zone of the times in the file: the system's, as people expect
   */
  public AuditFile(Path file, ZoneId zone) {
    this.file = file;
    this.zone = zone;
    this.thread = Thread.ofVirtual().name("audit-file").start(this::writeAll);
  }

  @Override
  public void audit(AuditRecord entry) {
    if (!lines.offer(line(entry, zone))) {
      LOG.warn("Audit line dropped, since {} is written too slowly: {}", file, entry);
    }
  }

  /** Tabs and line breaks in a message become spaces: a record is one line. */
  static String line(AuditRecord entry, ZoneId zone) {
    return String.join(
            "\t",
            TIME.format(entry.at().atZone(zone)),
            entry.type(),
            entry.key().map(InstanceKey::hostname).orElse(""),
            entry.key().map(key -> Integer.toString(key.port())).orElse("0"),
            "[" + entry.clusterName() + "]",
            entry.message().replaceAll("[\\t\\r\\n]+", " "))
        + "\t\n";
  }

  private void writeAll() {
    try {
      List<String> batch = new ArrayList<>();
      while (!batch.contains(END)) {
        batch.clear();
        batch.add(lines.take());
        lines.drainTo(batch);
        append(String.join("", batch));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void append(String text) {
    if (text.isEmpty()) {
      return;
    }
    try {
      createIfMissing();
      Files.writeString(file, text, UTF_8, StandardOpenOption.APPEND);
    } catch (IOException e) {
      LOG.error("Cannot append to the audit file {}: {}", file, e.toString());
    }
  }

  private void createIfMissing() throws IOException {
    if (Files.exists(file)) {
      return;
    }
    if (FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r-----")));
    } else {
      Files.createFile(file);
    }
  }

  /** Writes what is waiting, for at most five seconds. */
  @Override
  public void close() {
    try {
      lines.put(END);
      if (!thread.join(java.time.Duration.ofSeconds(5))) {
        thread.interrupt();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
