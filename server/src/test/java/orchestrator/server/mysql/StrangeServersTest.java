package orchestrator.server.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import orchestrator.core.relocation.ActionOutcome;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.topology.InstanceKey;
import orchestrator.server.engine.ProbeResult;
import orchestrator.server.engine.ProbeResult.Failure;
import orchestrator.server.engine.Servers.ProbeDepth;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What listens is not, or not yet, a server. */
class StrangeServersTest {
  private static final Duration DEADLINE = Duration.ofMillis(600);

  private final MySqlServers servers =
      new MySqlServers(
          TopologyAccess.of("o", "secret").with(TopologyAccess.ServerName.AS_GIVEN),
          new HostnameResolver(
              HostnameResolver.Method.NONE,
              Duration.ofHours(1),
              Optional.empty(),
              new SystemNames(Duration.ofSeconds(1)),
              InstantSource.system(),
              name -> List.of()),
          InstantSource.system());

  @AfterEach
  void close() {
    servers.close();
  }

  /** What a fake server does with a connection. */
  private interface Behaviour {
    void serve(Socket socket) throws IOException, InterruptedException;
  }

  private ProbeResult.Failed probe(Behaviour behaviour) throws IOException {
    try (ServerSocket listener = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"))) {
      Thread.ofVirtual()
          .start(() -> {
            while (!listener.isClosed()) {
              try (Socket socket = listener.accept()) {
                behaviour.serve(socket);
              } catch (IOException | InterruptedException e) {
                // The other side has seen enough.
              }
            }
          });
      return probe(listener.getLocalPort());
    }
  }

  private ProbeResult.Failed probe(int port) {
    InstanceKey key = new InstanceKey("127.0.0.1", port);
    ProbeResult result = servers.probe(key, ProbeDepth.REGULAR, DEADLINE);
    assertThat(result).isInstanceOf(ProbeResult.Failed.class);
    ProbeResult.Failed failed = (ProbeResult.Failed) result;
    assertThat(failed.key()).isEqualTo(key);
    assertThat(failed.reason()).startsWith("127.0.0.1:" + port + ": ");
    return failed;
  }

  private static int unusedPort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      return socket.getLocalPort();
    }
  }

  @Test
  void aPortThatNobodyListensOnIsRefused() throws IOException {
    assertThat(probe(unusedPort()).failure()).isEqualTo(Failure.CONNECTION_REFUSED);
  }

  @Test
  void aServerThatDoesNotGreetTimesOut() throws IOException {
    long started = System.nanoTime();

    assertThat(probe(socket -> socket.getInputStream().read()).failure())
        .isEqualTo(Failure.TIMEOUT);
    assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(2));
  }

  @Test
  void aServerThatClosesAtOnceIsLost() throws IOException {
    assertThat(probe(socket -> {}).failure()).isEqualTo(Failure.CONNECTION_LOST);
  }

  @Test
  void aServerThatStopsInTheMiddleOfItsGreetingTimesOut() throws IOException {
    assertThat(
            probe(
                    socket -> {
                      socket.getOutputStream().write(new byte[] {74, 0, 0, 0, 10, '8', '.'});
                      socket.getInputStream().read();
                    })
                .failure())
        .isEqualTo(Failure.TIMEOUT);
  }

  @Test
  void aServerOfAnotherProtocolGivesABadAnswer() throws IOException {
    ProbeResult.Failed failed =
        probe(socket -> {
          socket
              .getOutputStream()
              .write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
          socket.getInputStream().read();
        });

    assertThat(failed.failure()).isIn(Failure.BAD_ANSWER, Failure.TIMEOUT);
  }

  @Test
  void aServerThatTrickles_IsBoundedAllTheSame() throws IOException {
    long started = System.nanoTime();

    assertThat(
            probe(
                    socket -> {
                      OutputStream out = socket.getOutputStream();
                      out.write(new byte[] {74, 0, 0, 0, 10});
                      for (int i = 0; i < 200; i++) {
                        out.write('x');
                        out.flush();
                        Thread.sleep(30);
                      }
                    })
                .failure())
        .isEqualTo(Failure.TIMEOUT);
    assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(2));
  }

  @Test
  void aServerWithoutRoomForUsSaysSo() throws IOException {
    byte[] message = "Too many connections".getBytes(StandardCharsets.US_ASCII);
    ProbeResult.Failed failed =
        probe(socket -> {
          OutputStream out = socket.getOutputStream();
          out.write(new byte[] {(byte) (message.length + 3), 0, 0, 0, (byte) 0xff, 0x10, 0x04});
          out.write(message);
          out.flush();
          socket.getInputStream().read();
        });

    assertThat(failed.failure()).isEqualTo(Failure.TOO_MANY_CONNECTIONS);
    assertThat(failed.reason()).contains("Too many connections");
  }

  @Test
  void aNameThatDoesNotExistIsUnknown() {
    ProbeResult result =
        servers.probe(
            new InstanceKey("no-such-host.invalid", 3306),
            ProbeDepth.REGULAR,
            Duration.ofSeconds(3));

    assertThat(((ProbeResult.Failed) result).failure()).isIn(Failure.UNKNOWN_HOST, Failure.TIMEOUT);
  }

  @Test
  void aNameThatIsNoAddressIsNotPassedOn() {
    ProbeResult result =
        servers.probe(new InstanceKey("a)(sslMode=disable", 3306), ProbeDepth.REGULAR, DEADLINE);

    assertThat(((ProbeResult.Failed) result).failure()).isEqualTo(Failure.UNKNOWN_HOST);
  }

  @Test
  void nothingWasDoneToAServerThatWasNotReached() throws IOException {
    InstanceKey key = new InstanceKey("127.0.0.1", unusedPort());

    ActionOutcome outcome =
        servers.perform(
            new ServerAction.SetReadOnly(key, false, false),
            RealServers.fence("n1", 1, "test"),
            DEADLINE);

    assertThat(outcome).isInstanceOf(ActionOutcome.NotApplied.class);
  }

  @Test
  void nothingIsDoneAfterTheEnd() {
    servers.close();

    assertThat(
            servers.probe(
                new InstanceKey("127.0.0.1", 3306), ProbeDepth.REGULAR, Duration.ofSeconds(1)))
        .isInstanceOf(ProbeResult.Failed.class);
  }
}
