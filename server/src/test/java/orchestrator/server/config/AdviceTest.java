package orchestrator.server.config;

import static orchestrator.server.config.ConfigurationFixtures.errors;
import static orchestrator.server.config.ConfigurationFixtures.parse;
import static orchestrator.server.config.ConfigurationFixtures.refusals;
import static orchestrator.server.config.ConfigurationFixtures.warnings;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import orchestrator.server.config.ConfigurationResult.Loaded;
import orchestrator.server.config.ConfigurationResult.Refused;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said about keys that are unknown, old, dead, not built yet or refused. */
class AdviceTest {

  @ParameterizedTest
  @CsvSource({
    "InstancePollSecond, Did you mean InstancePollSeconds?",
    "instance_poll_seconds, Did you mean InstancePollSeconds?",
    "MySQLTopologyPasword, Did you mean MySQLTopologyPassword?",
    "DiscoveryPollSeconds, was removed long ago",
    "maintenanceowner, was removed long ago",
    "StatusSimpleHealth, never had an effect",
    "Zebra, is ignored: no such key",
  })
  void anUnknownKeyIsIgnoredWithAWarning(String key, String warning) {
    ConfigurationResult result = parse("\"" + key + "\": 1");

    assertThat(result).isInstanceOf(Loaded.class);
    assertThat(warnings(result))
        .singleElement()
        .asString()
        .startsWith("test.json:2: " + key + " ")
        .contains(warning);
  }

  @Test
  void anUnknownKeyIsReportedOnce() {
    assertThat(warnings(parse("\"Zebra\": 1, \"zebra\": {\"a\": []}"))).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"SlaveLagQuery\": \"q", "OAuthClientId\": \"x", "OAuthClientSecret\": \"x"})
  void oldAndDeadKeysAreReportedOnce(String entry) {
    assertThat(warnings(parse("\"" + entry + "\""))).hasSize(1);
  }

  @Test
  void keysThatDoNotActYetAreListedInOneWarningWhenTheyDifferFromTheDefault() {
    assertThat(
            warnings(
                parse(
                    "\"ConsulAddress\": \"c:8500\", \"ZkAddress\": \"\", \"WebMessage\": \"hi\","
                        + " \"InstancePollSeconds\": 9")))
        .containsExactly("configuration: not yet in effect: ConsulAddress, WebMessage");
  }

  @Test
  void aKeyThatActsInPartIsReportedWithWhatIsMissing() {
    assertThat(warnings(parse("\"KVClusterMasterPrefix\": \"here\"")))
        .singleElement()
        .asString()
        .contains("KVClusterMasterPrefix", "in part", "no store is written");
    assertThat(warnings(parse("\"DetectPseudoGTIDQuery\": \"select 1\""))).isEmpty();
  }

  static Stream<ConfigurationKey<?>> protectiveKeys() {
    return ConfigurationKeys.all().stream()
        .filter(key -> key.status() == KeyStatus.PROTECTIVE_LATER);
  }

  @ParameterizedTest
  @MethodSource("protectiveKeys")
  void aProtectionThatIsNotBuiltYetIsRefused(ConfigurationKey<?> key) {
    String value =
        switch (key.type().shape()) {
          case BOOLEAN -> "true";
          case TEXT -> "\"x\"";
          case TEXT_LIST -> "[\"x\"]";
          case INTEGER, NUMBER, TEXT_MAP, INTEGER_MAP -> "1";
        };

    ConfigurationResult result = parse("\"RaftDataDir\": \"/r\", \"" + key.name() + "\": " + value);

    assertThat(result).isInstanceOf(Refused.class);
    assertThat(refusals(result))
        .singleElement()
        .asString()
        .startsWith("test.json:2: " + key.name() + " is " + value + ": this version cannot");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "RaftEnabled",
        "AuthenticationMethod",
        "UseSSL",
        "UseMutualTLS",
        "MySQLTopologyUseMutualTLS",
        "StatusOUVerify",
        "SSLValidOUs",
        "ListenSocket"
      })
  void theKeysThatFenceAreEitherInEffectOrRefused(String name) {
    assertThat(ConfigurationKeys.named(name).orElseThrow().status())
        .isIn(KeyStatus.IN_EFFECT, KeyStatus.PROTECTIVE_LATER);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "token | 'x' | use basic, multi or proxy",
        "oauth | 'x' | use basic, multi or proxy",
        "basic | ''  | needs HTTPAuthUser",
        "multi | ''  | needs HTTPAuthUser"
      })
  void anAuthenticationThatWouldNotProtectIsRefused(String method, String user, String why) {
    String file =
        "\"AuthenticationMethod\": \"" + method + "\", \"HTTPAuthUser\": \"" + user + "\"";
    assertThat(refusals(parse(file))).singleElement().asString().contains(method, why);
  }

  @ParameterizedTest
  @ValueSource(strings = {"basic", "multi", "proxy"})
  void anAuthenticationThatIsCompleteIsAccepted(String method) {
    String file = "\"AuthenticationMethod\": \"" + method + "\", \"HTTPAuthUser\": \"ann\"";
    assertThat(parse(file)).isInstanceOf(Loaded.class);
  }

  @Test
  void aMysqlBackendWithoutAPlaceIsRefusedWithWhatToSet() {
    assertThat(refusals(parse("\"BackendDB\": \"mysql\"")))
        .singleElement()
        .asString()
        .contains("BackendDB is \"mysql\"", "set BackendDB to \"sqlite\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"sample", "raft-sample", "3dc-sample"})
  void theSampleLoadsWithoutWarnings(String name) throws IOException {
    ConfigurationResult result =
        ConfigurationLoader.load(
            List.of(Path.of("..", "conf", "orchestrator-" + name + ".json")),
            Map.of("ORCHESTRATOR_TOPOLOGY_PASSWORD", "secret"));

    assertThat(errors(result)).isEmpty();
    assertThat(warnings(result)).isEmpty();
    assertThat(result).isInstanceOf(Loaded.class);
  }
}
