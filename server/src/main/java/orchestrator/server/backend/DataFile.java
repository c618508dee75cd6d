package orchestrator.server.backend;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Optional;

/**
 * The file that the store lives in, locked for this process. When the configured file belongs to
 * another program, such as the manager that was used before, ours is beside it and the other is not
 * touched, so that going back works.
 */
final class DataFile implements AutoCloseable {
  /** In the header of every SQLite file of ours, see the file format, offset 68: "ORJ1". */
  static final int APPLICATION_ID = 0x4F524A31;

  static final String BESIDE_SUFFIX = ".ojr";
  private static final byte[] MAGIC = "SQLite format 3\0".getBytes(US_ASCII);
  private static final int HEADER_BYTES = 100;
  private static final int APPLICATION_ID_OFFSET = 68;

  private final Path path;
  private final FileChannel lockChannel;

  private DataFile(Path path, FileChannel lockChannel) {
    this.path = path;
    this.lockChannel = lockChannel;
  }

  /**
   * @throws BackendException when the file is in use, no database, or cannot be created
   */
  static DataFile open(Path configured) {
    Path path = ourPath(configured.toAbsolutePath());
    try {
      Path folder = path.getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      return new DataFile(path, lock(path));
    } catch (IOException e) {
      throw new BackendException(
          "Cannot create the data file %s (SQLite3DataFile): %s".formatted(path, reason(e)), e);
    }
  }

  /** Exceptions about files say which file in their message, and what is wrong in their type. */
  private static String reason(IOException failure) {
    return switch (failure) {
      case FileAlreadyExistsException inTheWay -> inTheWay.getFile() + " is not a folder";
      case AccessDeniedException denied -> "permission denied on " + denied.getFile();
      default -> String.valueOf(failure.getMessage());
    };
  }

  Path path() {
    return path;
  }

  private static Path ourPath(Path configured) {
    if (isOursOrNew(configured)) {
      return configured;
    }
    Path beside = configured.resolveSibling(configured.getFileName() + BESIDE_SUFFIX);
    if (isOursOrNew(beside)) {
      return beside;
    }
    throw new BackendException(
        "Both %s and %s belong to another program: set SQLite3DataFile to another path"
            .formatted(configured, beside));
  }

  private static boolean isOursOrNew(Path path) {
    try {
      if (!Files.exists(path) || Files.size(path) == 0) {
        return true;
      }
      ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
      try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
        while (header.hasRemaining() && channel.read(header) >= 0) {
          // until the header is complete, or the file ends
        }
      }
      byte[] bytes = header.array();
      if (header.hasRemaining() || !Arrays.equals(Arrays.copyOf(bytes, MAGIC.length), MAGIC)) {
        throw new BackendException(
            "%s (SQLite3DataFile) is no SQLite database, or its beginning is damaged: restore it from a copy, move it away to start anew, or set another path"
                .formatted(path));
      }
      return header.getInt(APPLICATION_ID_OFFSET) == APPLICATION_ID;
    } catch (IOException e) {
      throw new BackendException(
          "Cannot read the data file %s (SQLite3DataFile): %s".formatted(path, e), e);
    }
  }

  /** A file of its own: closing any handle of a file drops this process's POSIX locks on it. */
  private static FileChannel lock(Path path) throws IOException {
    Path lockPath = path.resolveSibling(path.getFileName() + ".lock");
    FileChannel channel =
        FileChannel.open(
            lockPath, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      Optional<FileLock> lock = Optional.ofNullable(channel.tryLock());
      if (lock.isEmpty()) {
        throw inUse(path, lockPath);
      }
    } catch (OverlappingFileLockException e) {
      channel.close();
      StoreInUseException inUse = inUse(path, lockPath);
      inUse.initCause(e);
      throw inUse;
    } catch (BackendException | IOException e) {
      channel.close();
      throw e;
    }
    channel.truncate(0);
    channel.write(ByteBuffer.wrap(Long.toString(ProcessHandle.current().pid()).getBytes(UTF_8)));
    return channel;
  }

  private static StoreInUseException inUse(Path path, Path lockPath) throws IOException {
    String holder = Files.readString(lockPath, UTF_8).strip();
    return new StoreInUseException(
        "The data file %s is in use by another manager%s: stop it, or set another SQLite3DataFile"
            .formatted(path, holder.isEmpty() ? "" : " (process " + holder + ")"));
  }

  @Override
  public void close() {
    try {
      lockChannel.close();
    } catch (IOException e) {
      throw new BackendException("Cannot unlock the data file " + path + ": " + e, e);
    }
  }
}
