package orchestrator.core.analysis;

import java.util.function.Consumer;
import orchestrator.core.testing.InstanceBuilder;
import orchestrator.core.testing.TopologyBuilder;

/** A topology, the server that is judged, and the verdict. */
record ClassificationRow(
    String name, String subject, AnalysisCode expected, TopologyBuilder servers) {
  @Override
  public String toString() {
    return name + " → " + expected.displayName();
  }

  static ClassificationRow master(
      String name, AnalysisCode expected, int replicas, Consumer<TopologyBuilder> change) {
    TopologyBuilder servers = TopologyBuilder.masterWithReplicas(replicas);
    change.accept(servers);
    return new ClassificationRow("master: " + name, "m", expected, servers);
  }

  static ClassificationRow intermediate(
      String name, AnalysisCode expected, int replicas, Consumer<TopologyBuilder> change) {
    TopologyBuilder servers =
        new TopologyBuilder().with("top").with("i", i -> i.replicatesFrom("top"));
    for (int n = 1; n <= replicas; n++) {
      servers.with("r" + n, r -> r.replicatesFrom("i"));
    }
    change.accept(servers);
    return new ClassificationRow("intermediate master: " + name, "i", expected, servers);
  }

  /** Co-master {@code a} is judged; its replicas are {@code b} and {@code r1} …. */
  static ClassificationRow coMaster(
      String name, AnalysisCode expected, int more, Consumer<TopologyBuilder> change) {
    TopologyBuilder servers =
        new TopologyBuilder()
            .with("a", a -> a.replicatesFrom("b"))
            .with("b", b -> b.replicatesFrom("a"));
    for (int n = 1; n <= more; n++) {
      servers.with("r" + n, r -> r.replicatesFrom("a"));
    }
    change.accept(servers);
    return new ClassificationRow("co-master: " + name, "a", expected, servers);
  }

  static void dead(TopologyBuilder servers, String... names) {
    for (String name : names) {
      servers.with(name, InstanceBuilder::unreachable);
    }
  }

  /** It is silent, and all its replicas hear nothing of it. */
  static void hung(TopologyBuilder servers, String name) {
    dead(servers, name);
    servers.withReplicasOf(name, InstanceBuilder::deaf);
  }

  static void stopped(TopologyBuilder servers, String... names) {
    for (String name : names) {
      servers.with(name, InstanceBuilder::ioThreadStopped);
    }
  }
}
