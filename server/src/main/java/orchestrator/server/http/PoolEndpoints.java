package orchestrator.server.http;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import orchestrator.core.state.Command;
import orchestrator.core.state.ReplicatedState.Pool;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.Replication;
import orchestrator.server.engine.Operations;

/** Pools: servers that share a name, as applications or load balancers use them. */
final class PoolEndpoints {
  private final Operations operations;

  PoolEndpoints(Operations operations) {
    this.operations = operations;
  }

  void register(RouteTable routes) {
    routes.command("submit-pool-instances/:pool", this::submit);
    for (String pool : List.of("", "/:pool")) {
      routes.read("cluster-pool-instances/:clusterName" + pool, this::ofCluster);
      routes.read("heuristic-cluster-pool-instances/:clusterName" + pool, this::instances);
      routes.read("heuristic-cluster-pool-lag/:clusterName" + pool, this::lag);
    }
  }

  private Answer submit(Call call) {
    String pool = call.argument("pool");
    List<InstanceKey> members =
        Stream.of(call.parameter("instances").orElse("").split(","))
            .map(String::trim)
            .filter(text -> !text.isEmpty())
            .map(text -> member(call, text))
            .toList();
    Command command =
        new Command.SubmitPool(pool, members, call.picture().now().plus(settings(call).lifetime()));
    return Answer.of(
        operations.submit(command, call.requester()),
        "Applied " + pool + " pool instances",
        done -> Body.text(pool));
  }

  private static ViewSettings.Pools settings(Call call) {
    return call.picture().settings().pools();
  }

  private static InstanceKey member(Call call, String text) {
    InstanceKey key = call.lookup().parse(text);
    return settings(call).fuzzy() ? call.lookup().similarKey(key) : key;
  }

  /** The members of a cluster that are in a pool now, by pool. */
  private static Map<String, List<InstanceKey>> pools(
      Call call, Collection<Instance> members, Optional<String> wanted) {
    Set<InstanceKey> keys = members.stream().map(Instance::key).collect(Collectors.toSet());
    Map<String, List<InstanceKey>> pools = new TreeMap<>();
    call.picture()
        .state()
        .pools()
        .forEach((name, pool) -> {
          List<InstanceKey> found =
              pool.members().stream().filter(keys::contains).sorted().toList();
          if (isWanted(call, name, pool, wanted) && !found.isEmpty()) {
            pools.put(name, found);
          }
        });
    return pools;
  }

  private static boolean isWanted(Call call, String name, Pool pool, Optional<String> wanted) {
    return wanted.orElse(name).equals(name) && call.picture().now().isBefore(pool.expires());
  }

  private Answer ofCluster(Call call) {
    String cluster = call.argument("clusterName");
    var pools = pools(call, call.picture().topology().cluster(cluster), call.optional("pool"));
    return Answer.done(
        "Cluster pool instances for " + cluster,
        out -> {
          out.startObject();
          pools.forEach(out::keys);
          out.endObject();
        });
  }

  /** Those that answer, and that clients can read from. */
  private static List<Instance> usable(Call call, String cluster) {
    Collection<Instance> members = call.picture().topology().cluster(cluster);
    Set<InstanceKey> pooled =
        pools(call, members, call.optional("pool")).values().stream()
            .flatMap(List::stream)
            .collect(Collectors.toSet());
    return members.stream()
        .filter(instance -> pooled.contains(instance.key()))
        .filter(instance -> instance.isLastCheckValid() && !instance.isBinlogServer())
        .sorted(Comparator.comparing(Instance::key))
        .toList();
  }

  private Answer instances(Call call) {
    String cluster = call.lookup().similarCluster(call.argument("clusterName"));
    InstanceView view = new InstanceView(call.picture());
    return Answer.done(
        "Heuristic pool instances of cluster " + cluster,
        Body.list(usable(call, cluster), view::of));
  }

  private Answer lag(Call call) {
    String cluster = call.lookup().similarCluster(call.argument("clusterName"));
    long seconds =
        usable(call, cluster).stream()
            .mapToLong(instance ->
                instance
                    .replication()
                    .map(Replication::lagSeconds)
                    .orElseGet(OptionalLong::empty)
                    .orElse(0))
            .max()
            .orElseThrow(() ->
                ApiException.notFound("No usable servers in the pools of cluster " + cluster));
    return Answer.done("Heuristic pool lag of cluster " + cluster, Body.number(seconds));
  }
}
