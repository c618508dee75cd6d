package orchestrator.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import orchestrator.sandbox.install.Cache;
import orchestrator.sandbox.install.Installation;
import orchestrator.sandbox.install.Template;
import orchestrator.sandbox.process.FolderGuard;
import orchestrator.sandbox.process.PortReservation;

/**
 * Running servers that replicate as a {@link SandboxSpec} says. They end with {@link #close}, and
 * also when this process ends without it.
 */
public final class Sandbox implements AutoCloseable {
  private static final Duration REPLICATION_LIMIT = Duration.ofSeconds(60);

  private final SandboxSpec spec;
  private final Path folder;
  private final Optional<FolderGuard> guard;
  private final List<SandboxServer> servers;

  private Sandbox(
      SandboxSpec spec, Path folder, Optional<FolderGuard> guard, List<SandboxServer> servers) {
    this.spec = spec;
    this.folder = folder;
    this.guard = guard;
    this.servers = List.copyOf(servers);
  }

  /**
   * Fetches what is missing, starts all servers in parallel and lets them replicate; returns when
   * all of them do.
   *
   * @throws SandboxException if that is not possible; nothing is left running then
   */
  public static Sandbox start(SandboxSpec spec) {
    Sandbox sandbox = prepare(spec);
    try {
      sandbox.inParallel(SandboxServer::start);
      sandbox.inParallel(sandbox::joinReplication);
      return sandbox;
    } catch (RuntimeException e) {
      sandbox.close();
      throw e;
    }
  }

  private static Sandbox prepare(SandboxSpec spec) {
    try {
      Map<ServerKind, Installation> installations = new EnumMap<>(ServerKind.class);
      Map<ServerKind, Path> templates = new EnumMap<>(ServerKind.class);
      for (SandboxSpec.Node node : spec.servers()) {
        if (!installations.containsKey(node.kind())) {
          Installation installation = Installation.of(node.kind().distribution());
          installations.put(node.kind(), installation);
          templates.put(node.kind(), Template.of(installation));
        }
      }
      Path folder = Files.createTempDirectory("orchestrator-sandbox-");
      Optional<FolderGuard> guard =
          spec.keepData() ? Optional.empty() : Optional.of(FolderGuard.over(folder));
      List<SandboxServer> servers = new ArrayList<>();
      // Server ids of several sandboxes must differ, as a person may join them to one topology.
      int firstServerId = ThreadLocalRandom.current().nextInt(1_000, 1_000_000) * 100;
      for (SandboxSpec.Node node : spec.servers()) {
        Path home = Files.createDirectory(folder.resolve(node.name()));
        Cache.copy(require(templates, node.kind()), home.resolve("data"));
        servers.add(
            new SandboxServer(
                node,
                spec.profile(),
                require(installations, node.kind()),
                home,
                firstServerId + servers.size() + 1,
                PortReservation.any()));
      }
      return new Sandbox(spec, folder, guard, servers);
    } catch (IOException e) {
      throw new SandboxException(e.getMessage() + "", e);
    }
  }

  private static <V> V require(Map<ServerKind, V> map, ServerKind kind) {
    V value = map.get(kind);
    if (value == null) {
      throw new IllegalStateException(kind + " was not prepared");
    }
    return value;
  }

  private void joinReplication(SandboxServer server) {
    masterOf(server)
        .ifPresent(master -> {
          if (spec.byPosition()) {
            server.replicateByPositionFrom(master);
          } else {
            server.replicateFrom(master);
          }
          server.awaitReplicating(REPLICATION_LIMIT);
        });
  }

  private Optional<SandboxServer> masterOf(SandboxServer server) {
    return spec.servers().stream()
        .filter(node -> node.name().equals(server.name()))
        .findFirst()
        .flatMap(SandboxSpec.Node::master)
        .map(this::server);
  }

  private void inParallel(Consumer<SandboxServer> action) {
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> running = new ArrayList<>();
      for (SandboxServer server : servers) {
        running.add(executor.submit(() -> action.accept(server)));
      }
      for (Future<?> future : running) {
        future.get();
      }
    } catch (ExecutionException e) {
      throw e.getCause() instanceof SandboxException failure
          ? failure
          : new SandboxException("Cannot start the servers", e);
    } catch (InterruptedException e) {
      throw SandboxServer.interrupted(e);
    }
  }

  public SandboxSpec spec() {
    return spec;
  }

  /** All servers, in the order of the specification. */
  public List<SandboxServer> servers() {
    return servers;
  }

  /**
   * The server of this name.
   *
   * @throws SandboxException if there is none
   */
  public SandboxServer server(String name) {
    return servers.stream()
        .filter(server -> server.name().equals(name))
        .findFirst()
        .orElseThrow(() ->
            new SandboxException(
                "There is no server "
                    + name
                    + "; there are "
                    + String.join(", ", servers.stream().map(SandboxServer::name).toList())));
  }

  /**
   * The first server: with the factories of {@link SandboxSpec}, the master that it starts with.
   */
  public SandboxServer master() {
    return servers.getFirst();
  }

  /** All servers but {@link #master}. */
  public List<SandboxServer> replicas() {
    return servers.subList(1, servers.size());
  }

  /** Where the servers' data and logs are. */
  public Path folder() {
    return folder;
  }

  /** Waits until every server has executed what its master has. */
  public void awaitCaughtUp(Duration limit) {
    servers.forEach(
        server -> masterOf(server).ifPresent(master -> server.awaitCaughtUpWith(master, limit)));
  }

  /**
   * Kills all servers and, unless the specification keeps them, deletes their data. May be called
   * again.
   */
  @Override
  public void close() {
    servers.forEach(SandboxServer::release);
    if (guard.isEmpty()) {
      return;
    }
    try {
      guard.get().release();
    } catch (IOException e) {
      throw new SandboxException("Cannot delete " + folder, e);
    } catch (InterruptedException e) {
      throw SandboxServer.interrupted(e);
    }
  }
}
