package orchestrator.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/**
 * The reference in {@code docs/configuration.md} is what the declarations say. To bring it up to
 * date run this test with {@code -Dorchestrator.writeReference=true}.
 */
class ConfigurationReferenceTest {

  private static final Path DOCUMENT = Path.of("..", "docs", "configuration.md");
  private static final String START =
      "<!-- keys: generated from the declarations; see ConfigurationReferenceTest -->\n";
  private static final String END = "<!-- end of keys -->\n";

  @Test
  void theDocumentedKeysAreTheDeclaredOnes() throws IOException {
    String document = Files.readString(DOCUMENT);
    int start = document.indexOf(START) + START.length();
    int end = document.indexOf(END);
    if (Boolean.getBoolean("orchestrator.writeReference")) {
      Files.writeString(
          DOCUMENT, document.substring(0, start) + reference() + document.substring(end));
      return;
    }
    assertThat(document.substring(start, end)).isEqualTo(reference());
  }

  private static String reference() {
    StringBuilder text = new StringBuilder();
    for (KeyGroup group : ConfigurationKeys.groups()) {
      text.append("\n### ").append(group.title()).append("\n\n");
      text.append("| Key | Default | Allowed | Meaning | Status |\n|---|---|---|---|---|\n");
      for (ConfigurationKey<?> key : group.keys()) {
        text.append(
            "| `%s` | `%s` | %s | %s%s | %s |\n"
                .formatted(
                    key.name(),
                    JsonMapper.shared().writeValueAsString(key.defaultJson()),
                    cell(key.allowed()),
                    cell(key.meaning()),
                    key.fromEnvironment() ? " *env*" : "",
                    key.status().label()));
      }
    }
    return text.append('\n').toString();
  }

  private static String cell(String text) {
    return text.replace("|", "\\|").replace("*", "\\*").replace("<", "&lt;");
  }
}
