package orchestrator.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import orchestrator.core.state.Command;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RoutingTest {
  private ApiFixture api;

  @BeforeEach
  void start() throws IOException {
    api = ApiFixture.start();
  }

  @AfterEach
  void stop() throws IOException {
    api.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "no-such-thing",
        "instance/r1.example",
        "instance//3306",
        "discover/h/3306/more",
        "tag/r1.example/3306/a/b/c",
        ""
      })
  void anUnknownPathIsNotFoundAndNamed(String path) throws Exception {
    HttpResponse<String> response = api.get(path);
    assertThat(response.statusCode()).isEqualTo(404);
    assertThat(response.body())
        .isEqualTo(
            "{\"Code\":\"ERROR\",\"Message\":\"No such endpoint: /api/"
                + path
                + "\",\"Details\":null}");
  }

  @Test
  void aPathOutsideTheApiIsNotFound() throws Exception {
    assertThat(api.send("GET", "/elsewhere").body()).contains("No such endpoint: /elsewhere");
  }

  @ParameterizedTest
  @CsvSource({
    "start-slave, start-replica",
    "stop-slave, stop-replica",
    "restart-slave, restart-replica",
    "reset-slave, reset-replica",
    "detach-slave, detach-replica",
    "detach-slave-master-host, detach-replica-master-host",
    "reattach-slave, reattach-replica",
    "reattach-slave-master-host, reattach-replica-master-host",
    "enable-semi-sync-master, enable-semi-sync-source",
    "disable-semi-sync-master, disable-semi-sync-source"
  })
  void oldAndNewSpellingsAskForTheSame(String old, String now) throws Exception {
    api.details(old + "/r1.example/3306");
    api.details(now + "/r1.example/3306");
    assertThat(api.operations.asked).hasSize(2);
    assertThat(api.operations.asked.get(0)).isEqualTo(api.operations.asked.get(1));
  }

  @Test
  void oneTrailingSlashIsAccepted() throws Exception {
    assertThat(api.get("downtimed/").statusCode()).isEqualTo(200);
    assertThat(api.get("stop-replica/r1.example/3306/").statusCode()).isEqualTo(200);
    assertThat(api.get("downtimed//").statusCode()).isEqualTo(404);
  }

  @Test
  void aSlashInsideAnArgumentStaysInside() throws Exception {
    api.details("begin-downtime/r1.example/3306/me/ticket%2F17%20%26%20more%3F/1h");
    assertThat(api.operations.downtime("r1.example").reason()).isEqualTo("ticket/17 & more?");
  }

  @Test
  void textAroundAnArgumentIsTrimmed() throws Exception {
    // The incumbent's client sends a line feed after owner and reason.
    api.details("begin-downtime/r1.example/3306/me%0A/why%0A/1h");
    assertThat(api.operations.downtime("r1.example").owner()).isEqualTo("me");
  }

  @Test
  void headNeverRunsAnAction() throws Exception {
    HttpResponse<String> response = api.send("HEAD", "/api/stop-replica/r1.example/3306");
    assertThat(response.statusCode()).isEqualTo(405);
    assertThat(response.headers().firstValue("Allow")).contains("GET, POST");
    assertThat(api.operations.asked).isEmpty();
  }

  @Test
  void headOfAReadTellsStatusAndLengthOnly() throws Exception {
    HttpResponse<String> response = api.send("HEAD", "/api/clusters");
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEmpty();
    assertThat(response.headers().firstValue("Content-Length")).isPresent();
  }

  @Test
  void postRunsActionsAndOnlyActions() throws Exception {
    assertThat(api.send("POST", "/api/stop-replica/r1.example/3306").statusCode()).isEqualTo(200);
    assertThat(api.send("POST", "/api/clusters").statusCode()).isEqualTo(405);
    assertThat(api.send("DELETE", "/api/clusters").statusCode()).isEqualTo(405);
  }

  @Test
  void theAnswerIsCompressedWhenAskedFor() throws Exception {
    HttpResponse<String> plain = api.get("all-instances");
    HttpResponse<String> packed = api.send("GET", "/api/all-instances", "Accept-Encoding", "gzip");
    assertThat(packed.headers().firstValue("Content-Encoding")).contains("gzip");
    assertThat(packed.headers().firstValue("Vary")).contains("Accept-Encoding");
    assertThat(packed.headers().firstValueAsLong("Content-Length").orElse(0))
        .isLessThan(plain.body().length() / 3);
  }

  @Test
  void answersAreJsonInUtf8() throws Exception {
    assertThat(api.get("clusters").headers().firstValue("Content-Type"))
        .contains("application/json; charset=UTF-8");
  }

  @Test
  void aDefectIsAnErrorOfTheServerAndHidesNothing() throws Exception {
    api.operations.broken = true;
    HttpResponse<String> response = api.get("clusters");
    assertThat(response.statusCode()).isEqualTo(500);
    assertThat(response.body()).startsWith("{\"Code\":\"ERROR\"").contains("\\u003cbroken\\u003e");
  }

  @Test
  void aPrefixIsPartOfEveryPath() throws Exception {
    HttpSettings local = HttpSettings.LOCAL;
    HttpSettings prefixed =
        new HttpSettings(
            local.host(),
            0,
            "/orc",
            "/alive",
            false,
            local.authentication(),
            "Orchestrator here says: ",
            local.stopTimeout());
    try (ApiFixture other = ApiFixture.start(prefixed)) {
      assertThat(other.send("GET", "/orc/api/lb-check").body()).isEqualTo("\"OK\"");
      assertThat(other.send("GET", "/api/lb-check").statusCode()).isEqualTo(404);
      assertThat(other.send("GET", "/alive").statusCode()).isEqualTo(200);
      assertThat(other.send("GET", "/orc/api/status").statusCode()).isEqualTo(404);
      assertThat(other.send("GET", "/orc/api/nothing").body())
          .contains("\"Message\":\"Orchestrator here says: No such endpoint");
    }
  }

  @Test
  void fixedRoutesComeBeforeArguments() throws Exception {
    api.operations.with(new Command.SetClusterAlias("other.example:3306", "cluster"));
    assertThat(api.ok("cluster/alias/cluster")).hasSize(1);
    assertThat(api.ok("cluster/instance/r1.example/3306")).hasSize(3);
    assertThat(api.ok("cluster/main")).hasSize(3);
  }
}
