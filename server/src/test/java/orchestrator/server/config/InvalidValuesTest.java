package orchestrator.server.config;

import static orchestrator.server.config.ConfigurationFixtures.errors;
import static orchestrator.server.config.ConfigurationFixtures.parse;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InvalidValuesTest {

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '\'',
      delimiter = '|',
      value = {
        "InstancePollSeconds | 0 | 1 or more",
        "InstancePollSeconds | -5 | 1 or more",
        "InstancePollSeconds | 5.0 | a whole number of seconds",
        "InstancePollSeconds | 1e2 | a whole number of seconds",
        "InstancePollSeconds | \"5\" | a whole number of seconds",
        "InstancePollSeconds | 99999999999999999999 | 1 or more",
        "InstancePollSeconds | [5] | a whole number of seconds",
        "DiscoveryMaxConcurrency | 0 | 1 or more",
        "MaxConcurrentReplicaOperations | 0 | 1 or more",
        "MySQLTopologyMaxAllowedPacket | -2 | -1 or more",
        "DefaultInstancePort | 0 | from 1 to 65535",
        "DefaultInstancePort | 65536 | from 1 to 65535",
        "DeadInstancePollSecondsMultiplyFactor | 0.5 | a number from 1 to 1000",
        "DeadInstancePollSecondsMultiplyFactor | 1e999 | a number from 1 to 1000",
        "BackendDB | \"oracle\" | one of \"sqlite\", \"sqlite3\", \"mysql\"",
        "HostnameResolveMethod | \"dns\" | one of \"default\", \"none\", \"cname\", \"ip\"",
        "MySQLHostnameResolveMethod | \"x\" | one of \"@@hostname\"",
        "AuthenticationMethod | \"ldap\" | one of \"\", \"basic\", \"multi\", \"proxy\"",
        "ConsulScheme | \"ftp\" | one of \"http\", \"https\"",
        "ListenAddress | \"\" | an optional host and a port",
        "ListenAddress | \"3000\" | an optional host and a port",
        "ListenAddress | \":70000\" | an optional host and a port",
        "ListenAddress | \"a b:3000\" | an optional host and a port",
        "ListenAddress | \"::1:3000\" | an optional host and a port",
        "DiscoverySeeds | [\"db1\", \"db2:x\"] | entry \"db2:x\" must be one of host names",
        "DiscoverySeeds | [\"\"] | entry \"\" must be",
        "DiscoverySeeds | [\"db1:0\"] | entry \"db1:0\" must be",
        "DiscoverySeeds | [null] | a list of host names",
        "DiscoverySeeds | \"db1\" | a list of host names",
        "RaftNodes | [\"[::1\"] | entry \"[::1\" must be",
        "RaftBind | \"a:b:c\" | a host name or IP address with an optional port",
        "MySQLOrchestratorHost | \"db1:3306\" | a host name or IP address",
        "HTTPAdvertise | \"node1:3000\" | a URL with scheme",
        "HTTPAdvertise | \"http://node1\" | a URL with scheme",
        "HTTPAdvertise | \"http://node1:3000/\" | without a path",
        "HTTPAdvertise | \"ftp://node1:3000\" | a URL with scheme",
        "HTTPAdvertise | \"http://no de:3000\" | a URL with scheme",
        "StatusEndpoint | \"status\" | a path that starts with a slash",
        "URLPrefix | \"/a?b\" | a path such as",
        "ProcessesShellCommand | \" \" | a text that is not empty",
        "DiscoveryIgnoreHostnameFilters | [\"a(\"] | \"a(\" is not a regular expression",
        "DiscoveryIgnoreHostnameFilters | [\"\"] | an empty entry would match everything",
        "RecoveryIgnoreHostnameFilters | [\"[\"] | is not a regular expression",
        "RecoverMasterClusterFilters | [\"alias~=(\"] | is not a regular expression",
        "RejectHostnameResolvePattern | \"+\" | a regular expression",
        "DataCenterPattern | \"dc1\" | with a group in parentheses",
        "ClusterNameToAlias | {\"(\": \"a\"} | is not a regular expression",
        "ClusterNameToAlias | {\"a\": 1} | a map from regular expressions",
        "ClusterFailureMinimumDurationMilliseconds | {\"a\": -1} | milliseconds from 0 to",
        "ClusterFailureMinimumDurationMilliseconds | {\"(\": 1} | is not a regular expression",
        "SQLite3DataFile | \"a\\u0000b\" | the path of a file",
        "HookTimeoutSeconds | 0 | 1 or more",
      })
  void aWrongValueNamesFileLineKeyValueAndWhatIsAllowed(String key, String value, String allowed) {
    assertThat(errors(parse("\"" + key + "\": " + value)))
        .singleElement()
        .asString()
        .startsWith("test.json:2: " + key + " is ")
        .contains(allowed);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "null",
        "[]",
        "1",
        "\"text\"",
        "{",
        "{\"Debug\"",
        "{\"Debug\":",
        "{\"Debug\":true",
        "{\"Debug\":true,,}",
        "{Debug:true}",
        "{'Debug':true}",
        "{\"Debug\":tru}",
        "{\"a\":\"\\x\"}",
        "{\"a\":01}",
        "{\"a\":+1}",
        "{\"a\":NaN}",
        "{\"a\":[1}",
        "/* open",
        "\u0000"
      })
  void malformedTextIsOneErrorThatNamesTheFile(String text) {
    assertThat(errors(ConfigurationLoader.parse("a.json", text, Map.of())))
        .singleElement()
        .asString()
        .startsWith("a.json")
        .containsAnyOf("is not valid JSON", "must hold one JSON object");
  }

  @Test
  void deeplyNestedTextIsAnErrorNotACrash() {
    assertThat(errors(ConfigurationLoader.parse("a", "{\"x\":" + "[".repeat(200_000), Map.of())))
        .hasSize(1);
  }

  @Test
  void noRandomDamageLeadsToAnException() {
    Random random = new Random(20240611);
    List<String> pieces =
        List.of(
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            "\"",
            "\\",
            "null",
            "true",
            "-1",
            "1e9",
            "${X}",
            "(",
            "//",
            "/*",
            "\u0000",
            "\uD800",
            "é",
            "9999999999999",
            "\"BackendDB\"",
            "\n");
    String good = ConfigurationDump.json(ConfigurationFixtures.defaults(), true);
    for (int round = 0; round < 1_000; round++) {
      StringBuilder text = new StringBuilder(good);
      int damages = 1 + random.nextInt(4);
      for (int i = 0; i < damages; i++) {
        int at = random.nextInt(text.length());
        int end = Math.min(text.length(), at + random.nextInt(12));
        text.replace(at, end, pieces.get(random.nextInt(pieces.size())));
      }
      assertThat(ConfigurationLoader.parse("fuzz", text.toString(), Map.of())).isNotNull();
    }
  }

  @Test
  void noRandomValueOfAKeyLeadsToAnException() {
    Random random = new Random(7);
    List<String> values =
        List.of(
            "null",
            "true",
            "0",
            "-1",
            "1.5",
            "1e400",
            "123456789012345678901234567890",
            "\"\"",
            "\"x\"",
            "\"(\"",
            "\"[[:alpha:]\"",
            "\"${X}\"",
            "\"\\\\\"",
            "[]",
            "[\"\"]",
            "[\"*\"]",
            "[1]",
            "[null]",
            "[[\"a\"]]",
            "{}",
            "{\"a\":\"b\"}",
            "{\"(\":1}",
            "{\"\":null}");
    List<ConfigurationKey<?>> keys = ConfigurationKeys.all();
    for (int round = 0; round < 5_000; round++) {
      String entries =
          "\"%s\": %s, \"%s\": %s"
              .formatted(
                  keys.get(random.nextInt(keys.size())).name(),
                  values.get(random.nextInt(values.size())),
                  keys.get(random.nextInt(keys.size())).name(),
                  values.get(random.nextInt(values.size())));
      assertThat(parse(entries, Map.of("X", "value"))).isNotNull();
    }
  }
}
