package orchestrator.server.http;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.Topology;

/** Reading servers. */
final class InstanceEndpoints {

  void register(RouteTable routes) {
    routes.read("instance/:host/:port", this::instance);
    routes.read("instance-replicas/:host/:port", this::replicas);
    routes.read("all-instances", call -> list(call, ordered(call, i -> true)));
    routes.read("search/:searchString", call -> search(call, call.argument("searchString")));
    routes.read("search", call -> search(call, call.parameter("s").orElse("")));
    routes.read("bulk-instances", InstanceEndpoints::keys);
    routes.read("problems", call -> problems(call, i -> true));
    routes.read("problems/:clusterName", this::problemsOfCluster);
    routes.read("downtimed", call -> downtimed(call, i -> true));
    routes.read("downtimed/:clusterHint", this::downtimedOfCluster);
  }

  static Answer list(Call call, Collection<Instance> instances) {
    return Answer.value(Body.list(instances, new InstanceView(call.picture())::of));
  }

  private Answer instance(Call call) {
    Instance instance = call.lookup().similar(call.key());
    return Answer.value(new InstanceView(call.picture()).of(instance));
  }

  private Answer replicas(Call call) {
    InstanceKey key = call.lookup().similarKey(call.key());
    return list(
        call,
        call.picture().topology().replicasOf(key).stream()
            .sorted(Comparator.comparing(Instance::key))
            .toList());
  }

  private static Answer keys(Call call) {
    return Answer.value(
        Body.keys(call.picture().topology().instances().stream().map(Instance::key).toList()));
  }

  /** By depth, busiest first, then by cluster and key. */
  private static List<Instance> ordered(Call call, Predicate<Instance> wanted) {
    Topology topology = call.picture().topology();
    Comparator<Instance> byDepth = Comparator.comparingInt(i -> topology.placeOf(i.key()).depth());
    return topology.instances().stream()
        .filter(wanted)
        .sorted(
            byDepth
                .thenComparingInt(i -> -topology.replicasOf(i.key()).size())
                .thenComparing(i -> topology.placeOf(i.key()).clusterName())
                .thenComparing(Instance::key))
        .toList();
  }

  private Answer search(Call call, String rawText) {
    String text = rawText.trim().toLowerCase(Locale.ROOT);
    Topology topology = call.picture().topology();
    return list(call, ordered(call, i -> matches(i, topology, text)));
  }

  private static boolean matches(Instance instance, Topology topology, String text) {
    List<String> within =
        List.of(
            instance.key().displayString(),
            topology.placeOf(instance.key()).clusterName(),
            instance.version().text(),
            instance.version().comment(),
            instance.classification().clusterAlias());
    return within.stream().anyMatch(part -> part.toLowerCase(Locale.ROOT).contains(text))
        || String.valueOf(instance.identity().serverId()).equals(text);
  }

  private Answer problemsOfCluster(Call call) {
    String name = call.argument("clusterName");
    String cluster = call.lookup().clusterByName(name).orElse(name);
    Topology topology = call.picture().topology();
    return problems(call, i -> topology.placeOf(i.key()).clusterName().equals(cluster));
  }

  private static Answer problems(Call call, Predicate<Instance> wanted) {
    Picture picture = call.picture();
    return list(
        call,
        ordered(call, wanted).stream()
            .filter(i -> !picture.problemsOf(i).isEmpty())
            .filter(i -> picture.downtimeOf(i.key()).isEmpty())
            .filter(i -> !picture.settings().isProblemIgnored().test(i.key()))
            .toList());
  }

  private Answer downtimedOfCluster(Call call) {
    String cluster = call.lookup().similarCluster(call.argument("clusterHint"));
    Topology topology = call.picture().topology();
    return downtimed(call, i -> topology.placeOf(i.key()).clusterName().equals(cluster));
  }

  private static Answer downtimed(Call call, Predicate<Instance> wanted) {
    Topology topology = call.picture().topology();
    Comparator<Instance> byCluster =
        Comparator.comparing(i -> topology.placeOf(i.key()).clusterName());
    return list(
        call,
        topology.instances().stream()
            .filter(wanted)
            .filter(i -> call.picture().downtimeOf(i.key()).isPresent())
            .sorted(byCluster.thenComparingInt(i -> topology.placeOf(i.key()).depth()))
            .toList());
  }
}
