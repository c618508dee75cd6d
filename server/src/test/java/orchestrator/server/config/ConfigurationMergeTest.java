package orchestrator.server.config;

import static orchestrator.server.config.ConfigurationFixtures.errors;
import static orchestrator.server.config.ConfigurationFixtures.warnings;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import orchestrator.server.config.ConfigurationResult.Loaded;
import orchestrator.server.config.ConfigurationResult.Refused;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationMergeTest {

  private static final String SQLITE = "\"BackendDB\":\"sqlite\",\"SQLite3DataFile\":\"x\",";

  @TempDir Path directory;

  private ConfigurationResult load(String... texts) throws IOException {
    var files = new ArrayList<Path>();
    for (String text : texts) {
      Path file = directory.resolve(files.size() + ".json");
      Files.writeString(file, text);
      files.add(file);
    }
    return ConfigurationLoader.load(files, Map.of());
  }

  private static Configuration loaded(ConfigurationResult result) {
    assertThat(result).isInstanceOf(Loaded.class);
    return ((Loaded) result).configuration();
  }

  @Test
  void withoutAnyFileTheServerIsStandaloneAndLocal() {
    Configuration configuration =
        loaded(ConfigurationLoader.load(List.of(), Map.of("HOME", "/home/ann")));

    assertThat(configuration.backend().kind()).isEqualTo(BackendConfiguration.Kind.SQLITE);
    assertThat(configuration.backend().sqliteDataFile())
        .contains(Path.of("/home/ann/.local/share/orchestrator/orchestrator.sqlite3"));
    assertThat(configuration.http().listenAddress()).hasToString("127.0.0.1:3000");
    assertThat(configuration.raft().enabled()).isFalse();
  }

  @Test
  void theDataDirectoryOfTheUserIsHonouredWhenAbsolute() {
    assertThat(StandaloneDefaults.dataDirectory(Map.of("XDG_DATA_HOME", "/data", "HOME", "/h")))
        .isEqualTo(Path.of("/data/orchestrator"));
    assertThat(StandaloneDefaults.dataDirectory(Map.of("XDG_DATA_HOME", "data", "HOME", "/h")))
        .isEqualTo(Path.of("/h/.local/share/orchestrator"));
  }

  @Test
  void anEmptyFileOfSettingsHasTheDocumentedDefaultsAndIsRefusedForItsBackend() throws IOException {
    ConfigurationResult result = load("{}");

    assertThat(result).isInstanceOf(Refused.class);
    assertThat(((Refused) result).configuration().http().listenAddress()).hasToString(":3000");
    assertThat(ConfigurationFixtures.refusals(result))
        .singleElement()
        .asString()
        .contains("BackendDB is \"mysql\"", "set BackendDB to \"sqlite\" and SQLite3DataFile");
  }

  @Test
  void aLaterFileOverridesScalarsAndListsAndAddsToMaps() throws IOException {
    Configuration configuration =
        loaded(
            load(
                "{"
                    + SQLITE
                    + "\"InstancePollSeconds\":7,\"DiscoverySeeds\":[\"a\",\"b\"],"
                    + "\"ClusterNameToAlias\":{\"a.*\":\"one\",\"b.*\":\"two\"}}",
                "{\"InstancePollSeconds\":8,\"DiscoverySeeds\":[\"c:1\"],"
                    + "\"ClusterNameToAlias\":{\"b.*\":\"three\",\"c.*\":\"four\"}}"));

    assertThat(configuration.discovery().pollInterval()).hasSeconds(8);
    assertThat(configuration.discoveryFilters().seeds()).hasToString("[c:1]");
    assertThat(configuration.classification().clusterAliases().entries())
        .containsExactly(
            Map.entry("a.*", "one"), Map.entry("b.*", "three"), Map.entry("c.*", "four"));
    assertThat(configuration.sources()).hasSize(2);
  }

  @Test
  void rulesAreCheckedOverAllFilesTogether() throws IOException {
    ConfigurationResult result =
        load(
            "{" + SQLITE + "\"FailMasterPromotionOnLagMinutes\":3,\"RaftBind\":\"10.0.0.1\"}",
            "{\"ReplicationLagQuery\":\"select 1\",\"RaftBind\":\"10.0.0.2\"}");

    assertThat(loaded(result).raft().advertise())
        .contains(HostPort.parse("10.0.0.2").orElseThrow());
  }

  @Test
  void namesAreCaseInsensitiveAndTheLastOneCounts() throws IOException {
    ConfigurationResult result =
        load(
            "{"
                + SQLITE
                + "\"InstancePollSeconds\":1,\n\"instancepollseconds\":2,\n\"INSTANCEPOLLSECONDS\":3,"
                + "\n\"InstancePollSeconds\":4}");

    assertThat(loaded(result).discovery().pollInterval()).hasSeconds(4);
    assertThat(warnings(result)).hasSize(3).first().asString().contains("is also on line 1");
  }

  @Test
  void nullKeepsScalarsAndEmptiesListsAndMaps() throws IOException {
    Configuration configuration =
        loaded(
            load(
                "{"
                    + SQLITE
                    + "\"InstancePollSeconds\":7,\"DiscoverySeeds\":[\"a\"],"
                    + "\"ClusterNameToAlias\":{\"a\":\"b\"}}",
                "{\"InstancePollSeconds\":null,\"DiscoverySeeds\":null,"
                    + "\"ClusterNameToAlias\":null}"));

    assertThat(configuration.discovery().pollInterval()).hasSeconds(7);
    assertThat(configuration.discoveryFilters().seeds()).isEmpty();
    assertThat(configuration.classification().clusterAliases().aliasFor("a")).isEmpty();
  }

  @Test
  void errorsOfAllFilesAreReportedAtOnceWithFileAndLine() throws IOException {
    ConfigurationResult result =
        load(
            "{\n\"DefaultInstancePort\": 70000,\n\"Debug\": \"yes\"}",
            "{\n\n\"DataCenterPattern\": \"(a\"}");

    assertThat(errors(result))
        .satisfiesExactlyInAnyOrder(
            one ->
                assertThat(one)
                    .endsWith(
                        "0.json:2: DefaultInstancePort is 70000: must be a whole number from 1 to"
                            + " 65535"),
            two -> assertThat(two).endsWith("0.json:3: Debug is \"yes\": must be true or false"),
            three -> assertThat(three).contains("1.json:3: DataCenterPattern is \"(a\": must be"));
  }

  @Test
  void theFileAskedForIsTheOnlyOneAndMustExist() {
    Path missing = directory.resolve("missing.json");

    assertThat(ConfigurationFiles.find(Optional.of(missing), directory)).containsExactly(missing);
    assertThat(errors(ConfigurationLoader.load(List.of(missing), Map.of())))
        .containsExactly(missing + ": cannot be read: no such file");
  }

  @Test
  void theDefaultLocationsAreReadInOrderWhereTheyExist() throws IOException {
    Path system = Files.createDirectory(directory.resolve("etc"));
    Path work = Files.createDirectory(directory.resolve("work"));
    assertThat(ConfigurationFiles.find(Optional.empty(), system, work)).isEmpty();

    Path first = Files.writeString(system.resolve("orchestrator.conf.json"), "{}");
    Path last = Files.writeString(work.resolve("orchestrator.conf.json"), "{}");
    assertThat(ConfigurationFiles.find(Optional.empty(), system, work))
        .containsExactly(first, last);

    Path middle =
        Files.writeString(
            Files.createDirectory(work.resolve("conf")).resolve("orchestrator.conf.json"), "{}");
    assertThat(ConfigurationFiles.find(Optional.empty(), system, work))
        .containsExactly(first, middle, last);
  }

  @Test
  void aDirectoryOrBinaryFileIsAClearError() throws IOException {
    Path binary = Files.write(directory.resolve("binary"), new byte[] {(byte) 0xC3, 0x28});

    assertThat(errors(ConfigurationLoader.load(List.of(directory), Map.of())))
        .singleElement()
        .asString()
        .startsWith(directory + ": cannot be read");
    assertThat(errors(ConfigurationLoader.load(List.of(binary), Map.of())))
        .containsExactly(binary + ": is not UTF-8 text");
  }

  @Test
  void commentsTrailingCommasAndAByteOrderMarkAreFine() throws IOException {
    assertThat(loaded(load("\uFEFF{ // one\n # two\n /* three */ " + SQLITE + "}"))).isNotNull();
  }

  @Test
  void whatFollowsTheObjectIsIgnoredWithAWarning() throws IOException {
    ConfigurationResult result = load("{" + SQLITE + "} nonsense");

    assertThat(result).isInstanceOf(Loaded.class);
    assertThat(warnings(result)).singleElement().asString().contains("is ignored");
  }
}
