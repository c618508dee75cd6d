package orchestrator.sandbox.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A free TCP port on 127.0.0.1 that no other sandbox takes, in this process or another, while it is
 * held: also while the server that uses it is down.
 */
public final class PortReservation implements AutoCloseable {
  /**
   * Below the kernel's range for outgoing connections (32768 and up), which would take a port at
   * any moment.
   */
  private static final int FIRST = 20_000;

  private static final int COUNT = 10_000;

  /** Processes begin at different places, so that they seldom meet. */
  private static final AtomicInteger NEXT =
      new AtomicInteger((int) (ProcessHandle.current().pid() * 37 % COUNT));

  private final int port;
  private final FileChannel channel;

  private PortReservation(int port, FileChannel channel) {
    this.port = port;
    this.channel = channel;
  }

  /** Reserves some port. */
  public static PortReservation any() throws IOException {
    Path folder =
        Files.createDirectories(
            Path.of(
                System.getProperty("java.io.tmpdir"),
                "orchestrator-ports-" + System.getProperty("user.name")));
    for (int attempt = 0; attempt < COUNT; attempt++) {
      int port = FIRST + Math.floorMod(NEXT.getAndIncrement(), COUNT);
      Optional<PortReservation> reservation = tryReserve(folder, port);
      if (reservation.isPresent()) {
        return reservation.get();
      }
    }
    throw new IOException("no free port between " + FIRST + " and " + (FIRST + COUNT));
  }

  private static Optional<PortReservation> tryReserve(Path folder, int port) throws IOException {
    FileChannel channel =
        FileChannel.open(
            folder.resolve(Integer.toString(port)),
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE);
    if (lock(channel) && canBind(port)) {
      return Optional.of(new PortReservation(port, channel));
    }
    channel.close();
    return Optional.empty();
  }

  private static boolean lock(FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock(); // released with the channel, or with the process
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false; // held by this very process
    }
  }

  private static boolean canBind(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port));
      return true;
    } catch (IOException e) {
      return false; // somebody listens there
    }
  }

  public int port() {
    return port;
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
