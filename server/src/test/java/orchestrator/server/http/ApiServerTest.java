package orchestrator.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class ApiServerTest {
  private static final String ACTION = "/api/stop-replica/r1.example/3306";

  /** Sends a request that stays inside the operations until the latch is opened. */
  private static CompletableFuture<HttpResponse<String>> slowRequest(
      ApiFixture api, CountDownLatch latch) {
    api.operations.delay =
        () -> {
          try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        };
    CompletableFuture<HttpResponse<String>> answer =
        CompletableFuture.supplyAsync(() -> {
          try {
            return api.send("GET", ACTION);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
    Awaitility.await().until(() -> !api.operations.asked.isEmpty());
    return answer;
  }

  @Test
  void aSlowActionDelaysNobodyElse() throws Exception {
    CountDownLatch latch = new CountDownLatch(1);
    try (ApiFixture api = ApiFixture.start()) {
      CompletableFuture<HttpResponse<String>> slow = slowRequest(api, latch);
      assertThat(api.get("clusters").statusCode()).isEqualTo(200);
      assertThat(slow).isNotDone();
      latch.countDown();
      assertThat(slow.get(30, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void stoppingLetsARunningRequestEndAndTakesNoOther() throws Exception {
    CountDownLatch latch = new CountDownLatch(1);
    ApiFixture api = ApiFixture.start();
    CompletableFuture<HttpResponse<String>> slow = slowRequest(api, latch);
    CompletableFuture<Void> stop =
        CompletableFuture.runAsync(() -> {
          try {
            api.stopServer();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
    Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> isRefused(api));
    latch.countDown();
    assertThat(slow.get(30, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    stop.get(30, TimeUnit.SECONDS);
    api.close();
  }

  private static boolean isRefused(ApiFixture api) throws InterruptedException {
    try {
      return api.get("lb-check").statusCode() == 503;
    } catch (IOException refused) {
      return true;
    }
  }

  @Test
  void anAddressThatIsTakenIsNamed() throws Exception {
    try (ApiFixture api = ApiFixture.start()) {
      HttpSettings local = HttpSettings.LOCAL;
      HttpSettings taken =
          new HttpSettings(
              local.host(),
              api.port(),
              local.urlPrefix(),
              local.statusEndpoint(),
              local.readOnly(),
              local.authentication(),
              local.messagePrefix(),
              local.stopTimeout());
      assertThatThrownBy(() ->
              ApiServer.start(taken, ViewSettings.DEFAULT, api.operations, InstantSource.system()))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("Cannot listen on 127.0.0.1:" + api.port());
    }
  }
}
