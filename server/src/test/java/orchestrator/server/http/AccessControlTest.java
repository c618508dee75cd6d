package orchestrator.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AccessControlTest {
  private static Optional<Caller> admit(
      Authentication authentication, boolean readOnly, String... header) {
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    if (header.length == 2) {
      headers.put(header[0], header[1]);
    }
    return new AccessControl(
            authentication,
            readOnly,
            (user, groups) -> user.equals("ann") && groups.contains("dba"))
        .admit(name -> Optional.ofNullable(headers.get(name)));
  }

  private static String basic(String credentials) {
    return "Basic "
        + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void withoutAuthenticationEverybodyActs() {
    assertThat(admit(new Authentication.None(), false))
        .contains(new Caller(Optional.empty(), true));
  }

  @Test
  void aReadOnlyNodeLetsNobodyAct() {
    assertThat(admit(new Authentication.None(), true))
        .contains(new Caller(Optional.empty(), false));
    assertThat(
            admit(
                new Authentication.Basic("dba", "secret"),
                true,
                "Authorization",
                basic("dba:secret")))
        .contains(new Caller(Optional.of("dba"), false));
  }

  @Test
  void basicAdmitsTheRightPairOnly() {
    Authentication basic = new Authentication.Basic("dba", "se:cret");
    assertThat(admit(basic, false, "Authorization", basic("dba:se:cret")))
        .contains(new Caller(Optional.of("dba"), true));
    assertThat(admit(basic, false, "Authorization", basic("dba:other"))).isEmpty();
    assertThat(admit(basic, false, "Authorization", basic("readonly:x"))).isEmpty();
    assertThat(admit(basic, false)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"Basic", "Basic ", "Basic !!!", "Bearer x", "", "basic"})
  void malformedCredentialsAdmitNobody(String value) {
    assertThat(admit(new Authentication.Basic("dba", "secret"), false, "Authorization", value))
        .isEmpty();
  }

  @Test
  void multiAdmitsReadersWithAnyPassword() {
    Authentication multi = new Authentication.Multi("dba", "secret");
    assertThat(admit(multi, false, "Authorization", basic("readonly:whatever")))
        .contains(new Caller(Optional.of("readonly"), false));
    assertThat(admit(multi, false, "Authorization", basic("dba:secret")))
        .contains(new Caller(Optional.of("dba"), true));
    assertThat(admit(multi, false, "Authorization", basic("eve:secret"))).isEmpty();
  }

  @Test
  void aProxysUserActsByNameByGroupOrWhenEverybodyMay() {
    Authentication proxy =
        new Authentication.Proxy("x-forwarded-user", List.of("bob"), List.of("dba"));
    assertThat(admit(proxy, false, "X-Forwarded-User", "bob"))
        .contains(new Caller(Optional.of("bob"), true));
    assertThat(admit(proxy, false, "X-Forwarded-User", "ann"))
        .contains(new Caller(Optional.of("ann"), true));
    assertThat(admit(proxy, false, "X-Forwarded-User", "eve"))
        .contains(new Caller(Optional.of("eve"), false));
    assertThat(admit(proxy, false)).contains(new Caller(Optional.empty(), false));
    assertThat(admit(new Authentication.Proxy("X", List.of("*"), List.of()), false))
        .contains(new Caller(Optional.empty(), true));
  }

  @Test
  void aRefusedActionSaysUnauthorizedAndAMissingCredentialAsksForIt() throws Exception {
    HttpSettings secured =
        HttpSettings.LOCAL.withAuthentication(new Authentication.Multi("dba", "secret"));
    try (ApiFixture api = ApiFixture.start(secured)) {
      var refused =
          api.send(
              "GET", "/api/stop-replica/r1.example/3306", "Authorization", basic("readonly:x"));
      assertThat(refused.statusCode()).isEqualTo(403);
      assertThat(refused.body())
          .isEqualTo("{\"Code\":\"ERROR\",\"Message\":\"Unauthorized\",\"Details\":null}");
      assertThat(api.operations.asked).isEmpty();
      var anonymous = api.get("clusters");
      assertThat(anonymous.statusCode()).isEqualTo(401);
      assertThat(anonymous.headers().firstValue("WWW-Authenticate")).isPresent();
    }
  }

  @Test
  void theAuthenticatedUserIsWhoAsksForAChange() throws Exception {
    HttpSettings proxied =
        HttpSettings.LOCAL.withAuthentication(
            new Authentication.Proxy("X-User", List.of("*"), List.of()));
    try (ApiFixture api = ApiFixture.start(proxied)) {
      api.send("GET", "/api/stop-replica/r1.example/3306", "X-User", "ann");
      api.send("GET", "/api/stop-replica/r1.example/3306");
      assertThat(api.operations.asked)
          .containsExactly(
              "StopReplication r1.example:3306 by ann",
              "StopReplication r1.example:3306 by manager-1");
    }
  }
}
