package orchestrator.server.http;

import java.util.List;
import orchestrator.core.analysis.text.TopologyText;
import orchestrator.core.state.Command;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.Topology;
import orchestrator.server.engine.Operations;

/** Reading clusters, and naming them. */
final class ClusterEndpoints {
  private final Operations operations;

  ClusterEndpoints(Operations operations) {
    this.operations = operations;
  }

  void register(RouteTable routes) {
    routes.read("clusters", this::names);
    routes.read("clusters-info", this::infos);
    routes.read("cluster/:clusterHint", call -> members(call, hint(call)));
    routes.read("cluster/alias/:clusterAlias", call -> members(call, alias(call)));
    routes.read("cluster/instance/:host/:port", call -> members(call, clusterOfMember(call)));
    routes.read("cluster-info/:clusterHint", call -> info(call, hint(call)));
    routes.read("cluster-info/alias/:clusterAlias", call -> info(call, alias(call)));
    routes.read("cluster-osc-slaves|cluster-osc-replicas/:clusterHint", this::controlReplicas);
    routes.command("set-cluster-alias/:clusterName", this::setAlias);
    routes.read("masters", this::masters);
    routes.read("master/:clusterHint", this::master);
    routes.read("topology/:clusterHint", call -> tree(call, hint(call), TopologyText::plain));
    routes.read("topology/:host/:port", call -> tree(call, member(call), TopologyText::plain));
    routes.read(
        "topology-tabulated/:clusterHint", call -> tree(call, hint(call), TopologyText::tabulated));
    routes.read(
        "topology-tabulated/:host/:port",
        call -> tree(call, member(call), TopologyText::tabulated));
    routes.read(
        "topology-tags/:clusterHint", call -> tree(call, hint(call), TopologyText::withTags));
    routes.read(
        "topology-tags/:host/:port", call -> tree(call, member(call), TopologyText::withTags));
  }

  private static String hint(Call call) {
    return call.lookup().similarCluster(call.argument("clusterHint"));
  }

  private static String alias(Call call) {
    String alias = call.argument("clusterAlias");
    return call.lookup()
        .clusterByName(alias)
        .orElseThrow(() -> ApiException.notFound("No cluster has the alias " + alias));
  }

  /** The cluster of a pair of the path; the server may be named loosely. */
  private static String member(Call call) {
    InstanceKey key = call.lookup().similar(call.key()).key();
    return call.lookup().nameOf(key).orElse("");
  }

  private static String clusterOfMember(Call call) {
    return member(call);
  }

  private Answer names(Call call) {
    return Answer.value(Body.texts(call.picture().topology().clusterNames()));
  }

  private Answer infos(Call call) {
    return Answer.value(Body.list(call.picture().clusters(), ClusterView::of));
  }

  private static Answer info(Call call, String cluster) {
    return Answer.value(ClusterView.of(call.picture().cluster(cluster)));
  }

  private static Answer members(Call call, String cluster) {
    return InstanceEndpoints.list(call, call.picture().topology().cluster(cluster));
  }

  private Answer controlReplicas(Call call) {
    return InstanceEndpoints.list(call, ControlReplicas.of(call.picture(), hint(call)));
  }

  private Answer setAlias(Call call) {
    String name = call.argument("clusterName");
    if (!call.picture().topology().clusterNames().contains(name)) {
      throw ApiException.notFound("Unknown cluster: " + name);
    }
    String alias = call.parameter("alias").orElse("");
    return Answer.of(
        operations.submit(new Command.SetClusterAlias(name, alias), call.requester()),
        "Cluster " + name + " now has alias '" + alias + "'",
        done -> Body.NULL);
  }

  private Answer masters(Call call) {
    Topology topology = call.picture().topology();
    List<Instance> masters =
        topology.clusterNames().stream()
            .flatMap(cluster ->
                topology.mastersOf(cluster).stream()
                    .filter(master -> call.picture().replacementOf(master.key()).isEmpty())
                    .limit(1))
            .filter(master -> !master.readOnly() && master.freshness().lastSeen().isPresent())
            .toList();
    return InstanceEndpoints.list(call, masters);
  }

  private Answer master(Call call) {
    String cluster = hint(call);
    Instance master =
        call.picture().topology().mastersOf(cluster).stream()
            .findFirst()
            .map(found -> successorOf(call, found))
            .orElseThrow(() -> ApiException.notFound("No master found for cluster " + cluster));
    return Answer.value(new InstanceView(call.picture()).of(master));
  }

  /** A master that was replaced is none any more, whatever it says of itself. */
  private static Instance successorOf(Call call, Instance master) {
    return call.picture()
        .replacementOf(master.key())
        .map(key ->
            call.picture()
                .topology()
                .find(key)
                .orElseThrow(() ->
                    ApiException.notFound(
                        "%s was replaced by %s, which is not known".formatted(master.key(), key))))
        .orElse(master);
  }

  /** One of the ways to draw a cluster. */
  @FunctionalInterface
  private interface Form {
    String draw(TopologyText text, String cluster);
  }

  private static Answer tree(Call call, String cluster, Form form) {
    Picture picture = call.picture();
    TopologyText text =
        new TopologyText(
            picture.topology(), picture.state(), picture.settings().analysis(), picture.now());
    return Answer.done("Topology for cluster " + cluster, Body.text(form.draw(text, cluster)));
  }
}
