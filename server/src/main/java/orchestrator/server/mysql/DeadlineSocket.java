package orchestrator.server.mysql;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;

/**
 * A socket whose reads end at a deadline. A timeout of the driver would start anew with each read,
 * so that a server which sends a byte now and then could hold a probe for ever.
 */
final class DeadlineSocket extends Socket {
  private volatile Deadline deadline;

  DeadlineSocket(Deadline deadline) {
    this.deadline = deadline;
  }

  /** Holds for every read that begins from now on. */
  void setDeadline(Deadline newDeadline) {
    deadline = newDeadline;
  }

  @Override
  public InputStream getInputStream() throws IOException {
    return new Bounded(super.getInputStream());
  }

  private final class Bounded extends FilterInputStream {
    Bounded(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      limit();
      return in.read();
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      limit();
      return in.read(buffer, offset, length);
    }

    private void limit() throws IOException {
      long millis = deadline.remainingNanos() / 1_000_000;
      if (millis <= 0) {
        throw new SocketTimeoutException("no answer within the deadline");
      }
      setSoTimeout((int) Math.min(millis + 1, Integer.MAX_VALUE));
    }
  }
}
