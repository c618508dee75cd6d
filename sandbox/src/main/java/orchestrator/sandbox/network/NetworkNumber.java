package orchestrator.sandbox.network;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * A number from 0 to 255 that only one network of the machine has at a time: its addresses and
 * names are made of it. The kernel gives it back when its process ends, so what bears a number that
 * nobody holds was left behind.
 */
final class NetworkNumber implements AutoCloseable {
  static final int COUNT = 256;

  /** Beside the namespaces, which are the whole machine's too. */
  private static final Path FOLDER = Path.of("/run/orchestrator-networks");

  /** A lock belongs to the whole process, and any closing of the file gives it up. */
  private static final Set<Integer> HELD_HERE = new HashSet<>();

  private final int value;
  private final FileChannel channel;

  private NetworkNumber(int value, FileChannel channel) {
    this.value = value;
    this.channel = channel;
  }

  /** Takes some number. */
  static NetworkNumber any() throws IOException {
    int first = (int) (ProcessHandle.current().pid() % COUNT);
    for (int i = 0; i < COUNT; i++) {
      Optional<NetworkNumber> number = take((first + i) % COUNT);
      if (number.isPresent()) {
        return number.get();
      }
    }
    throw new IOException("all " + COUNT + " networks are in use");
  }

  /** Takes this number; empty when somebody has it. */
  static Optional<NetworkNumber> take(int value) throws IOException {
    synchronized (HELD_HERE) {
      if (HELD_HERE.contains(value)) {
        return Optional.empty();
      }
      Files.createDirectories(FOLDER);
      FileChannel channel =
          FileChannel.open(
              FOLDER.resolve(Integer.toString(value)),
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE);
      FileLock lock = channel.tryLock();
      if (lock == null) {
        channel.close();
        return Optional.empty();
      }
      HELD_HERE.add(value);
      return Optional.of(new NetworkNumber(value, channel));
    }
  }

  int value() {
    return value;
  }

  @Override
  public void close() throws IOException {
    synchronized (HELD_HERE) {
      channel.close();
      HELD_HERE.remove(value);
    }
  }
}
