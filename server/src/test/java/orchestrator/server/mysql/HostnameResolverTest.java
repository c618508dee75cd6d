package orchestrator.server.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import orchestrator.core.topology.InstanceKey;
import orchestrator.server.mysql.HostnameResolver.Method;
import org.junit.jupiter.api.Test;

class HostnameResolverTest {
  private final FakeNames network = new FakeNames();
  private Instant now = Instant.EPOCH;
  private final InstantSource clock = () -> now;
  private final Map<String, List<String>> registered = new HashMap<>();

  private static final class FakeNames implements HostnameResolver.Lookup {
    private final Map<String, String> aliases = new HashMap<>();
    private final Map<String, String> addresses = new HashMap<>();
    private int lookups;

    @Override
    public String canonicalName(String host) throws IOException {
      return find(aliases, host);
    }

    @Override
    public String address(String host) throws IOException {
      return find(addresses, host);
    }

    private String find(Map<String, String> names, String host) throws IOException {
      lookups++;
      String name = names.get(host);
      if (name == null) {
        throw new UnknownHostException(host);
      }
      return name;
    }
  }

  private HostnameResolver resolver(Method method, String rejected) {
    return new HostnameResolver(
        method,
        Duration.ofMinutes(60),
        rejected.isEmpty() ? Optional.empty() : Optional.of(Pattern.compile(rejected)),
        network,
        clock,
        name -> registered.getOrDefault(name, List.of()));
  }

  @Test
  void leavesNamesAloneByDefault() {
    network.aliases.put("db1", "db1.example.com.");

    assertThat(resolver(Method.DEFAULT, "").resolve(" db1 ")).isEqualTo("db1");
    assertThat(network.lookups).isZero();
  }

  @Test
  void followsAliasesWithoutTheTrailingDot() {
    network.aliases.put("db1", "db1.example.com.");

    assertThat(resolver(Method.CNAME, "").resolve(new InstanceKey("db1", 3306)))
        .isEqualTo(new InstanceKey("db1.example.com", 3306));
  }

  @Test
  void looksANameUpOnceAnHour() {
    network.addresses.put("db1", "10.0.0.1");
    HostnameResolver resolver = resolver(Method.IP, "");

    resolver.resolve("db1");
    now = now.plus(Duration.ofMinutes(59));
    assertThat(resolver.resolve("db1")).isEqualTo("10.0.0.1");
    assertThat(network.lookups).isEqualTo(1);

    now = now.plus(Duration.ofMinutes(2));
    resolver.resolve("db1");
    assertThat(network.lookups).isEqualTo(2);
  }

  @Test
  void letsAnUnknownNameStandForItselfForAMinute() {
    HostnameResolver resolver = resolver(Method.IP, "");

    assertThat(resolver.resolve("db1")).isEqualTo("db1");
    network.addresses.put("db1", "10.0.0.1");
    assertThat(resolver.resolve("db1")).isEqualTo("db1");
    now = now.plus(Duration.ofSeconds(61));
    assertThat(resolver.resolve("db1")).isEqualTo("10.0.0.1");
  }

  @Test
  void keepsTheNameWhenTheAnswerIsRejectedAndAsksAgain() {
    network.aliases.put("db1", "nxdomain.provider.net");
    HostnameResolver resolver = resolver(Method.CNAME, "provider");

    assertThat(resolver.resolve("db1")).isEqualTo("db1");
    resolver.resolve("db1");
    assertThat(network.lookups).isEqualTo(2);
    assertThat(resolver.remembered()).isEmpty();
  }

  @Test
  void doesNotTouchDetachedAndResetNames() {
    HostnameResolver resolver = resolver(Method.IP, "");

    assertThat(resolver.resolve("//db1")).isEqualTo("//db1");
    assertThat(resolver.resolve("_")).isEqualTo("_");
    assertThat(network.lookups).isZero();
  }

  @Test
  void knowsAServerByTheNameItGaveItself() {
    HostnameResolver resolver = resolver(Method.NONE, "");

    resolver.learn("10.0.0.1", "db1");

    assertThat(resolver.resolve("10.0.0.1")).isEqualTo("db1");
    assertThat(resolver.remembered()).containsEntry("10.0.0.1", "db1");
  }

