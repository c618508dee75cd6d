package orchestrator.server.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import orchestrator.core.facts.JournalEntry;
import orchestrator.core.state.Command;
import orchestrator.core.state.ReplicatedState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What an earlier version wrote is read for ever: the file holds a line of each kind as it was
 * written once. Lines are added, never changed or removed.
 */
class StoredFormTest {
  private static final String GOLDEN = "stored-form-1.jsonl";
  private static final StateCodec CODEC = new StateCodec();
  private static final JsonMapper MAPPER = new JsonMapper();

  @ParameterizedTest
  @MethodSource("golden")
  void whatWasWrittenIsReadWithAllItsFields(String line) {
    byte[] bytes = line.getBytes(UTF_8);
    byte[] again =
        line.contains("\"state\":{")
            ? CODEC.state().encode(CODEC.state().decode(bytes))
            : CODEC.commands().encode(CODEC.commands().decode(bytes));
    assertContains(MAPPER.readTree(again), MAPPER.readTree(bytes), "");
  }

  @Test
  void everyKindHasALine() throws IOException {
    List<String> missing = new ArrayList<>();
    List<String> lines = golden().toList();
    for (Class<?> kind : Command.class.getPermittedSubclasses()) {
      if (kind.isRecord() && lines.stream().noneMatch(line -> line.contains(typeOf(kind)))) {
        missing.add(sample((Command) samplesFor(kind).of(kind)));
      }
    }
    for (Class<?> kind : JournalEntry.class.getPermittedSubclasses()) {
      if (lines.stream().noneMatch(line -> line.contains(typeOf(kind)))) {
        JournalEntry entry = (JournalEntry) samplesFor(kind).of(kind);
        missing.add(sample(new Command.Journal("u", List.of(entry), Instant.EPOCH)));
      }
    }
    if (!allPartsOfTheStateAreIn(lines)) {
      missing.add(stateWithAllParts());
    }
    assertThat(String.join("\n", missing)).as("lines to add to %s", GOLDEN).isEmpty();
  }

  private static String stateWithAllParts() {
    Samples samples = samplesFor(ReplicatedState.class);
    return Stream.generate(() -> samples.of(ReplicatedState.class))
        .map(state -> new String(CODEC.state().encode(state), UTF_8))
        .filter(line -> allPartsOfTheStateAreIn(List.of(line)))
        .findFirst()
        .orElseThrow();
  }

  private static boolean allPartsOfTheStateAreIn(List<String> lines) {
    return Stream.of(ReplicatedState.class.getRecordComponents())
        .allMatch(part ->
            lines.stream()
                .filter(line -> line.contains("\"state\":{"))
                .anyMatch(line -> line.contains("\"" + part.getName() + "\":")));
  }

  private static void assertContains(JsonNode whole, JsonNode part, String path) {
    if (part.isObject()) {
      part.propertyNames()
          .forEach(name -> assertContains(whole.path(name), part.path(name), path + "/" + name));
    } else if (part.isArray() && part.size() == whole.size()) {
      for (int i = 0; i < part.size(); i++) {
        assertContains(whole.path(i), part.path(i), path + "/" + i);
      }
    } else {
      assertThat(whole).as("at %s", path).isEqualTo(part);
    }
  }

  private static String typeOf(Class<?> kind) {
    return "\"type\":\"" + kind.getSimpleName() + "\"";
  }

  private static String sample(Command command) {
    return new String(CODEC.commands().encode(List.of(command)), UTF_8);
  }

  private static Samples samplesFor(Class<?> kind) {
    return new Samples(new SplittableRandom(kind.getSimpleName().hashCode()));
  }

  static Stream<String> golden() throws IOException {
    try (InputStream in = StoredFormTest.class.getResourceAsStream(GOLDEN)) {
      return in == null ? Stream.of() : new String(in.readAllBytes(), UTF_8).lines();
    }
  }
}
