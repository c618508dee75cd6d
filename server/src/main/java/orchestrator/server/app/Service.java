package orchestrator.server.app;

import java.io.IOException;
import java.io.PrintStream;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.concurrent.CountDownLatch;
import orchestrator.server.config.Configuration;
import orchestrator.server.engine.NodeInfo;
import orchestrator.server.http.ApiServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The server: everything wired together, from start to stop. */
final class Service {
  private static final Logger log = LoggerFactory.getLogger(Service.class);

  private final Configuration configuration;
  private final boolean discovery;
  private final Version version;

  /**
   * @param discovery false to serve what is known without polling or recovering
   */
  Service(Configuration configuration, boolean discovery, Version version) {
    this.configuration = configuration;
    this.discovery = discovery;
    this.version = version;
  }

  /** Serves until the process is told to stop. */
  int run(PrintStream err) {
    CountDownLatch stop = new CountDownLatch(1);
    CountDownLatch stopped = new CountDownLatch(1);
    InstantSource clock = InstantSource.system();
    NodeInfo node = node(clock);
    Settings settings = new Settings(configuration);
    try (Wiring wiring = Wiring.open(configuration, node, clock)) {
      if (discovery) {
        wiring.manager().start();
      } else {
        wiring.manager().remember();
      }
      try (ApiServer api =
          ApiServer.start(
              settings.http(), settings.views(), wiring.manager().operations(), clock)) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stopAndEnd(stop, stopped)));
        log.info(
            "Orchestrator {} serves http://{}:{}{}/api, state in {}",
            version.number(),
            settings.http().host().isEmpty() ? node.hostname() : settings.http().host(),
            api.port(),
            settings.http().urlPrefix(),
            wiring.backendPath());
        stop.await();
        log.info("Stopping");
        wiring.manager().audit("shutdown", "Triggered via SIGTERM");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      err.println("FATAL " + e.getMessage());
      stopped.countDown();
      return Main.FAILED;
    }
    stopped.countDown();
    return 0;
  }

  /**
   * Runs when the JVM is told to end, which it does when this returns: so it waits until everything
   * is closed. Halts, since an orderly stop is a success, and the JVM would report the signal.
   */
  private static void stopAndEnd(CountDownLatch stop, CountDownLatch stopped) {
    stop.countDown();
    try {
      stopped.await();
      Runtime.getRuntime().halt(0);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private NodeInfo node(InstantSource clock) {
    byte[] token = new byte[32];
    new SecureRandom().nextBytes(token);
    return new NodeInfo(
        Settings.hostname(),
        HexFormat.of().formatHex(token),
        version.number(),
        "sqlite",
        clock.instant());
  }
}
