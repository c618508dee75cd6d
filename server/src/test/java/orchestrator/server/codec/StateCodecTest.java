package orchestrator.server.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import orchestrator.core.facts.Detection;
import orchestrator.core.facts.JournalEntry;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.state.Command;
import orchestrator.core.state.LogPosition;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class StateCodecTest {
  private static final int SAMPLES = 50;

  private static final StateCodec CODEC = new StateCodec();

  @ParameterizedTest
  @MethodSource("commandKinds")
  void everyCommandComesBackEqual(Class<? extends Command> kind) {
    Samples samples = new Samples(new SplittableRandom(kind.getSimpleName().hashCode()));
    for (int i = 0; i < SAMPLES; i++) {
      List<Command> commands = List.of(samples.of(kind));
      assertComesBack(CODEC.commands(), commands);
    }
  }

  @ParameterizedTest
  @MethodSource("journalKinds")
  void everyStepOfARecoveryComesBackEqual(Class<? extends JournalEntry> kind) {
    Samples samples = new Samples(new SplittableRandom(1));
    for (int i = 0; i < SAMPLES; i++) {
      Command.Journal journal = new Command.Journal("u", List.of(samples.of(kind)), Instant.EPOCH);
      assertComesBack(CODEC.commands(), List.of(journal));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void everythingElseThatIsStoredComesBackEqual(long seed) {
    Samples samples = new Samples(new SplittableRandom(seed));
    for (int i = 0; i < SAMPLES; i++) {
      assertComesBack(CODEC.state(), samples.of(ReplicatedState.class));
      assertComesBack(CODEC.recovery(), samples.of(RecoveryTicket.class));
      assertComesBack(CODEC.detection(), samples.of(Detection.class));
      assertComesBack(CODEC.instance(), samples.of(Instance.class));
    }
  }

  @Test
  void equalValuesGiveEqualBytes() {
    ReplicatedState state = new Samples(new SplittableRandom(7)).of(ReplicatedState.class);
    byte[] bytes = CODEC.state().encode(state);
    assertThat(CODEC.state().encode(CODEC.state().decode(bytes))).isEqualTo(bytes);
  }

  @Test
  void valueThatAnOlderVersionWroteIsOfAnUnknownEpoch() {
    byte[] bytes = "{\"v\":1,\"state\":{\"keyValues\":{\"k\":\"v\"},\"nextId\":1}}".getBytes(UTF_8);
    assertThat(CODEC.state().decode(bytes).keyValues())
        .containsEntry("k", new ReplicatedState.KeyValue("v", LogPosition.NONE));
  }

  @Test
  void fieldsOfANewerVersionAreIgnored() {
    String text =
        "{\"v\":1,\"more\":1,\"commands\":[{\"type\":\"Discover\",\"key\":\"a:1\",\"added\":{}}]}";
    assertThat(CODEC.commands().decode(text.getBytes(UTF_8)))
        .isEqualTo(List.of(new Command.Discover(new InstanceKey("a", 1))));
  }

  @Test
  void fieldsThatAnOlderVersionLackedAreEmpty() {
    byte[] bytes = "{\"v\":1,\"state\":{\"recoveriesEnabled\":true,\"nextId\":1}}".getBytes(UTF_8);
    assertThat(CODEC.state().decode(bytes)).isEqualTo(ReplicatedState.EMPTY);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "[]",
        "{}",
        "{\"v\":1}",
        "{\"v\":1,\"commands\":[{\"type\":\"NotYetInvented\"}]}",
        "{\"v\":2,\"commands\":[]}",
        "{\"v\":1,\"commands\":[]",
        "{\"v\":1,\"commands\":[{\"type\":\"Discover\",\"key\":\"x\"}]}"
      })
  void bytesThatMakeNoSenseAreAClearError(String text) {
    assertThatThrownBy(() -> CODEC.commands().decode(text.getBytes(UTF_8)))
        .isInstanceOf(CodecException.class)
        .message()
        .isNotBlank();
  }

  private static <T> void assertComesBack(StateCodec.Form<T> form, T value) {
    byte[] bytes = form.encode(value);
    assertThat(form.decode(bytes)).as(() -> new String(bytes, UTF_8)).isEqualTo(value);
  }

  static Stream<Class<?>> commandKinds() {
    return Stream.of(Command.class.getPermittedSubclasses()).filter(Class::isRecord);
  }

  static Stream<Class<?>> journalKinds() {
    return Stream.of(JournalEntry.class.getPermittedSubclasses());
  }
}
