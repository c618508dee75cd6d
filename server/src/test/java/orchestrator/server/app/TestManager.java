package orchestrator.server.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import orchestrator.server.config.Configuration;
import orchestrator.server.config.ConfigurationLoader;
import orchestrator.server.config.ConfigurationResult;
import orchestrator.server.engine.NodeInfo;
import orchestrator.server.engine.Operations;

/** A whole manager in the JVM of a test, without HTTP. */
public final class TestManager implements AutoCloseable {
  private final Wiring wiring;
  private final Instant started;

  private TestManager(Wiring wiring, Instant started) {
    this.wiring = wiring;
    this.started = started;
  }

  /** Starts one as the program would, with this configuration file. */
  public static TestManager start(Path configurationFile) {
    ConfigurationResult result = ConfigurationLoader.load(List.of(configurationFile), Map.of());
    if (!(result instanceof ConfigurationResult.Loaded loaded)) {
      throw new AssertionError("Not a valid configuration: " + result);
    }
    Configuration configuration = loaded.configuration();
    Instant now = InstantSource.system().instant();
    try {
      Wiring wiring =
          Wiring.open(
              configuration,
              new NodeInfo("test-node", "test-host", "0".repeat(64), "test", "sqlite", now),
              InstantSource.system());
      wiring.manager().start();
      return new TestManager(wiring, now);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public Operations operations() {
    return wiring.manager().operations();
  }

  /** From then on failures are acted on: the picture counts as complete after three polls. */
  public Instant actsFrom(int pollSeconds) {
    return started.plusSeconds(3L * pollSeconds);
  }

  @Override
  public void close() {
    wiring.close();
  }
}
