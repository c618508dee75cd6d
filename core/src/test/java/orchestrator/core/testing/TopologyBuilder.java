package orchestrator.core.testing;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.Topology;

/**
 * Servers by name, changed until they tell the story of a test:
 *
 * <pre>{@code
 * Topology topology =
 *     new TopologyBuilder()
 *         .with("m")
 *         .with("r1", r -> r.replicatesFrom("m"))
 *         .with("r2", r -> r.replicatesFrom("m").lagSeconds(60))
 *         .with("m", InstanceBuilder::unreachable)
 *         .build();
 * }</pre>
 */
public final class TopologyBuilder {
  /** The moment at which all happens, unless a test says otherwise. */
  public static final Instant NOW = Instant.parse("2026-01-15T12:00:00Z");

  private final Instant now;
  private final Map<InstanceKey, InstanceBuilder> servers = new LinkedHashMap<>();

  public TopologyBuilder() {
    this(NOW);
  }

  public TopologyBuilder(Instant now) {
    this.now = now;
  }

  /** A master {@code m} with replicas {@code r1}, {@code r2} …, all well. */
  public static TopologyBuilder masterWithReplicas(int count) {
    TopologyBuilder builder = new TopologyBuilder().with("m");
    for (int i = 1; i <= count; i++) {
      builder.with("r" + i, replica -> replica.replicatesFrom("m").readOnly());
    }
    return builder;
  }

  /** The key of a server: {@code host} or {@code host:port}; the port is 3306 if not given. */
  public static InstanceKey key(String server) {
    return InstanceKey.parse(server, 3306);
  }

  /** Adds a server that is well, and no replica; no change if it is there. */
  public TopologyBuilder with(String server) {
    return with(server, unchanged -> {});
  }

  /** Adds a server or goes on with the one of this name. */
  public TopologyBuilder with(String server, Consumer<InstanceBuilder> change) {
    change.accept(server(server));
    return this;
  }

  /** Changes every server. */
  public TopologyBuilder withAll(Consumer<InstanceBuilder> change) {
    servers.values().forEach(change);
    return this;
  }

  /** Changes every server that replicates from this one. */
  public TopologyBuilder withReplicasOf(String source, Consumer<InstanceBuilder> change) {
    servers.values().stream().filter(server -> server.hasSource(key(source))).forEach(change);
    return this;
  }

  public TopologyBuilder without(String server) {
    servers.remove(key(server));
    return this;
  }

  /** The server of this name, which is added if it is not there. */
  public InstanceBuilder server(String server) {
    return servers.computeIfAbsent(key(server), key -> new InstanceBuilder(key, now));
  }

  /** One server as it is now. */
  public Instance instance(String server) {
    return server(server).build();
  }

  public Topology build() {
    return Topology.of(servers.values().stream().map(InstanceBuilder::build).toList());
  }
}
