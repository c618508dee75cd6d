package orchestrator.server.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import orchestrator.server.config.Configuration;
import orchestrator.server.config.ConfigurationLoader;
import orchestrator.server.config.ConfigurationResult;
import orchestrator.server.engine.Outcome;
import org.junit.jupiter.api.Test;

/** A reload tells what it did, and a bad file changes nothing. */
class ReloadTest {
  private static final String START =
      "{\"BackendDB\": \"sqlite\", \"SQLite3DataFile\": \"/tmp/x.sqlite3\"";

  private final List<Configuration> applied = new ArrayList<>();

  private static ConfigurationResult parse(String rest) {
    return ConfigurationLoader.parse("test", START + rest, Map.of());
  }

  private Outcome<String> reload(String rest) {
    ConfigurationResult inUse = parse("}");
    assertThat(inUse).isInstanceOf(ConfigurationResult.Loaded.class);
    Configuration configuration = ((ConfigurationResult.Loaded) inUse).configuration();
    return new Reload(configuration, () -> parse(rest), applied::add).run();
  }

  @Test
  void tellsWhichKeysActAtOnceAndWhichWaitForARestart() {
    assertThat(reload(", \"Debug\": true, \"InstancePollSeconds\": 7}"))
        .isEqualTo(
            Outcome.ok(
                "Configuration reloaded. In effect: Debug. Changed, and in effect after a restart"
                    + " of this node: InstancePollSeconds."));
    assertThat(applied).hasSize(1);
  }

  @Test
  void keepsTheOldConfigurationWhenTheFileIsWrong() {
    assertThat(reload(", \"InstancePollSeconds\": \"often\"}")).isInstanceOf(Outcome.Failed.class);
    assertThat(reload(", \"InstancePollSeconds\":")).isInstanceOf(Outcome.Failed.class);
    assertThat(applied).isEmpty();
  }

  @Test
  void keepsTheOldConfigurationWhenTheNewOneAsksForMoreProtectionThanThereIs() {
    assertThat(reload(", \"RaftEnabled\": true}")).isInstanceOf(Outcome.Failed.class);
    assertThat(applied).isEmpty();
  }
}
