package orchestrator.server.config;

import static orchestrator.server.config.ConfigurationFixtures.errors;
import static orchestrator.server.config.ConfigurationFixtures.parse;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import orchestrator.core.facts.HookPoint;
import orchestrator.server.config.ConfigurationResult.Loaded;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Credentials, the environment, and what is shown of them. */
class SecretsTest {

  @TempDir Path directory;

  private static Configuration loaded(String entries, Map<String, String> environment) {
    ConfigurationResult result = parse(entries, environment);
    assertThat(errors(result)).isEmpty();
    return ((Loaded) result).configuration();
  }

  @ParameterizedTest
  @CsvSource({
    "${A}, one",
    "x${A}y, xoney",
    "${A}${B}, onetwo",
    "${E}, ''",
    "$A, $A",
    "$${A}, ${A}",
    "${D}, $1\\",
  })
  void theEnvironmentIsPutIntoCredentials(String written, String expected) {
    Map<String, String> environment = Map.of("A", "one", "B", "two", "E", "", "D", "$1\\");

    assertThat(
            loaded("\"MySQLTopologyPassword\": \"" + written + "\"", environment)
                .topologyAccess()
                .credentials()
                .password())
        .isEqualTo(expected);
  }

  @Test
  void theEnvironmentIsPutIntoAddressesAndLists() {
    Configuration configuration =
        loaded(
            "\"ListenAddress\": \"${IP}:3001\", \"DiscoverySeeds\": [\"${IP}:1\", \"b\"]",
            Map.of("IP", "10.1.1.1"));

    assertThat(configuration.http().listenAddress()).hasToString("10.1.1.1:3001");
    assertThat(configuration.discoveryFilters().seeds()).hasToString("[10.1.1.1:1, b:3306]");
  }

  @Test
  void hookCommandsAreLeftAlone() {
    Configuration configuration =
        loaded("\"PreFailoverProcesses\": [\"echo ${A} ${UNSET}\"]", Map.of("A", "one"));

    assertThat(configuration.hooks().commands(HookPoint.PRE_FAILOVER))
        .containsExactly("echo ${A} ${UNSET}");
  }

  @Test
  void anUnsetVariableIsAnErrorThatNamesIt() {
    assertThat(errors(parse("\"MySQLTopologyPassword\": \"${NOT_THERE}\"")))
        .containsExactly(
            "test.json:2: MySQLTopologyPassword is (hidden): the environment variable NOT_THERE is"
                + " not set");
  }

  @Test
  void somethingElseThanANameIsAnError() {
    assertThat(errors(parse("\"MySQLTopologyPassword\": \"a${b-c}\"")))
        .singleElement()
        .asString()
        .contains("write $${ for a plain ${");
  }

  @Test
  void aCredentialsFileReplacesUserAndPasswordAndMayUseTheEnvironment() throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("c.cnf"),
            """
            ; comment
            # comment
            [Client]
            User = ann   ; comment
            password = "a;b \\"${A}\\" "
            """);

    Credentials credentials =
        loaded(
                "\"MySQLTopologyUser\": \"x\", \"MySQLTopologyCredentialsConfigFile\": \""
                    + file
                    + "\"",
                Map.of("A", "one"))
            .topologyAccess()
            .credentials();

    assertThat(credentials.user()).isEqualTo("ann");
    assertThat(credentials.password()).isEqualTo("a;b \"one\" ");
    assertThat(credentials.toString()).doesNotContain("one");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[mysqld]",
        "user=x",
        "[client]\nport=3306",
        "[client]\nuser",
        "[client]\nuser=\"x",
        "[client]\nuser=\\q",
        "[client \"x\"]",
        "nonsense"
      })
  void anythingElseInACredentialsFileIsAnErrorWithItsLine(String text) throws IOException {
    Path file = Files.writeString(directory.resolve("c.cnf"), text);

    assertThat(errors(parse("\"MySQLOrchestratorCredentialsConfigFile\": \"" + file + "\"")))
        .singleElement()
        .asString()
        .startsWith(file + ":" + text.lines().count() + ": ");
  }

  @Test
  void aMissingCredentialsFileIsAnError() {
    assertThat(errors(parse("\"MySQLTopologyCredentialsConfigFile\": \"/nowhere/c.cnf\"")))
        .containsExactly("/nowhere/c.cnf: cannot be read: no such file");
  }

  @Test
  void aSecretOfTheWrongTypeIsNotShown() {
    assertThat(errors(parse("\"HTTPAuthPassword\": 12345")))
        .singleElement()
        .asString()
        .contains("HTTPAuthPassword is (hidden)")
        .doesNotContain("12345");
  }

  @Test
  void aPasswordWithoutQuotesIsNotShown() {
    assertThat(errors(parse("\"HTTPAuthPassword\": geheim")))
        .singleElement()
        .asString()
        .contains("is not valid JSON")
        .doesNotContain("geheim");
  }

  @Test
  void aDumpHidesSecretsUnlessAskedAndLoadsAgain() {
    Configuration configuration =
        loaded("\"MySQLTopologyPassword\": \"geheim\", \"Debug\": true", Map.of());

    assertThat(ConfigurationDump.json(configuration, false))
        .contains("\"MySQLTopologyPassword\" : \"(hidden)\"", "\"HTTPAuthPassword\" : \"\"")
        .doesNotContain("geheim");
    String complete = ConfigurationDump.json(configuration, true);
    ConfigurationResult again = ConfigurationLoader.parse("dump", complete, Map.of());
    assertThat(again).isInstanceOf(Loaded.class);
    assertThat(((Loaded) again).configuration().differences(configuration)).isEmpty();
  }

  @Test
  void aReloadTellsWhatChanged() {
    assertThat(loaded("\"Debug\": true", Map.of()).differences(ConfigurationFixtures.defaults()))
        .containsExactly("Debug");
  }
}
