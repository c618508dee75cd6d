package orchestrator.server.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Reads that end in time, and that do not, of virtual threads and of others. */
@Timeout(30)
class DeadlineSocketTest {
  private static final Duration SOON = Duration.ofMillis(100);
  private static final Duration LATE = Duration.ofSeconds(20);

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private ServerSocket server;
  private DeadlineSocket socket;
  private Socket peer;

  @BeforeEach
  void connect() throws IOException {
    server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    socket = new DeadlineSocket(Deadline.after(LATE));
    socket.connect(server.getLocalSocketAddress());
    peer = server.accept();
  }

  @AfterEach
  void close() throws IOException {
    threads.close();
    socket.close();
    peer.close();
    server.close();
  }

  private <T> T onVirtualThread(Callable<T> work) throws Exception {
    Future<T> result = threads.submit(work);
    return result.get();
  }

  private int read() throws IOException {
    return socket.getInputStream().read();
  }

  private void say(int... bytes) throws IOException {
    for (int one : bytes) {
      peer.getOutputStream().write(one);
    }
  }

  @Test
  void anAnswerInTimeIsReadByteByByteAndAtOnce() throws Exception {
    say(200, 1, 2, 3);
    assertThat(onVirtualThread(this::read)).isEqualTo(200);
    byte[] rest = new byte[3];
    assertThat(socket.getInputStream().readNBytes(rest, 0, 3)).isEqualTo(3);
    assertThat(rest).containsExactly(1, 2, 3);
    peer.close();
    assertThat(read()).isEqualTo(-1);
  }

  @Test
  void aReadThatGetsNoAnswerEndsAtTheDeadline() {
    socket.setDeadline(Deadline.after(SOON));
    assertThatThrownBy(() -> onVirtualThread(this::read))
        .hasCauseInstanceOf(SocketTimeoutException.class);
  }

  @Test
  void aReadOfAPlatformThreadEndsToo() {
    socket.setDeadline(Deadline.after(SOON));
    assertThatThrownBy(this::read).isInstanceOf(SocketTimeoutException.class);
  }

  @Test
  void aServerThatSendsAByteNowAndThenGainsNoTime() throws Exception {
    socket.setDeadline(Deadline.after(SOON));
    Future<?> trickle =
        threads.submit(() -> {
          while (true) {
            say(7);
            Thread.sleep(10);
          }
        });
    InputStream in = socket.getInputStream();
    assertThatThrownBy(() -> in.readNBytes(1_000_000)).isInstanceOf(SocketTimeoutException.class);
    trickle.cancel(true);
  }

  @Test
  void aDeadlineThatWasKeptEndsNoLaterRead() throws Exception {
    socket.setDeadline(Deadline.after(SOON));
    say(1);
    assertThat(read()).isEqualTo(1);
    socket.setDeadline(Deadline.after(LATE));
    Future<Integer> late = threads.submit(this::read);
    Thread.sleep(3 * SOON.toMillis());
    say(2);
    assertThat(late.get()).isEqualTo(2);
  }

  @Test
  void aSocketThatSomebodyClosesIsNotSaidToBeLate() throws Exception {
    Future<Integer> waiting = threads.submit(this::read);
    Thread.sleep(SOON.toMillis());
    socket.close();
    assertThatThrownBy(waiting::get)
        .cause()
        .isInstanceOf(SocketException.class)
        .isNotInstanceOf(SocketTimeoutException.class);
  }
}
