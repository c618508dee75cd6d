package orchestrator.sandbox.command;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import orchestrator.sandbox.SandboxException;
import orchestrator.sandbox.install.Cache;

/**
 * Tells other processes where a running sandbox listens. Locked while the sandbox runs; the kernel
 * frees the lock.
 */
final class StateFile implements AutoCloseable {
  private final Path file;
  private final FileChannel channel;

  private StateFile(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Takes a name.
   *
   * @throws SandboxException if a sandbox of this name runs
   */
  static StateFile take(String name) throws IOException {
    Path file = path(name);
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    if (channel.tryLock() == null) {
      channel.close();
      throw new SandboxException(
          "A sandbox named " + name + " runs already; stop it or choose another --name");
    }
    channel.truncate(0);
    return new StateFile(file, channel);
  }

  /** Publishes where the sandbox listens. */
  void publish(Path socket) throws IOException {
    channel.write(ByteBuffer.wrap(socket.toString().getBytes(StandardCharsets.UTF_8)));
  }

  @Override
  public void close() throws IOException {
    Files.deleteIfExists(file);
    channel.close();
  }

  /** Where the sandbox of this name listens; empty if none runs. */
  static Optional<Path> socketOf(String name) throws IOException {
    Path file = path(name);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      if (channel.tryLock() != null) {
        Files.deleteIfExists(file); // its process was killed
        return Optional.empty();
      }
    }
    String socket = Files.readString(file, StandardCharsets.UTF_8);
    return socket.isBlank() ? Optional.empty() : Optional.of(Path.of(socket));
  }

  private static Path path(String name) throws IOException {
    if (!name.matches("[A-Za-z0-9_-]{1,32}")) {
      throw new SandboxException(
          "A sandbox's name has 1 to 32 letters, digits, '-' or '_', not \"" + name + "\"");
    }
    return Files.createDirectories(Cache.folder().resolve("sandboxes")).resolve(name);
  }
}
