package orchestrator.server.app;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import orchestrator.server.config.Configuration;
import orchestrator.server.config.ListenAddress;
import orchestrator.server.engine.NodeInfo;
import orchestrator.server.http.ApiServer;
import orchestrator.server.http.Authentication;
import orchestrator.server.http.HttpSettings;

/**
 * Where a command is carried out. The state has one owner at a time, so: by the manager of this
 * configuration when it runs, else by a manager inside this process, which polls only what the
 * command needs and is gone with it.
 */
final class CommandSession implements AutoCloseable {
  private static final Duration READ_ALL_LIMIT = Duration.ofSeconds(15);

  /** How long another command may hold the state before this one gives up. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final Duration PAUSE = Duration.ofMillis(100);

  private final ApiClient api;
  private final Optional<Local> local;

  /** A manager inside this process. */
  private record Local(Wiring wiring, ApiServer server) {}

  private CommandSession(ApiClient api, Optional<Local> local) {
    this.api = api;
    this.local = local;
  }

  /**
   * @param owner who asks
   */
  static CommandSession open(Configuration configuration, String owner) throws CommandException {
    InstantSource clock = InstantSource.system();
    NodeInfo node = Service.node(configuration, Version.current(), clock);
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        return inProcess(configuration, Wiring.open(configuration, node, clock), clock, owner);
      } catch (Wiring.InUseException e) {
        ApiClient running = new ApiClient(endpoint(configuration), headers(configuration, owner));
        if (running.isReachable()) {
          return new CommandSession(running, Optional.empty());
        }
        running.close();
        if (System.nanoTime() > end) {
          throw new CommandException(
              e.getMessage() + ". It does not listen at " + endpoint(configuration));
        }
      } catch (IOException e) {
        throw new CommandException(String.valueOf(e.getMessage()));
      }
      pause();
    }
  }

  /** Asks the running node of a group: nobody else may read its state. */
  static CommandSession ofGroup(Configuration configuration, String owner) throws CommandException {
    ApiClient running = new ApiClient(endpoint(configuration), headers(configuration, owner));
    if (running.isReachable()) {
      return new CommandSession(running, Optional.empty());
    }
    running.close();
    throw new CommandException(
        "This node belongs to a raft group (RaftEnabled) and does not run: nothing answers at "
            + endpoint(configuration)
            + ". Use orchestrator-client, which asks the leader");
  }

  private static CommandSession inProcess(
      Configuration configuration, Wiring wiring, InstantSource clock, String owner)
      throws IOException {
    byte[] secret = new byte[16];
    new SecureRandom().nextBytes(secret);
    String password = HexFormat.of().formatHex(secret);
    // A colon would end the user in the header.
    String user = owner.isBlank() ? "cli" : owner.replace(':', '_');
    HttpSettings local = HttpSettings.LOCAL;
    Settings settings = new Settings(configuration);
    try {
      wiring.manager().remember();
      ApiServer server =
          ApiServer.start(
              local
                  .withReadOnly(settings.http().readOnly())
                  .withAuthentication(new Authentication.Basic(user, password)),
              settings.views(),
              wiring.manager().operations(),
              clock);
      ApiClient api =
          new ApiClient(
              "http://" + local.host() + ":" + server.port() + "/api/",
              ApiClient.basic(user, password));
      return new CommandSession(api, Optional.of(new Local(wiring, server)));
    } catch (IOException | RuntimeException e) {
      wiring.close();
      throw e;
    }
  }

  /** Whoever may read the configuration has what it takes to ask its manager. */
  private static Map<String, String> headers(Configuration configuration, String owner) {
    return switch (new Settings(configuration).http().authentication()) {
      case Authentication.Basic(String user, String password) -> ApiClient.basic(user, password);
      case Authentication.Multi(String user, String password) -> ApiClient.basic(user, password);
      case Authentication.Proxy proxy -> Map.of(proxy.header(), owner);
      case Authentication.None(), Authentication.NobodyActs() -> Map.of();
    };
  }

  private static String endpoint(Configuration configuration) {
    ListenAddress address = configuration.http().listenAddress();
    String host = address.host().filter(name -> !name.equals("0.0.0.0")).orElse("127.0.0.1");
    String shown = host.indexOf(':') < 0 ? host : "[" + host + "]";
    return "http://"
        + shown
        + ":"
        + address.port()
        + new Settings(configuration).http().urlPrefix()
        + "/api/";
  }

  private static void pause() throws CommandException {
    try {
      Thread.sleep(PAUSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandException("interrupted");
    }
  }

  ApiClient api() {
    return api;
  }

  /** Reads the servers now, unless a running manager does so anyway. */
  void readAll() {
    local.ifPresent(own -> own.wiring().manager().readAll(READ_ALL_LIMIT));
  }

  @Override
  public void close() throws IOException {
    api.close();
    if (local.isPresent()) {
      try {
        local.get().server().close();
      } finally {
        local.get().wiring().close();
      }
    }
  }
}
