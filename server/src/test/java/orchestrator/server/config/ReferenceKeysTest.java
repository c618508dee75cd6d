package orchestrator.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The registry against the incumbent's list of keys. */
class ReferenceKeysTest {

  private static final JsonMapper MAPPER = JsonMapper.shared();

  record ReferenceKey(String name, String type, String defaultJson) {}

  static List<ReferenceKey> referenceKeys() {
    try (InputStream stream =
        Objects.requireNonNull(ReferenceKeysTest.class.getResourceAsStream("reference-keys.tsv"))) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .map(line -> line.split("\t"))
          .map(cells -> new ReferenceKey(cells[0], cells[1], cells[2]))
          .toList();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  @ParameterizedTest
  @MethodSource("referenceKeys")
  void everyKeyOfTheIncumbentIsKnownWithItsTypeAndDefault(ReferenceKey expected) {
    ConfigurationKey<?> key = ConfigurationKeys.named(expected.name()).orElseThrow();

    JsonNode defaultValue = MAPPER.valueToTree(key.defaultJson());
    assertThat(key.name()).isEqualTo(expected.name());
    assertThat(key.type().shape()).isEqualTo(shape(expected.type()));
    assertThat(normalized(key, defaultValue))
        .isEqualTo(normalized(key, MAPPER.readTree(expected.defaultJson())));
  }

  private static JsonNode normalized(ConfigurationKey<?> key, JsonNode value) {
    // The one default that is normalised as it is read.
    if (key.name().equals("KVClusterMasterPrefix")) {
      return MAPPER.valueToTree(value.stringValue().replaceAll("/$", ""));
    }
    return value.isNumber() ? MAPPER.valueToTree(value.doubleValue()) : value;
  }

  private static JsonShape shape(String type) {
    return switch (type) {
      case "bool" -> JsonShape.BOOLEAN;
      case "int", "uint", "int32", "int64" -> JsonShape.INTEGER;
      case "float32" -> JsonShape.NUMBER;
      case "string" -> JsonShape.TEXT;
      case "[]string" -> JsonShape.TEXT_LIST;
      case "map[string]string" -> JsonShape.TEXT_MAP;
      default -> throw new IllegalArgumentException(type);
    };
  }

  @Test
  void theOnlyOtherKeysAreTheNewOnes() {
    List<String> reference = referenceKeys().stream().map(ReferenceKey::name).toList();
    Stream<String> others =
        ConfigurationKeys.all().stream()
            .<String>map(ConfigurationKey::name)
            .filter(name -> !reference.contains(name));

    assertThat(reference).hasSize(201).doesNotHaveDuplicates();
    assertThat(others)
        .containsExactlyInAnyOrderElementsOf(
            NewKeys.GROUP.keys().stream().<String>map(ConfigurationKey::name).toList());
  }

  @Test
  void theTableOfStatusesNamesOnlyKeysAndEachOnce() {
    assertThat(KeyStatuses.listed())
        .doesNotHaveDuplicates()
        .allSatisfy(name ->
            assertThat(ConfigurationKeys.named(name).map(ConfigurationKey::name)).contains(name));
  }

  @ParameterizedTest
  @MethodSource("referenceKeys")
  void everyKeyRefusesAValueOfAnotherType(ReferenceKey key) {
    String wrong = key.type().equals("bool") ? "\"yes\"" : "true";

    ConfigurationResult result =
        ConfigurationLoader.parse("a.json", "{\"" + key.name() + "\": " + wrong + "}", Map.of());

    assertThat(ConfigurationFixtures.errors(result))
        .singleElement()
        .asString()
        .startsWith("a.json:1: " + key.name() + " is ")
        .contains("must be ");
  }

  @ParameterizedTest
  @MethodSource("referenceKeys")
  void nullLeavesScalarsAtTheirDefault(ReferenceKey key) {
    ConfigurationResult result =
        ConfigurationLoader.parse("a.json", "{\"" + key.name() + "\": null}", Map.of());

    assertThat(ConfigurationFixtures.errors(result)).isEmpty();
  }
}
