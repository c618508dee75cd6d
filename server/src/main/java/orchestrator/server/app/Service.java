package orchestrator.server.app;

import java.io.IOException;
import java.io.PrintStream;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.function.Supplier;
import orchestrator.server.config.Configuration;
import orchestrator.server.config.ConfigurationResult;
import orchestrator.server.engine.NodeInfo;
import orchestrator.server.engine.Outcome;
import orchestrator.server.engine.manager.Manager;
import orchestrator.server.http.ApiServer;
import orchestrator.server.http.NodeServices;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The server: everything wired together, from start to stop. */
final class Service {
  private static final Logger log = LoggerFactory.getLogger(Service.class);

  private final Configuration configuration;
  private final boolean discovery;
  private final Version version;
  private final Supplier<ConfigurationResult> load;
  private final Consumer<Configuration> apply;

  /**
   * @param discovery false to serve what is known without polling or recovering
   * @param load reads the configuration again
   * @param apply puts into effect what a reloaded configuration can change at once
   */
  Service(
      Configuration configuration,
      boolean discovery,
      Version version,
      Supplier<ConfigurationResult> load,
      Consumer<Configuration> apply) {
    this.load = load;
    this.apply = apply;
    this.configuration = configuration;
    this.discovery = discovery;
    this.version = version;
  }

  /** Serves until the process is told to stop. */
  int run(PrintStream err) {
    Ending ending = new Ending();
    CountDownLatch stopped = new CountDownLatch(1);
    InstantSource clock = InstantSource.system();
    NodeInfo node = node(configuration, version, clock);
    Settings settings = new Settings(configuration);
    try (Wiring wiring = Wiring.open(configuration, node, clock, membership(ending));
        HealthWatch watch = healthWatch(wiring, ending);
        ManagerMetrics metrics = new ManagerMetrics(wiring.manager(), wiring.group());
        RoleAudit _ = new RoleAudit(wiring.group(), wiring.manager()::audit);
        OldGenerationWatch heap = OldGenerationWatch.ofThisProcess()) {
      watch.start();
      heap.start();
      if (discovery) {
        wiring.manager().start();
      } else {
        wiring.manager().remember();
      }
      Reload reload = new Reload(configuration, load, apply);
      try (ApiServer api =
          ApiServer.start(
              settings.http(),
              settings.views(),
              wiring.manager().operations(),
              services(wiring.manager(), metrics, reload),
              wiring.group(),
              clock)) {
        Hangup.run(() -> audited(wiring.manager(), reload));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stopAndEnd(ending, stopped)));
        log.info(
            "Orchestrator {} serves http://{}:{}{}/api, state in {}",
            version.number(),
            settings.http().host().isEmpty() ? node.hostname() : settings.http().host(),
            api.port(),
            settings.http().urlPrefix(),
            wiring.backendPlace());
        ending.await();
        log.info("Stopping");
        wiring.handOver();
        wiring
            .manager()
            .audit(
                "shutdown",
                ending.failure().map(Ending.Failure::message).orElse("Triggered via SIGTERM"));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      err.println("FATAL " + e.getMessage());
      stopped.countDown();
      return Main.FAILED;
    }
    stopped.countDown();
    return ending
        .failure()
        .map(failure -> {
          err.println("FATAL " + failure.message());
          return failure.exitCode();
        })
        .orElse(0);
  }

  private HealthWatch healthWatch(Wiring wiring, Ending ending) {
    return new HealthWatch(
        new SelfHealth.Limits(
            configuration.backend().failureHandOver(),
            configuration.backend().failureExit(),
            configuration.raft().joinTimeout()),
        wiring::backendFailure,
        wiring.group(),
        System::nanoTime,
        ending::fail);
  }

  private Optional<Wiring.Membership> membership(Ending ending) throws IOException {
    if (!configuration.raft().enabled()) {
      return Optional.empty();
    }
    return Optional.of(
        new Wiring.Membership(
            RaftSetup.of(configuration, version),
            reason -> ending.fail(ExitCodes.RAFT_STOPPED, reason)));
  }

  private static NodeServices services(Manager manager, ManagerMetrics metrics, Reload reload) {
    return new NodeServices() {
      @Override
      public Outcome<String> reload() {
        return audited(manager, reload);
      }

      @Override
      public String metrics() {
        return metrics.scrape();
      }

      @Override
      public void audit(String type, String message) {
        manager.audit(type, message);
      }
    };
  }

  private static Outcome<String> audited(Manager manager, Reload reload) {
    Outcome<String> outcome = reload.run();
    manager.audit(
        "reload-configuration",
        switch (outcome) {
          case Outcome.Ok<String>(String message) -> message;
          case Outcome.Failed<String> failed -> failed.message();
        });
    return outcome;
  }

  /**
   * Runs when the JVM is told to end, which it does when this returns: so it waits until everything
   * is closed. Halts, since an orderly stop is a success, and the JVM would report the signal.
   */
  private static void stopAndEnd(Ending ending, CountDownLatch stopped) {
    ending.stop();
    try {
      stopped.await();
      Runtime.getRuntime().halt(ending.failure().map(Ending.Failure::exitCode).orElse(0));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** This process as a manager. */
  static NodeInfo node(Configuration configuration, Version version, InstantSource clock) {
    byte[] token = new byte[32];
    new SecureRandom().nextBytes(token);
    String hostname = Settings.hostname();
    return new NodeInfo(
        hostname,
        hostname,
        HexFormat.of().formatHex(token),
        version.number(),
        Backends.kind(configuration),
        clock.instant());
  }
}
