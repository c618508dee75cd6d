package orchestrator.server.mysql;

import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Asks the system for addresses, in bounded time. A lookup blocks the operating system's thread, so
 * it must not run on a virtual thread: a few dead name servers would stop all probes.
 */
final class NameLookup implements AutoCloseable {
  private static final int MOST_LOOKUPS = 32;

  private final ExecutorService threads =
      new ThreadPoolExecutor(
          0,
          MOST_LOOKUPS,
          30,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          Thread.ofPlatform().daemon().name("name-lookup-", 0).factory());

  /**
   * @throws UnknownHostException when the name does not resolve
   * @throws SocketTimeoutException when there is no answer by the deadline
   */
  List<InetAddress> addresses(String host, Deadline deadline)
      throws UnknownHostException, SocketTimeoutException {
    if (isLiteral(host)) {
      return List.of(InetAddress.getByName(host));
    }
    return List.of(bounded(host, () -> InetAddress.getAllByName(host), deadline));
  }

  /** Runs a lookup on a thread that may block. */
  <T> T bounded(String host, Callable<T> lookup, Deadline deadline)
      throws UnknownHostException, SocketTimeoutException {
    Future<T> future;
    try {
      future = threads.submit(lookup);
    } catch (RejectedExecutionException e) {
      throw new SocketTimeoutException("too many name lookups under way to look up " + host);
    }
    try {
      return future.get(Math.max(0, deadline.remainingNanos()), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      future.cancel(true);
      throw new SocketTimeoutException("looking up " + host + " took too long");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SocketTimeoutException("interrupted while looking up " + host);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnknownHostException unknown) {
        throw unknown;
      }
      throw new UnknownHostException(host + ": " + e.getCause());
    }
  }

  private static boolean isLiteral(String host) {
    return host.indexOf(':') >= 0 || host.matches("[0-9.]+");
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
