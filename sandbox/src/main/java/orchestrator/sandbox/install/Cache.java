package orchestrator.sandbox.install;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The user's cache folder, {@code $XDG_CACHE_HOME/orchestrator} or {@code ~/.cache/orchestrator}.
 */
public final class Cache {
  /** A file lock belongs to the JVM, so threads of one JVM need a lock of their own. */
  private static final ReentrantLock WITHIN_THIS_PROCESS = new ReentrantLock();

  private Cache() {}

  /** The folder, created when missing. */
  public static Path folder() {
    String configured = System.getenv().getOrDefault("XDG_CACHE_HOME", "");
    Path base =
        configured.isBlank()
            ? Path.of(System.getProperty("user.home"), ".cache")
            : Path.of(configured);
    Path folder = base.resolve("orchestrator");
    try {
      return Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot create the cache folder " + folder, e);
    }
  }

  /** Fills an empty folder. */
  @FunctionalInterface
  interface Filler {
    void fill(Path emptyFolder) throws IOException;
  }

  /**
   * Returns {@code folder()/name}, filled by {@code filler} if it does not exist. Other threads and
   * processes that want the same folder wait; a filler that fails leaves nothing behind.
   */
  static Path complete(String name, Filler filler) throws IOException {
    Path wanted = folder().resolve(name);
    if (Files.isDirectory(wanted)) {
      return wanted;
    }
    Path parent = Files.createDirectories(folderAbove(wanted));
    WITHIN_THIS_PROCESS.lock();
    try (FileChannel channel =
            FileChannel.open(
                parent.resolve("." + wanted.getFileName() + ".lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        FileLock lock = channel.lock()) {
      if (!Files.isDirectory(wanted) && lock.isValid()) {
        fillThenRename(wanted, filler);
      }
      return wanted;
    } finally {
      WITHIN_THIS_PROCESS.unlock();
    }
  }

  private static void fillThenRename(Path wanted, Filler filler) throws IOException {
    Path filling = folderAbove(wanted).resolve("." + wanted.getFileName() + ".filling");
    delete(filling); // left by a process that was killed while it held the lock
    Files.createDirectory(filling);
    try {
      filler.fill(filling);
      Files.move(filling, wanted, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      delete(filling);
    }
  }

  private static Path folderAbove(Path path) {
    Path parent = path.getParent();
    if (parent == null) {
      throw new IllegalArgumentException(path + " has no parent folder");
    }
    return parent;
  }

  /** Copies a folder with all it holds; {@code target} must not exist. */
  public static void copy(Path source, Path target) throws IOException {
    try (var paths = Files.walk(source)) {
      for (Path path : (Iterable<Path>) paths::iterator) {
        Files.copy(
            path, target.resolve(source.relativize(path)), StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
  }

  /** Deletes a folder with all it holds; does nothing if it does not exist. */
  public static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException failure)
              throws IOException {
            if (failure instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE; // removed by a server that was just ending
            }
            throw failure;
          }

          @Override
          public FileVisitResult postVisitDirectory(
              Path directory, @org.jspecify.annotations.Nullable IOException failure)
              throws IOException {
            Files.deleteIfExists(directory);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