  @Test
  void aNameThatWasLearntHoldsUntilItLeadsElsewhere() {
    network.addresses.putAll(Map.of("main.example", "10.0.0.1", "db1", "10.0.0.1"));
    HostnameResolver resolver = resolver(Method.DEFAULT, "");
    resolver.learn("main.example", "db1");

    now = now.plus(Duration.ofHours(2));
    assertThat(resolver.resolve("main.example")).isEqualTo("db1");
    network.addresses.clear();
    now = now.plus(Duration.ofHours(2));
    assertThat(resolver.resolve("main.example")).as("nobody can tell").isEqualTo("db1");
    network.addresses.putAll(Map.of("main.example", "10.0.0.2", "db1", "10.0.0.1"));
    now = now.plus(Duration.ofHours(2));
    assertThat(resolver.resolve("main.example")).isEqualTo("main.example");
    int asked = network.lookups;
    assertThat(resolver.resolve("main.example")).isEqualTo("main.example");
    assertThat(network.lookups).as("nobody is asked twice").isEqualTo(asked);
  }

  @Test
  void aNameThatIsRegisteredForReplicasIsFollowedWithinSecondsWhenItMoves() {
    network.addresses.putAll(Map.of("vip", "10.0.0.1", "db1", "10.0.0.1", "db2", "10.0.0.2"));
    registered.put("vip", List.of("db1", "db2"));
    HostnameResolver resolver = resolver(Method.DEFAULT, "");
    assertThat(resolver.resolve("vip")).isEqualTo("db1");

    network.addresses.put("vip", "10.0.0.2");
    assertThat(resolver.resolve("vip")).as("for a moment").isEqualTo("db1");
    now = now.plus(Duration.ofSeconds(11));
    assertThat(resolver.resolve("vip")).isEqualTo("db2");

    network.addresses.remove("vip");
    now = now.plus(Duration.ofSeconds(11));
    assertThat(resolver.resolve("vip")).as("nobody can tell").isEqualTo("db2");
  }

  @Test
  void whatAServerSaidOfItselfIsNewerThanWhatTheNameServiceRemembers() {
    network.addresses.putAll(Map.of("vip", "10.0.0.1", "db1", "10.0.0.1", "db2", "10.0.0.2"));
    registered.put("vip", List.of("db1", "db2"));
    HostnameResolver resolver = resolver(Method.DEFAULT, "");
    resolver.learn("vip", "db2");

    now = now.plus(Duration.ofSeconds(29));
    assertThat(resolver.resolve("vip")).isEqualTo("db2");
  }

  /** An address that moves from machine to machine, under a name of its own. */
  @Test
  void aRegisteredNameWithAnAddressOfItsOwnStaysWhereTheServerWasFound() {
    network.addresses.putAll(Map.of("vip", "10.0.0.100", "db1", "10.0.0.1", "db2", "10.0.0.2"));
    registered.put("vip", List.of("db1", "db2"));
    HostnameResolver resolver = resolver(Method.DEFAULT, "");
    resolver.learn("vip", "db1");

    for (int minute = 0; minute < 60; minute++) {
      assertThat(resolver.resolve("vip")).isEqualTo("db1");
      now = now.plus(Duration.ofMinutes(1)).minusMillis(1);
    }
  }

  @Test
  void aRegisteredNameThatLeadsElsewhereIsNobodysAndIsNotAskedForAgainAtOnce() {
    network.addresses.putAll(Map.of("vip", "10.0.0.9", "db1", "10.0.0.1"));
    registered.put("vip", List.of("db1"));
    HostnameResolver resolver = resolver(Method.DEFAULT, "");

    assertThat(resolver.resolve("vip")).isEqualTo("vip");
    int asked = network.lookups;
    assertThat(resolver.resolve("vip")).isEqualTo("vip");
    assertThat(network.lookups).isEqualTo(asked);
    resolver.learn("vip", "db9");
    assertThat(resolver.resolve("vip")).isEqualTo("db9");
  }

  @Test
  void namesAreInLowerCase() {
    network.aliases.put("db1", "DB1.Example.com.");

    assertThat(resolver(Method.CNAME, "").resolve("DB1")).isEqualTo("db1.example.com");
    assertThat(resolver(Method.DEFAULT, "").resolve("DB1")).isEqualTo("db1");
  }
}
