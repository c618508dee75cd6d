package orchestrator.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import orchestrator.core.state.Command;
import orchestrator.core.testing.TopologyBuilder;
import orchestrator.core.topology.InstanceKey;
import orchestrator.server.engine.Outcome.Failure;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class BadInputTest {
  private static ApiFixture api;

  @BeforeAll
  static void start() throws IOException {
    api = ApiFixture.start();
  }

  @AfterAll
  static void stop() throws IOException {
    api.close();
  }

  @AfterEach
  void forget() {
    api.operations.asked.clear();
    api.operations.failure = Optional.empty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "400 | instance/r1.example/abc                          | Invalid port: abc",
        "400 | instance/r1.example/-1                           | Invalid port: -1",
        "400 | instance/r1.example/0                            | Invalid port: 0",
        "400 | instance/r1.example/65536                        | Invalid port: 65536",
        "400 | instance/r1.example/99999999999999999999         | Invalid port",
        "400 | discover/a,b/3306                                | Invalid host: a,b",
        "400 | discover/%20/3306                                | Invalid host",
        "400 | discover/_/3306                                  | Invalid host: _",
        "400 | discover/%2F%2Fr1/3306                           | Invalid host: //r1",
        "400 | discover/h%27;drop/3306                          | Invalid host",
        "400 | instance/%ff/3306                                | Malformed escape",
        "404 | instance/unknown/3306                            | Cannot read instance: unknown:3306",
        "404 | instance/r1.example/3307                         | Cannot read instance: r1.example:3307",
        "404 | cluster/nothing                                  | Unable to determine cluster name from: nothing",
        "404 | cluster/instance/unknown/3306                    | Cannot read instance: unknown:3306",
        "404 | cluster/alias/nothing                            | No cluster has the alias nothing",
        "404 | master/nothing                                   | Unable to determine cluster name",
        "404 | downtimed/nothing                                | Unable to determine cluster name",
        "404 | set-cluster-alias/nothing?alias=x                | Unknown cluster: nothing",
        "404 | tag-value/r1.example/3306/none                   | Tag none not found",
        "400 | tag/r1.example/3306                              | No tag given",
        "400 | tag/r1.example/3306?tag=~x                       | negated",
        "400 | tag/r1.example/3306?tag==v                       | Invalid tag",
        "400 | untag-all?tag=x                                  | A value is needed",
        "400 | tagged                                           | No tag given",
        "400 | begin-downtime/r1.example/3306/o/r/5             | Invalid duration: 5",
        "400 | begin-downtime/r1.example/3306/o/r/5y            | Invalid duration: 5y",
        "400 | begin-downtime/r1.example/3306/o/r/-5m           | Invalid duration: -5m",
        "400 | begin-downtime/r1.example/3306/%20/r/5m          | owner must not be empty",
        "400 | begin-downtime/r1.example/3306/o/%20/5m          | reason must not be empty",
        "400 | register-candidate/r1.example/3306/must          | Invalid promotion rule: must",
        "400 | register-candidate/r1.example/3306/best          | Invalid promotion rule: best",
        "400 | register-hostname-unresolve/r1.example/3306/a'b   | Not a host name: a'b",
        "400 | register-hostname-unresolve/r1.example/x/vip     | Invalid port: x",
        "404 | register-hostname-unresolve/unknown/3306/vip     | Cannot read instance: unknown:3306",
        "404 | deregister-hostname-unresolve/unknown/3306       | Cannot read instance: unknown:3306",
        "400 | end-maintenance/x                                | Invalid maintenance id: x",
        "400 | force-master-failover/main?dry-run=1             | dry-run must be true or false, got '1'",
        "400 | graceful-master-takeover-auto/main?dry-run       | dry-run must be true or false",
        "400 | stop-replica/r1.example/3306?dry-run=true        | There is no dry run of this",
        "400 | ack-all-recoveries                               | No acknowledge comment given",
        "400 | ack-all-recoveries?comment=%20%20                | No acknowledge comment given",
        "400 | ack-recovery/abc?comment=x                       | Invalid recovery id: abc",
        "404 | ack-recovery/cluster/nothing?comment=x           | Unable to determine cluster name",
        "400 | recover/m.example/3306/r1.example/x              | Invalid port: x",
        "404 | recover/m.example/3306/unknown/3306              | Cannot read instance: unknown:3306",
        "404 | force-master-takeover/main/unknown/3306          | Cannot read instance: unknown:3306",
        "404 | graceful-master-takeover/main/unknown/3306       | Cannot read instance: unknown:3306",
        "404 | graceful-master-takeover-auto/nothing            | Unable to determine cluster name",
        "400 | graceful-master-takeover/main/r1.example/x       | Invalid port: x",
        "404 | force-master-failover/nothing                    | Unable to determine cluster name",
        "404 | stop-replica/unknown/3306                        | Cannot read instance: unknown:3306"
      })
  void malformedOrUnknownArgumentsAreRefusedBeforeAnythingIsTouched(
      int status, String path, String message) throws Exception {
    HttpResponse<String> response = api.get(path);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    JsonNode envelope = ApiFixture.parse(response.body());
    assertThat(envelope.path("Code").asString()).isEqualTo("ERROR");
    assertThat(envelope.path("Message").asString()).contains(message);
    assertThat(api.operations.asked).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "stop-replica/r1/3306",
        "set-read-only/r1/3306",
        "set-writeable/r1/3306",
        "forget/r1/3306",
        "refresh/r1/3306",
        "begin-downtime/r1/3306/o/r",
        "end-downtime/r1/3306",
        "begin-maintenance/r1/3306/o/r",
        "end-maintenance/r1/3306",
        "register-candidate/r1/3306/prefer",
        "tag/r1/3306?tag=a",
        "untag/r1/3306?tag=a",
        "recover/r1/3306",
        "recover/m.example/3306/r1/3306",
        "force-master-failover/r1/3306",
        "force-master-failover/r1:3306",
        "forget-cluster/r1:3306"
      })
  void whatChangesSomethingNeverGuessesWhichServerIsMeant(String path) throws Exception {
    HttpResponse<String> response = api.get(path);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(404);
    assertThat(api.operations.asked).isEmpty();
  }

  @Test
  void theErrorSaysWhichServerMayHaveBeenMeant() throws Exception {
    assertThat(api.get("stop-replica/r1/3306").body()).contains("Did you mean r1.example:3306?");
  }

  @Test
  void readsFindTheOnlyServerThatContainsTheName() throws Exception {
    assertThat(api.ok("instance/r1/3306").path("Key").path("Hostname").asString())
        .isEqualTo("r1.example");
    assertThat(api.get("instance/example/3306").statusCode()).isEqualTo(404);
    assertThat(api.ok("cluster/r2:3306")).hasSize(3);
  }

  @Test
  void hostNamesAreNotCaseSensitive() throws Exception {
    api.details("stop-replica/R1.Example/3306");
    assertThat(api.operations.asked).singleElement().asString().contains("r1.example:3306");
  }

  @Test
  void aServerIsFoundByTheNameItWasMetBy() throws Exception {
    api.operations.with(new Command.Discover(new InstanceKey("r1.example", 3306)));
    api.operations.with(
        new Command.Rename(
            new InstanceKey("db1.dc.example", 3306), new InstanceKey("r1.example", 3306)));
    assertThat(api.get("begin-downtime/db1.dc.example/3306/ann/work").statusCode()).isEqualTo(200);
    assertThat(api.operations.downtime("r1.example").owner()).isEqualTo("ann");
    assertThat(api.get("end-downtime/db1.dc.example/3306").statusCode()).isEqualTo(200);
    assertThat(api.operations.state().downtimes()).isEmpty();
    api.details("stop-replica/db1.dc.example/3306");
    assertThat(api.operations.asked).last().asString().contains("r1.example:3306");
    assertThat(api.get("instance/db1.dc.example/3306").body()).contains("r1.example");
  }

  @ParameterizedTest
  @EnumSource(Failure.class)
  void everyKindOfFailureHasItsStatusAndTheEnvelope(Failure failure) throws Exception {
    api.operations.failure = Optional.of(failure);
    HttpResponse<String> response = api.get("stop-replica/r1.example/3306");
    int status =
        switch (failure) {
          case BAD_REQUEST -> 400;
          case UNAUTHORIZED -> 403;
          case NOT_FOUND -> 404;
          case CONFLICT -> 409;
          case UNAVAILABLE, UNKNOWN -> 503;
          case INTERNAL -> 500;
        };
    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(response.body())
        .isEqualTo("{\"Code\":\"ERROR\",\"Message\":\"It fails as asked\",\"Details\":null}");
  }

  @Test
  void aRefusalOfTheStateIsAConflict() throws Exception {
    api.details("begin-maintenance/r2.example/3306/me/work");
    HttpResponse<String> second = api.get("begin-maintenance/r2.example/3306/you/work");
    assertThat(second.statusCode()).isEqualTo(409);
    api.details("end-maintenance/r2.example/3306");
  }

  @Test
  void aRequestLineThatIsTooLongIsRefused() throws Exception {
    assertThat(api.get("search?s=" + "x".repeat(100_000)).statusCode()).isEqualTo(414);
  }

  @ParameterizedTest
  @ValueSource(strings = {"GARBAGE\r\n\r\n", "GET /api/\u0001 HTTP/1.1\r\n\r\n", "\r\n\r\n\r\n"})
  void bytesThatAreNoRequestEndTheConnectionAndNothingElse(String bytes) throws Exception {
    try (Socket socket = new Socket("127.0.0.1", api.port())) {
      socket.setSoTimeout(10_000);
      OutputStream out = socket.getOutputStream();
      out.write(bytes.getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
      socket.shutdownOutput();
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(answer)
          .satisfiesAnyOf(
              text -> assertThat(text).isEmpty(),
              text -> assertThat(text).startsWith("HTTP/1.1 400"));
    }
    assertThat(api.get("lb-check").body()).isEqualTo("\"OK\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/api/instance/%zz/3306", "/api/instance/%4", "/api/search?s=%"})
  void aMalformedEscapeIsABadRequest(String target) throws Exception {
    try (Socket socket = new Socket("127.0.0.1", api.port())) {
      socket.setSoTimeout(10_000);
      String request = "GET " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(answer).startsWith("HTTP/1.1 400").contains("\"Code\":\"ERROR\"");
    }
  }

  @Test
  void theIncumbentsOddDurationsAreTheDefault() throws Exception {
    api.details("begin-downtime/r1.example/3306/o/r/0s");
    assertThat(api.operations.downtime("r1.example").end())
        .isEqualTo(TopologyBuilder.NOW.plusSeconds(600));
    api.details("end-downtime/r1.example/3306");
  }
}
