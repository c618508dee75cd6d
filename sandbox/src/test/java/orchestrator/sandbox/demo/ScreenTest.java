package orchestrator.sandbox.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScreenTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

  @Test
  void longTextsGoOnBelowThemselvesWithoutLosingAWord() {
    Screen screen = new Screen(out, false);
    String text = "word ".repeat(60).strip();
    screen.at(Duration.ofMillis(47), text);
    List<String> lines = lines();
    assertThat(lines).hasSizeGreaterThan(1).allMatch(line -> line.length() <= 118);
    assertThat(lines.getFirst()).startsWith("         47 ms word");
    assertThat(lines.subList(1, lines.size())).allMatch(line -> line.startsWith("      "));
    assertThat(String.join(" ", lines.stream().map(String::strip).toList()))
        .isEqualTo("47 ms " + text);
  }

  @Test
  void nothingIsShownOnceTheDemoWasToldToEnd() {
    Screen screen = new Screen(out, false);
    screen.silence();
    screen.say("failed", "as the servers are being killed");
    assertThat(lines()).isEmpty();
  }

  @Test
  void movingLineIsRemovedBeforeAnotherIsShown() throws InterruptedException {
    Screen screen = new Screen(out, true);
    screen.during(
        "waiting",
        () -> "for it",
        () -> {
          while (bytes.size() == 0) {
            Thread.onSpinWait();
          }
          return "";
        });
    screen.print("next");
    String shown = bytes.toString(StandardCharsets.UTF_8);
    assertThat(shown).contains("waiting");
    assertThat(shown.substring(shown.lastIndexOf('\r') + 1)).isEqualTo("next\n");
  }

  private List<String> lines() {
    return bytes.toString(StandardCharsets.UTF_8).lines().toList();
  }
}
